"""A disk of one megabyte of one test's own, which really gets full and really becomes read-only."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

SIZE = "1m"


class SmallDisk:
    """A mounted tmpfs."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"

    def fill(self, *, spare: int = 0) -> None:
        """Write until the system says that no space is left, then give `spare` bytes back (whole pages of 4 KB)."""
        with self._filler.open("wb", buffering=0) as filler:
            with pytest.raises(OSError, match="No space left on device"):
                self._write_on(filler)
            if spare:
                filler.truncate(filler.tell() - spare)

    def _write_on(self, filler: IO[bytes]) -> None:
        while True:
            filler.write(b"x" * 4096)

    def free(self) -> None:
        """Give back what `fill` took."""
        self._filler.unlink()

    def set_read_only(self, *, read_only: bool = True) -> None:
        """Take no writes from now on, or take them again; afterwards writing is tried as a control."""
        _run("mount", "-o", f"remount,{'ro' if read_only else 'rw'}", self.place)
        try:
            (self.place / "probe").write_bytes(b"")
        except OSError:
            assert read_only
        else:
            assert not read_only

    def files(self) -> list[str]:
        """Names of what lies on it besides the filler."""
        found = [path for path in self.place.rglob("*") if path.is_file()]
        return [path.relative_to(self.place).as_posix() for path in found if path.name not in {"filler", "probe"}]


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    place = tmp_path / "disk"
    place.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", place)
    except (OSError, subprocess.CalledProcessError):
        if os.environ.get("CI"):
            raise
        pytest.skip("mounting a small disk takes root (.ci/run has it)")
    try:
        yield SmallDisk(place)
    finally:
        _run("umount", "--lazy", place)

"""A limit of processor time for all processes of a host, by the kernel's control groups (version 1 or 2)."""

import contextlib
from pathlib import Path

PERIOD = 100_000
"""Microseconds."""
V1, V2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


class CpuQuota:
    """A control group of so many per cent of one core; `take_in` puts a process, and so its children, into it."""

    def __init__(self, name: str, percent: int) -> None:
        root = V1 if V1.is_dir() else V2
        self.folder = root / name
        self.folder.mkdir(exist_ok=True)
        share = PERIOD * percent // 100
        if root == V1:
            (self.folder / "cpu.cfs_period_us").write_text(str(PERIOD))
            (self.folder / "cpu.cfs_quota_us").write_text(str(share))
        else:
            (self.folder / "cpu.max").write_text(f"{share} {PERIOD}")

    def take_in(self, *processes: int) -> None:
        """Put processes under the limit; one that has ended is left out."""
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                (self.folder / "cgroup.procs").write_text(str(process))

    def remove(self) -> None:
        """Take the empty group away."""
        self.folder.rmdir()

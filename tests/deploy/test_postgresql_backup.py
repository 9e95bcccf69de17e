"""Times and order of `deploy/restore --to`, rows of the drill, reasons of failures; real restores: .ci/production."""

import datetime as dt
import importlib.machinery
import importlib.util
import io
import json
import os
import subprocess
import sys
import tarfile
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.deploy.conftest import ROOT, Operator

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


def loaded(name: str) -> Any:
    """A script of deploy/ as a module."""
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), str(ROOT / "deploy" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, loader.name, module)
        loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script() -> Any:
    return loaded("postgresql-backup")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-20 23:55", "2026-11-20T20:55:00+00:00"),
        ("2026-11-20T23:55:30", "2026-11-20T20:55:30+00:00"),
        ("2026-11-20 23:55+00:00", "2026-11-20T23:55:00+00:00"),
    ],
)
def test_a_minute_is_of_moscow_unless_it_says_otherwise(script: Any, text: str, utc: str) -> None:
    assert script.moment_of(text, now=NOW) == dt.datetime.fromisoformat(utc)
    (target,) = (word for word in script.target(script.moment_of(text, now=NOW)) if word.startswith("--target="))
    assert target.removeprefix("--target=")[:19] == utc[:19].replace("T", " ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20.11.2026 23:55", "is no time"),
        ("2026-11-20", "no time of day"),
        ("2026-11-21 12:01", "in the future"),
        ("", "is no time"),
    ],
)
def test_what_is_no_minute_of_the_past_is_refused_with_an_example(script: Any, text: str, words: str) -> None:
    with pytest.raises(SystemExit) as refused:
        script.moment_of(text, now=NOW)
    assert words in str(refused.value)


def test_rows_outside_what_was_counted_around_the_moment_are_named(script: Any) -> None:
    before, after = {"a": 5, "b": 9, "django_session": 4}, {"a": 7, "b": 8, "django_session": 4}
    assert script.differing(before, after, {"a": 6, "b": 8, "django_session": 1}) == []
    assert script.differing(before, after, {"a": 8, "django_session": 4, "c": 1}) == [
        "a 8 instead of 5 to 7",
        "b missing instead of 9 to 8",
        "c 1 instead of 0 to 0",
    ]


class Unreachable:
    """A point in time to which the server cannot be put back."""

    def __init__(self, _settings: dict[str, str], _to: str, _timeline: str) -> None:
        pass

    def refuse_connected(self) -> None:
        pass

    def run(self) -> None:
        sys.exit("PostgreSQL did not reach the moment")


@pytest.fixture
def copy(operator: Operator, tmp_path: Path) -> Path:
    """A backup of one file."""
    backup, folder = loaded("backup"), tmp_path / "copy"
    folder.mkdir()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("photo.jpg"))
    packed.seek(0)
    written = backup.encrypt(packed, folder / "media.tar.age", [operator.recipient])
    (folder / "manifest.json").write_text(json.dumps({"engine": "postgresql", "files": {"media.tar.age": written}}))
    return folder


def test_media_stay_as_they_are_when_the_minute_cannot_be_reached(
    operator: Operator, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore, media = loaded("restore"), tmp_path / "media"
    media.mkdir()
    settings = os.environ | {"VAR_DIR": str(tmp_path), "MEDIA_ROOT": str(media), "S3_BUCKET": ""}
    given = Namespace(backup=copy, identity=operator.key, to="latest", timeline="", replace=True)
    monkeypatch.setattr(restore, "load_script", lambda _name: SimpleNamespace(PointInTime=Unreachable))
    with pytest.raises(SystemExit, match="did not reach"):
        restore.restore_to(given, settings)
    assert list(media.iterdir()) == []
    monkeypatch.setattr(Unreachable, "run", lambda _point: None)
    restore.restore_to(given, settings)
    assert [file.name for file in media.iterdir()] == ["photo.jpg"]


def test_a_timeline_without_a_minute_is_refused(operator: Operator, copy: Path, tmp_path: Path) -> None:
    done = operator.restore(copy, "postgres://nobody@127.0.0.1:1/none", tmp_path / "media", "--timeline", "2")
    assert done.returncode == 2
    assert "--timeline is for --to" in done.stderr


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SystemExit("pgbackrest backup: ERROR: [082]: WAL was not archived"), "pgbackrest backup: ERROR: [082]"),
        (FileNotFoundError(2, "No such file or directory", "pgbackrest"), "FileNotFoundError: [Errno 2]"),
        (
            subprocess.CalledProcessError(2, ["/usr/bin/psql", "password=secret host=db"], "", "a\nrefused\n"),
            "psql: refused",
        ),
    ],
)
def test_the_reason_of_a_failed_backup_is_told_without_secrets(error: BaseException, reason: str) -> None:
    told = loaded("backup").reason_of(error)
    assert told.startswith(reason)
    assert "secret" not in told

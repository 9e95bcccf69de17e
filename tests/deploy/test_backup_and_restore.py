"""A backup is encrypted, readable to its owner alone, and restores elsewhere to the same rows and a sound ledger."""

import datetime as dt
import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from tests import database
from tests.conftest import OwnDatabase
from tests.deploy.conftest import ROOT, Operator
from tests.people import make_cast
from tests.portal.payments.bank import begin, pay_at_bank
from tests.s3_server import BUCKET, running_s3
from tests.small_disk import SmallDisk, small_disk

__all__ = ["small_disk"]

SECRET = b"a photograph of a meter"

pytestmark = pytest.mark.skipif(
    shutil.which("age") is None and not os.environ.get("CI"), reason="age is not installed (apt-get install age)"
)


def script() -> Any:
    loader = importlib.machinery.SourceFileLoader("backup_script", str(ROOT / "deploy" / "backup"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


def row_counts() -> dict[str, int]:
    """How many rows each of our tables has."""
    with connection.cursor() as cursor:
        names = sorted(set(connection.introspection.table_names(cursor)))
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")
            counts[name] = cursor.fetchone()[0]
    return counts


def empty_place(keeper: Any, folder: Path) -> tuple[str, str]:
    """The name and the URL of a database that has nothing in it."""
    if connection.vendor == "sqlite":
        name = str(folder / "elsewhere" / "portal.sqlite3")
        return name, f"sqlite:///{name}"
    name = keeper.create()
    url = keeper.url(name)
    subprocess.run(["psql", "-q", "-c", "DROP SCHEMA public CASCADE; CREATE SCHEMA public", url], check=True)
    return name, url


def test_a_backup_restores_elsewhere_to_the_same_rows_files_and_a_sound_ledger(
    own_database: OwnDatabase, operator: Operator, tmp_path: Path
) -> None:
    cast = make_cast()
    pay_at_bank(begin(cast.anna, "120.00"))
    media = Path(settings.MEDIA_ROOT)
    stored = storages["private"].save("readings/photo.jpg", ContentFile(SECRET))
    counts = row_counts()

    done = operator.back_up(own_database.url, media)
    assert done.returncode == 0, done.stderr
    copy = Path(done.stdout.strip())
    status = operator.status()
    assert status["succeeded"]
    assert status["last_success_at"] == status["finished_at"]
    assert status["size"] == sum(file.stat().st_size for file in copy.glob("*.age"))
    written = list(copy.iterdir())
    assert {file.name for file in written} == {"database.age", "media.tar.age", "settings.age", "manifest.json"}
    assert all(not file.stat().st_mode & 0o077 for file in (copy.parent, copy, *written))
    assert all(SECRET not in file.read_bytes() for file in written)
    assert all(file.read_bytes().startswith(b"age-encryption.org") for file in written if file.suffix == ".age")

    keeper = database.backend()
    name, url = empty_place(keeper, tmp_path)
    elsewhere = tmp_path / "elsewhere" / "media"
    done = operator.restore(copy, url, elsewhere)
    assert done.returncode == 0, done.stderr
    assert ", 0 problems" in done.stdout
    assert (elsewhere / "private" / stored).read_bytes() == (media / "private" / stored).read_bytes()
    assert SECRET not in (elsewhere / "private" / stored).read_bytes(), "it is encrypted as it was"
    assert (elsewhere / "private" / stored).stat().st_mode & 0o777 == 0o600
    connection.close()
    with database.switched_to(name):
        assert row_counts() == counts | {"billing_ledgercheck": 1}  # the check of the restored ledger keeps its result
    done = operator.restore(copy, url, elsewhere)
    assert done.returncode != 0
    assert "--replace" in done.stderr
    assert operator.restore(copy, url, elsewhere, "--replace").returncode == 0
    shown = operator.restore(copy, url, elsewhere, "--show-settings")
    assert shown.stdout == "DJANGO_SECRET_KEY=the-key-of-this-portal\n"
    keeper.drop(name)


def test_files_of_a_bucket_are_in_the_backup_and_go_back_into_an_empty_one(
    own_database: OwnDatabase, operator: Operator, tmp_path: Path
) -> None:
    make_cast()
    with running_s3() as server:
        stored = {"private/readings/photo.jpg": SECRET, "media/images/a.jpg": b"a picture"}
        for key, content in stored.items():
            server.client.put_object(Bucket=BUCKET, Key=key, Body=content)
        done = operator.back_up(own_database.url, tmp_path / "media", **server.environment)
        assert done.returncode == 0, done.stderr
        copy = Path(done.stdout.strip())
        keeper = database.backend()
        name, url = empty_place(keeper, tmp_path)
        command = (ROOT / "deploy" / "restore", copy, "--identity", operator.key)
        done = operator.run(*command, url=url, media=tmp_path / "media", **server.environment)
        assert "has files: --replace writes over them" in done.stderr
        server.empty()
        done = operator.run(*command, url=url, media=tmp_path / "media", **server.environment)
        assert done.returncode == 0, done.stderr
        assert server.objects() == stored
    connection.close()
    keeper.drop(name)


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    own_database: OwnDatabase, operator: Operator, tmp_path: Path
) -> None:
    copy = Path(operator.back_up(own_database.url, tmp_path / "media").stdout.strip())
    damaged = copy / "database.age"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    before = row_counts()
    done = operator.restore(copy, own_database.url, tmp_path / "media", "--replace")
    assert done.returncode == 1
    assert done.stderr.startswith("database.age is missing or differs from the manifest")
    assert row_counts() == before


def test_another_key_opens_nothing(own_database: OwnDatabase, operator: Operator, tmp_path: Path) -> None:
    copy = Path(operator.back_up(own_database.url, tmp_path / "media").stdout.strip())
    operator.key = tmp_path / "other.key"
    subprocess.run(["age-keygen", "-o", operator.key], check=True, capture_output=True)
    assert operator.restore(copy, own_database.url, tmp_path / "media", "--show-settings").returncode == 1
    before = row_counts()
    done = operator.restore(copy, own_database.url, tmp_path / "media", "--replace")
    assert done.returncode == 1
    assert "does not open this backup" in done.stderr
    assert row_counts() == before, "the database is emptied before the key is tried"


def test_nothing_is_written_without_a_key_to_encrypt_to(operator: Operator, tmp_path: Path) -> None:
    done = operator.back_up(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path / "media", BACKUP_RECIPIENT="")
    assert done.returncode == 1
    assert "BACKUP_RECIPIENT is not set" in done.stderr
    assert not (tmp_path / "backups").exists()
    assert "BACKUP_RECIPIENT is not set" in str(operator.status()["error"])


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(operator: Operator, tmp_path: Path) -> None:
    done = operator.back_up(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path / "media")
    assert done.returncode == 1
    assert list((tmp_path / "backups").iterdir()) == []
    assert operator.status()["succeeded"] is False
    assert "no database at" in str(operator.status()["error"])


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup_and_the_next_one_is_made(
    own_database: OwnDatabase, operator: Operator, small_disk: SmallDisk, tmp_path: Path
) -> None:
    place = {"BACKUP_DIR": str(small_disk.place / "backups")}
    media = tmp_path / "media"
    (media / "private").mkdir(parents=True)
    (media / "private" / "large").write_bytes(os.urandom(2 * 1024 * 1024))
    done = operator.back_up(own_database.url, media, **place)
    assert done.returncode == 1
    assert small_disk.files() == []
    assert re.search(r"full|MB are free|No space", str(operator.status()["error"]))
    assert operator.back_up(own_database.url, media).returncode == 0, "the control: elsewhere it is made"


def test_old_backups_go_and_one_of_each_day_and_week_stays() -> None:
    made = script()
    start = dt.datetime(2026, 6, 1, 2, 15, tzinfo=dt.UTC)
    nights = [start + dt.timedelta(days=day) for day in range(100)]
    names = [moment.strftime(made.NAME) for moment in nights]
    noon = (nights[-1] + dt.timedelta(hours=10)).strftime(made.NAME)
    kept = {*names, noon, "lost+found"} - set(made.outdated([*names, noon, "lost+found"], days=14, weeks=8))
    assert {noon, "lost+found", *names[-14:-1]} <= kept
    assert names[-1] not in kept  # an earlier one of the same day
    weeks = {dt.datetime.strptime(name, made.NAME).isocalendar()[:2] for name in kept - {"lost+found"}}
    assert len(weeks) == 8
    assert len(kept) == 1 + 14 + 5  # of three of the eight weeks the newest is among the fourteen days
    assert made.outdated([noon], days=0, weeks=0) == []  # the newest is never removed


def test_the_manifest_names_the_code_and_the_kind_of_database(
    own_database: OwnDatabase, operator: Operator, tmp_path: Path
) -> None:
    copy = Path(operator.back_up(own_database.url, tmp_path / "media").stdout.strip())
    manifest = json.loads((copy / "manifest.json").read_text())
    assert manifest["engine"] == connection.vendor
    assert manifest["revision"]
    assert set(manifest["files"]) == {"database.age", "media.tar.age", "settings.age"}

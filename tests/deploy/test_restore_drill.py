"""The weekly drill: the newest backup is restored elsewhere, counted, proven; what is wrong is said to the portal."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from portal.core import clock
from portal.integrity.services import seal_day
from tests import database
from tests.conftest import OwnDatabase
from tests.database_owner import as_owner
from tests.deploy.conftest import ROOT, Operator
from tests.people import make_cast
from tests.portal.payments.bank import begin, pay_at_bank

pytestmark = pytest.mark.skipif(
    shutil.which("age") is None and not os.environ.get("CI"), reason="age is not installed (apt-get install age)"
)


class Drill:
    """An operator with a drill key and a scratch database."""

    def __init__(self, operator: Operator, url: str, scratch: str, media: Path) -> None:
        self.operator, self.url, self.media = operator, url, media
        self.key = operator.folder / "drill.key"
        subprocess.run(["age-keygen", "-o", self.key], check=True, capture_output=True)
        shown = subprocess.run(["age-keygen", "-y", self.key], check=True, capture_output=True, text=True)
        self.more = {"BACKUP_DRILL_RECIPIENT": shown.stdout.strip(), "BACKUP_DRILL_KEY": str(self.key)}
        if scratch:
            self.more["BACKUP_DRILL_DATABASE_URL"] = scratch

    def back_up(self, **more: str) -> Path:
        done = self.operator.back_up(self.url, self.media, **self.more, **more)
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.strip())

    def run(self, **more: str) -> tuple[int, str, dict[str, Any]]:
        """The status of the drill, its words, what it tells the portal."""
        script = ROOT / "deploy" / "restore-drill"
        done = self.operator.run(script, url=self.url, media=self.media, **(self.more | more))
        return done.returncode, done.stdout + done.stderr, self.operator.status()


@pytest.fixture
def drill(own_database: OwnDatabase, operator: Operator, tmp_path: Path) -> Any:
    cast = make_cast()
    pay_at_bank(begin(cast.anna, "120.00"))
    seal_day(now=clock.real_now())
    storages["private"].save("readings/photo.jpg", ContentFile(b"a photograph"))
    keeper = database.backend()
    name = keeper.create() if connection.vendor == "postgresql" else ""
    connection.close()
    yield Drill(operator, own_database.url, keeper.url(name) if name else "", tmp_path / "media")
    if name:
        keeper.drop(name)


def test_a_whole_backup_is_restored_and_leaves_nothing(drill: Drill) -> None:
    copy = drill.back_up()
    status, said, shown = drill.run()
    assert status == 0, said
    assert ", 0 problems" in said
    assert shown["drill_ok"] is True
    assert shown["drill_message"].startswith(f"{copy.name}: ")
    assert shown["succeeded"] is True, "what the backup said stays"
    assert not list((drill.operator.folder / "var").glob(".drill-*"))
    if scratch := drill.more.get("BACKUP_DRILL_DATABASE_URL"):
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        left = subprocess.run(["psql", "-qAtc", tables, scratch], check=True, capture_output=True, text=True)
        assert left.stdout == "0\n"


def test_lost_rows_and_a_changed_ledger_are_said(drill: Drill) -> None:
    copy = drill.back_up()
    manifest = json.loads((copy / "manifest.json").read_text())
    assert manifest["rows"]["accounts_account"] == 4
    (copy / "manifest.json").write_text(json.dumps(manifest | {"rows": manifest["rows"] | {"accounts_account": 5}}))
    status, said, shown = drill.run()
    assert status == 1
    assert "rows differ: accounts_account 4 instead of 5" in said
    assert shown["drill_ok"] is False
    assert "accounts_account" in shown["drill_message"]

    (copy / "manifest.json").write_text(json.dumps(manifest))
    as_owner("integrity_seal", f"UPDATE integrity_seal SET sha256 = '{'0' * 64}'")  # in the portal, not in the copy
    connection.close()
    status, said, shown = drill.run()
    assert status == 1
    assert "is not in the portal: the ledger was made anew since" in said

    drill.back_up()
    status, said, shown = drill.run()
    assert status == 1
    assert "check_ledger found problems" in shown["drill_message"]


def test_without_a_key_or_a_fresh_backup_there_is_no_drill(drill: Drill) -> None:
    assert "no backup in" in drill.run()[1]
    copy = drill.back_up()
    assert drill.run(BACKUP_DRILL_KEY="/nowhere")[0] == 1
    stranger = drill.operator.key  # opens everything: the drill's key is not needed for a real restore
    subprocess.run(["age", "-d", "-i", stranger, copy / "settings.age"], check=True, capture_output=True)
    refused = subprocess.run(["age", "-d", "-i", drill.key, copy / "settings.age"], capture_output=True, check=False)
    assert refused.returncode == 1, "the settings and their secrets are not for the drill"
    copy.rename(copy.with_name("2020-01-01T000000Z"))
    status, said, shown = drill.run()
    assert status == 1
    assert "the newest backup is of 2020-01-01" in said
    assert "2020-01-01" in shown["drill_message"]


@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
def test_backups_are_copied_away_and_a_wipe_does_not_follow(drill: Drill, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    copy = drill.back_up(BACKUP_COPY_TO=str(away))
    assert (away / copy.name / "manifest.json").read_bytes() == (copy / "manifest.json").read_bytes()
    for day in range(10, 20):
        (away / f"2026-01-{day}T000000Z").mkdir()
        for part in range(4):
            (away / f"2026-01-{day}T000000Z" / f"{part}.age").write_text("x")
    done = drill.operator.back_up(drill.url, drill.media, **drill.more, BACKUP_COPY_TO=str(away))
    assert done.returncode == 1
    assert "not copied to" in done.stderr
    assert len(list(away.glob("2026-01-*/*.age"))) >= 20, "at most twenty files go in a run"
    assert drill.operator.status()["succeeded"] is False
    assert drill.operator.status()["last_success_at"]

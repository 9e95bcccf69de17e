"""Where files and database are backed up apart, the portal shows the worse of the two."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from portal.core.backups import last_backup

NIGHT = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)


class Statuses:
    """The two status files."""

    def __init__(self, folder: Path) -> None:
        self.files, self.database = folder / "files.json", folder / "database.json"

    def write(self, file: Path, *, hours: int = 0, **content: Any) -> None:
        moment = (NIGHT + dt.timedelta(hours=hours)).isoformat()
        sound = {"finished_at": moment, "succeeded": True, "last_success_at": moment, "size": 1000}
        file.write_text(json.dumps(sound | content))


@pytest.fixture
def statuses(settings: Any, tmp_path: Path) -> Statuses:
    made = Statuses(tmp_path)
    settings.BACKUP_STATUS_FILE, settings.DATABASE_BACKUP_STATUS_FILE = str(made.files), str(made.database)
    return made


def test_the_older_of_two_that_succeeded_counts(statuses: Statuses) -> None:
    assert last_backup() is None
    statuses.write(statuses.files, hours=1)
    statuses.write(statuses.database, hours=24)
    both = last_backup()
    assert both is not None
    assert both.succeeded
    assert both.finished_at == both.last_success_at == NIGHT + dt.timedelta(hours=1)
    assert both.size == 2000


def test_one_that_failed_or_never_ran_is_a_failure(statuses: Statuses) -> None:
    statuses.write(statuses.files)
    missing = last_backup()
    assert missing is not None
    assert (missing.succeeded, missing.error) == (False, "deploy/postgresql-backup never ran")
    assert missing.last_success_at is None

    statuses.write(statuses.database, hours=1, succeeded=False, error="no space")
    failed = last_backup()
    assert failed is not None
    assert (failed.succeeded, failed.error) == (False, "no space")
    assert failed.finished_at == NIGHT + dt.timedelta(hours=1)
    assert failed.last_success_at == NIGHT


def test_a_failed_drill_counts_before_the_older_one(statuses: Statuses) -> None:
    early, late = NIGHT.isoformat(), (NIGHT + dt.timedelta(days=1)).isoformat()
    statuses.write(statuses.files, drilled_at=early, drill_ok=True)
    statuses.write(statuses.database)
    one = last_backup()
    assert one is not None
    assert (one.drilled_at, one.drill_succeeded) == (NIGHT, True)

    statuses.write(statuses.database, drilled_at=late, drill_ok=False, drill_message="rows differ")
    both = last_backup()
    assert both is not None
    assert (both.drill_succeeded, both.drill_message) == (False, "rows differ")

"""What deploy/backup and deploy/restore-drill say about their last runs."""

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.core.enums import HealthStatus
from portal.core.health import HealthCheck
from portal.core.models import MonitoringSettings

NAME = "backup"
DRILL_OVERDUE = dt.timedelta(days=15)
"""The drill is weekly: one may be missed."""


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """The last run, and the last one that succeeded; sizes in bytes, all files together.

    `drilled_at`: when the newest backup was last restored into a scratch database; None where that never ran.
    """

    finished_at: dt.datetime
    succeeded: bool
    error: str
    last_success_at: dt.datetime | None
    size: int
    drilled_at: dt.datetime | None = None
    drill_succeeded: bool = False
    drill_message: str = ""


def last_backup() -> BackupStatus | None:
    """What BACKUP_STATUS_FILE says, together with DATABASE_BACKUP_STATUS_FILE where that is set.

    Of the two the worse counts: a failure, the older success, the older drill. None when no backup ever ran. Raises
    OSError, ValueError (a damaged file).
    """
    files = read_status(settings.BACKUP_STATUS_FILE)
    if not settings.DATABASE_BACKUP_STATUS_FILE:
        return files
    database = read_status(settings.DATABASE_BACKUP_STATUS_FILE)
    made = files or database
    if made is None:
        return None
    never = BackupStatus(made.finished_at, succeeded=False, error="", last_success_at=None, size=0)
    return worse_of(
        database or replace(never, error="deploy/postgresql-backup never ran"),
        files or replace(never, error="deploy/backup never ran"),
    )


def worse_of(first: BackupStatus, second: BackupStatus) -> BackupStatus:
    """One status of two backups that are both needed; the first is named where both failed."""
    failed = next((status for status in (first, second) if not status.succeeded), None)
    drills = [(status.drill_succeeded, status.drilled_at, status) for status in (first, second) if status.drilled_at]
    drill = min(drills, key=lambda drill: drill[:2])[2] if drills else first
    successes = [moment for moment in (first.last_success_at, second.last_success_at) if moment]
    return BackupStatus(
        finished_at=failed.finished_at if failed else min(first.finished_at, second.finished_at),
        succeeded=failed is None,
        error=failed.error if failed else "",
        last_success_at=min(successes) if len(successes) == 2 else None,
        size=first.size + second.size,
        drilled_at=drill.drilled_at,
        drill_succeeded=drill.drill_succeeded,
        drill_message=drill.drill_message,
    )


def read_status(file: str) -> BackupStatus | None:
    """One status file; None when there is none. Raises OSError, ValueError (a damaged file)."""
    try:
        content = json.loads(Path(file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        return BackupStatus(
            finished_at=dt.datetime.fromisoformat(content["finished_at"]),
            succeeded=bool(content["succeeded"]),
            error=str(content.get("error", ""))[:200],
            last_success_at=_moment(content.get("last_success_at")),
            size=int(content.get("size") or 0),
            drilled_at=_moment(content.get("drilled_at")),
            drill_succeeded=bool(content.get("drill_ok")),
            drill_message=str(content.get("drill_message", ""))[:200],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{file} is damaged") from error


def _moment(text: Any) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def check(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """DEGRADED when the last backup failed or is older than the settings allow; none at all where one is expected."""
    status = last_backup()
    if status is None:
        return HealthCheck(NAME, HealthStatus.DEGRADED, "never made") if settings.BACKUP_EXPECTED else HealthCheck(NAME)
    if not status.succeeded:
        return HealthCheck(NAME, HealthStatus.DEGRADED, f"failed: {status.error}", status.finished_at)
    age = now - status.finished_at
    if age > dt.timedelta(hours=terms.backup_hours):
        detail = f"the last one is {int(age.total_seconds()) // 3600} h old"
        return HealthCheck(NAME, HealthStatus.DEGRADED, detail, status.finished_at)
    return _drill(status, now)


def _drill(status: BackupStatus, now: dt.datetime) -> HealthCheck:
    """DEGRADED when the newest backup could not be restored by the drill, or was not tried for two weeks."""
    if status.drilled_at is None:
        return HealthCheck(NAME)
    if not status.drill_succeeded:
        detail = f"restore drill failed: {status.drill_message}"
        return HealthCheck(NAME, HealthStatus.DEGRADED, detail, status.drilled_at)
    if now - status.drilled_at > DRILL_OVERDUE:
        return HealthCheck(NAME, HealthStatus.DEGRADED, "no restore drill for two weeks", status.drilled_at)
    return HealthCheck(NAME)

"""What deploy/backup and deploy/restore-drill say about their last runs."""

import datetime as dt
import json
from dataclasses import dataclass
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
    """What BACKUP_STATUS_FILE says; None when no backup ever ran. Raises OSError, ValueError (a damaged file)."""
    try:
        content = json.loads(Path(settings.BACKUP_STATUS_FILE).read_text(encoding="utf-8"))
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
        raise ValueError(f"{settings.BACKUP_STATUS_FILE} is damaged") from error


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
    """DEGRADED when the newest backup could not be restored for a trial, or that was not tried for two weeks."""
    if status.drilled_at is None:
        return HealthCheck(NAME)
    if not status.drill_succeeded:
        detail = f"restore drill failed: {status.drill_message}"
        return HealthCheck(NAME, HealthStatus.DEGRADED, detail, status.drilled_at)
    if now - status.drilled_at > DRILL_OVERDUE:
        return HealthCheck(NAME, HealthStatus.DEGRADED, "no restore drill for two weeks", status.drilled_at)
    return HealthCheck(NAME)

"""State of the portal's parts: in words, since when, and what to do about it."""

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.core import clock, health
from portal.core.enums import HealthStatus
from portal.core.health import HealthCheck
from portal.core.models import PartState
from portal.notifications.selectors import undelivered
from portal.office.automation.selectors import TimedJob, timed_jobs
from portal.office.dashboard.alerts import Alert
from portal.office.system.facts import LATELY, FactGroup, fact_groups

WATCH_SYSTEM = "office.watch_system"
TOLD_BY_TIME = ("worker", "timetable", "queue", "backup", "certificate")
"""Parts whose detail says no more than since when, or stands among the facts."""


@dataclass(frozen=True, slots=True)
class SystemPart:
    """A part: its name, its failure in two words, what that means for people, what to do about it."""

    label: "str | Promise"
    broken: "str | Promise"
    meaning: "str | Promise"
    remedy: "str | Promise"


PARTS: dict[str, SystemPart] = {
    "database": SystemPart(
        gettext_lazy("Database"),
        gettext_lazy("does not answer"),
        gettext_lazy("Pages answer that the portal is unavailable; nothing is stored."),
        gettext_lazy("See whether PostgreSQL runs and its disk has space: systemctl status postgresql, df -h."),
    ),
    "schema": SystemPart(
        gettext_lazy("Database schema"),
        gettext_lazy("not migrated"),
        gettext_lazy(
            "The code is newer than the database: pages that need the missing parts show that they are unavailable."
        ),
        gettext_lazy("Run deploy/update on one machine; it may be repeated after an interruption."),
    ),
    "storage": SystemPart(
        gettext_lazy("Storage of files"),
        gettext_lazy("takes no files"),
        gettext_lazy("Files cannot be taken, receipts and certificates cannot be made; pages open."),
        gettext_lazy("See the rights and the space of the media folder, or the S3 settings and its network."),
    ),
    "file_keys": SystemPart(
        gettext_lazy("Keys of files"),
        gettext_lazy("a key is missing"),
        gettext_lazy("Files stored with that key cannot be opened: residents and staff are asked to try later."),
        gettext_lazy(
            "Put the key back into FILE_ENCRYPTION_KEYS (it is in the settings of a backup) and restart the portal."
        ),
    ),
    "cache": SystemPart(
        gettext_lazy("Cache"),
        gettext_lazy("does not answer"),
        gettext_lazy("Pages open more slowly; people stay logged in."),
        gettext_lazy("See whether Redis runs: systemctl status redis-server. Without Redis: the space on the disk."),
    ),
    "worker": SystemPart(
        gettext_lazy("Worker of the queue"),
        gettext_lazy("does not answer"),
        gettext_lazy("Letters, receipts and jobs of the timetable wait; none is lost."),
        gettext_lazy("systemctl restart portal-worker; its log: journalctl -u portal-worker."),
    ),
    "timetable": SystemPart(
        gettext_lazy("Timetable"),
        gettext_lazy("stuck"),
        gettext_lazy("Jobs of the timetable are not put into the queue."),
        gettext_lazy("systemctl restart portal-worker; if it comes back, write to the developers."),
    ),
    "queue": SystemPart(
        gettext_lazy("Queue"),
        gettext_lazy("jobs wait too long"),
        gettext_lazy("Jobs wait longer than usual: the worker is busy or stuck."),
        gettext_lazy("While a month is closed that is usual. Otherwise start one more worker, or restart it."),
    ),
    "disk": SystemPart(
        gettext_lazy("Disk space"),
        gettext_lazy("little is left"),
        gettext_lazy("When it ends, nothing can be stored."),
        gettext_lazy("Free space or enlarge the disk: df -h shows which."),
    ),
    "gateway": SystemPart(
        gettext_lazy("Payment gateway"),
        gettext_lazy("does not answer"),
        gettext_lazy("Residents cannot pay by card; payments under way are asked about until it answers."),
        gettext_lazy("See the gateway's page of its own state, the keys in .env and the network of this machine."),
    ),
    "backup": SystemPart(
        gettext_lazy("Backups"),
        gettext_lazy("no recent one"),
        gettext_lazy("If the machine is lost now, everything since the last backup is lost with it."),
        gettext_lazy("See journalctl -u portal-backup, then make one: systemctl start portal-backup."),
    ),
    "certificate": SystemPart(
        gettext_lazy("TLS certificate"),
        gettext_lazy("ends soon"),
        gettext_lazy("Once it has ended, browsers warn against the site."),
        gettext_lazy("certbot renew, then systemctl reload nginx; see systemctl status certbot.timer."),
    ),
    "mail": SystemPart(
        gettext_lazy("Mail server"),
        gettext_lazy("does not take letters"),
        gettext_lazy("Letters wait and are sent automatically when it is back; they are retried for five days."),
        gettext_lazy("See EMAIL_URL in .env and ask the provider; the error is shown beside."),
    ),
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part as the page shows it."""

    check: HealthCheck
    part: SystemPart
    since: dt.datetime | None

    @property
    def status(self) -> str:
        """In two words."""
        return pgettext("system", "works") if self.check.is_ok else str(self.part.broken)

    @property
    def detail(self) -> str:
        """The technical word for it, where it says more than since when."""
        return detail_of(self.check.name, self.check.detail)


def detail_of(name: str, detail: str) -> str:
    """The detail of a check as people are shown it."""
    return "" if name in TOLD_BY_TIME else detail


def part_of(name: str) -> SystemPart:
    """The words of a check; one of an app that has none here is called by its name."""
    return PARTS.get(name, SystemPart(name, gettext_lazy("does not answer"), "", ""))


@dataclass(frozen=True, slots=True)
class SystemState:
    """Everything of the page."""

    status: HealthStatus
    rows: list[PartRow]
    watched_at: dt.datetime | None
    undelivered: int
    jobs: list[TimedJob]
    facts: list[FactGroup]

    @property
    def is_ok(self) -> bool:
        """Whether everything works."""
        return self.status == HealthStatus.OK

    @property
    def is_degraded(self) -> bool:
        """Whether pages open and something behind them does not work."""
        return self.status == HealthStatus.DEGRADED


def system_state(*, now: dt.datetime) -> SystemState:
    """Every part as it is now, what does not work first; letters given up within LATELY before `now`."""
    report = health.report()
    states = {state.name: state for state in PartState.objects.all()} if report.check("database").is_ok else {}
    rows = [PartRow(check, part_of(check.name), _since(check, states.get(check.name))) for check in report.checks]
    return SystemState(
        status=report.status,
        rows=sorted(rows, key=lambda row: row.check.is_ok),
        watched_at=health.last_beat(health.WATCH),
        undelivered=undelivered(since=now - LATELY).count(),
        jobs=timed_jobs(),
        facts=fact_groups(now=now),
    )


def undelivered_lately() -> int:
    """Return how many letters were given up within LATELY."""
    return undelivered(since=clock.real_now() - LATELY).count()


def _since(check: HealthCheck, state: PartState | None) -> dt.datetime | None:
    if check.since is not None:
        return check.since
    return state.since if state is not None and state.status == check.status else None


def problems() -> list[Alert]:
    """Return what does not work, for the dashboard; of a report a few seconds old."""
    return [
        Alert(
            _("%(part)s: %(state)s. %(meaning)s")
            % {
                "part": part_of(check.name).label,
                "state": part_of(check.name).broken,
                "meaning": part_of(check.name).meaning,
            },
            reverse("office_system"),
        )
        for check in health.recent_report().checks
        if not check.is_ok
    ]

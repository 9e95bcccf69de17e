"""Letters about outages, without the worker: by a probe of /readyz or `manage.py watch` of a timer.

The state of each part is a row; whoever turns its mark `alerted` writes the letter, so that several web processes and
the timer write one. The letters go from here, past the queue.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.accounts.models import User
from portal.accounts.notifications import recipient
from portal.core import health
from portal.core.enums import HealthStatus
from portal.core.health import HealthReport
from portal.core.models import MonitoringSettings, PartState
from portal.notifications.categories import SERVICE_STATE
from portal.notifications.services import Recipient, notify, send_due
from portal.office.system.selectors import WATCH_SYSTEM, detail_of, part_of
from portal.operations.notifications import PART_BROKEN, PART_WORKS

EVERY = dt.timedelta(seconds=55)
PERSISTS = dt.timedelta(minutes=1)
"""What a part must last in its state before it is written about; the worker's parts have waited minutes already."""
OF_WORKER = ("worker", "timetable", "queue")
BEHIND_WORKER = ("timetable", "queue")


def after_probe(report: HealthReport) -> None:
    """Watch after a probe of /readyz, at most once a minute over all processes."""
    if not report.check("database").is_ok:
        return
    now = timezone.now()
    if health.claim_beat(health.WATCH, now, every=EVERY):
        watch(report, now=now)


def watch(report: HealthReport, *, now: dt.datetime) -> int:
    """Store how the parts stand, write to staff about what broke and what works again; returns the letters sent.

    Each outage is written about once, and once when it is over. The database must be available.
    """
    health.note_beat(health.WATCH, now)
    health.record_states(report.checks, now)
    with transaction.atomic():
        _alert(now)
    return send_due(category=SERVICE_STATE)


def _alert(now: dt.datetime) -> None:
    states = list(PartState.objects.filter(~Q(status=HealthStatus.OK) | Q(alerted=True)).order_by("name"))
    worker_away = any(state.name == "worker" and state.status != HealthStatus.OK for state in states)
    for state in states:
        broken = state.status != HealthStatus.OK
        if broken == state.alerted or (now - state.since < PERSISTS and state.name not in OF_WORKER):
            continue
        if broken and worker_away and state.name in BEHIND_WORKER:
            continue  # one letter for one cause
        mine = PartState.objects.filter(name=state.name, alerted=state.alerted, status=state.status)
        if mine.update(alerted=broken):
            _write(state, broken=broken)


def _write(state: PartState, *, broken: bool) -> None:
    part = part_of(state.name)
    context: dict[str, Any] = {"part": part.label, "since": state.since}
    if broken:
        context |= {
            "broken": part.broken,
            "meaning": part.meaning,
            "remedy": [part.remedy] if part.remedy else None,
            "detail": detail_of(state.name, state.detail),
        }
    notify(
        kind=PART_BROKEN if broken else PART_WORKS,
        event=f"state:{state.name}:{state.status}:{int(state.since.timestamp())}",
        recipients=_recipients(),
        context=context,
    )


def _recipients() -> list[Recipient]:
    """Return everybody who may see the state of the system, and the address of the settings."""
    people = User.objects.with_perm(WATCH_SYSTEM).filter(is_active=True)
    terms = MonitoringSettings.objects.first() or MonitoringSettings()
    extra = [Recipient(address=terms.alert_address)] if terms.alert_address else []
    return [*map(recipient, people), *extra]

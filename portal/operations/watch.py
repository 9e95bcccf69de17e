"""Letters about outages, without the worker: by a probe of /readyz or `manage.py watch` of a timer. Russian content.

The state of each part is a row; whoever turns its mark `alerted` writes the letter, so that several web processes and
the timer write one. The letters go from here, past the queue.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from portal.accounts.models import User
from portal.accounts.notifications import recipient
from portal.core import health
from portal.core.enums import HealthStatus
from portal.core.formatting import moment_text
from portal.core.health import Report
from portal.core.models import Heartbeat, MonitoringSettings, PartState
from portal.notifications.categories import SERVICE_STATE
from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify, send_due
from portal.office.system import WATCH_SYSTEM, detail_of, part_of

EVERY = dt.timedelta(seconds=55)
PERSISTS = dt.timedelta(minutes=1)
"""What a part must last in its state before it is written about; the worker's parts have waited minutes already."""
OF_WORKER = ("worker", "timetable", "queue")
BEHIND_WORKER = ("timetable", "queue")


def after_probe(found: Report) -> None:
    """Watch after a probe of /readyz, at most once a minute over all processes."""
    if not found.check("database").is_ok:
        return
    now = timezone.now()
    Heartbeat.objects.get_or_create(name=health.WATCH, defaults={"beat_at": now - EVERY})
    if Heartbeat.objects.filter(name=health.WATCH, beat_at__lte=now - EVERY).update(beat_at=now):
        watch(found, now=now)


def watch(found: Report, *, now: dt.datetime) -> int:
    """Store how the parts stand, write to staff about what broke and what works again; returns the letters sent.

    Each outage is written about once, and once when it is over. The database must be available.
    """
    health.note_beat(health.WATCH, now)
    _record(found, now)
    with transaction.atomic():
        _alert(now)
    return send_due(category=SERVICE_STATE)


def _record(found: Report, now: dt.datetime) -> None:
    known = {state.name: state for state in PartState.objects.all()}
    new = [
        PartState(name=one.name, status=one.status, since=one.since or now, checked_at=now, detail=one.detail[:250])
        for one in found.checks
        if one.name not in known
    ]
    PartState.objects.bulk_create(new, ignore_conflicts=True)
    for check in found.checks:
        before = known.get(check.name)
        if before is None:
            continue
        values = {"checked_at": now, "detail": check.detail[:250], "status": check.status}
        if HealthStatus.OK in {before.status, check.status} and before.status != check.status:
            values["since"] = check.since or now
        PartState.objects.filter(name=check.name, status=before.status).update(**values)


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
    with translation.override("ru"):
        label = str(part.label)
        if broken:
            what = f"{label} — {part.broken}"
            lines = (
                f"С {moment_text(state.since)}. {part.meaning}",
                f"Что делать: {part.remedy}" if part.remedy else "",
                detail_of(state.name, state.detail),
            )
            text = "\n".join(filter(None, lines))
        else:
            what, text = f"{label} — снова в порядке", f"С {moment_text(state.since)}."
    notify(
        kind=Kind.SERVICE_STATE,
        event=f"state:{state.name}:{state.status}:{int(state.since.timestamp())}",
        recipients=_recipients(),
        context={"what": what, "text": text},
        link="/admin/office/system/",
    )


def _recipients() -> list[Recipient]:
    """Everybody who may see the state of the system, and the address of the settings."""
    people = User.objects.with_perm(WATCH_SYSTEM).filter(is_active=True)
    terms = MonitoringSettings.objects.first() or MonitoringSettings()
    extra = [Recipient(address=terms.alert_address)] if terms.alert_address else []
    return [*map(recipient, people), *extra]

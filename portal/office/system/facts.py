"""Facts behind the state of the system, in groups: queue, mail, gateway, backups, certificate, disk, versions."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core import health
from portal.core.backups import BackupStatus, last_backup
from portal.core.certificates import current_certificate
from portal.core.formatting import date_text, days_text, moment_text
from portal.core.job_queue import queue_state
from portal.core.schedule import WORKER
from portal.core.versions import unapplied_migrations, versions
from portal.notifications.selectors import outbox_state
from portal.payments.health import gateway_state

LATELY = dt.timedelta(days=7)
NONE = "—"


@dataclass(frozen=True, slots=True)
class Fact:
    """A line: what, and how it is; `is_bad` when it needs somebody."""

    label: "str | Promise"
    value: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts of one subject under a heading."""

    title: "str | Promise"
    facts: list[Fact]


def fact_groups(*, now: dt.datetime) -> list[FactGroup]:
    """Everything that is known, at a moment of real time (a dozen queries over small tables and indexes)."""
    return [
        FactGroup(_("Queue"), list(_queue(now))),
        FactGroup(_("Mail server"), list(_mail(now))),
        FactGroup(_("Payment gateway"), list(_gateway())),
        FactGroup(_("Backups"), list(_backups())),
        FactGroup(_("Disk and certificate"), [*_disk(), *_certificate(now)]),
        FactGroup(_("Database and versions"), list(_versions())),
    ]


def _moment(value: dt.datetime | None) -> str:
    return moment_text(value) if value is not None else NONE


def _queue(now: dt.datetime) -> Iterator[Fact]:
    state = queue_state(now=now, since=now - LATELY)
    yield Fact(_("Last heartbeat of the worker"), _moment(health.last_beat(WORKER)))
    yield Fact(_("Jobs waiting"), str(state.waiting))
    if state.oldest_at is not None:
        yield Fact(_("The oldest waits since"), _moment(state.oldest_at))
    yield Fact(_("Jobs being done"), str(state.claimed))
    yield Fact(_("Failed within a week"), str(state.failed), is_bad=bool(state.failed))


def _mail(now: dt.datetime) -> Iterator[Fact]:
    outbox = outbox_state(now=now, since=now - LATELY)
    yield Fact(_("Last letter sent"), _moment(outbox.last_sent_at))
    yield Fact(_("Letters due"), str(outbox.due))
    if outbox.oldest_due_at is not None:
        yield Fact(_("The oldest waits since"), _moment(outbox.oldest_due_at))
    yield Fact(_("Not delivered within a week"), str(outbox.undelivered), is_bad=bool(outbox.undelivered))


def _gateway() -> Iterator[Fact]:
    if not settings.PAYMENT_GATEWAY:
        yield Fact(_("Payment by card"), _("switched off: PAYMENT_GATEWAY is empty"))
        return
    state = gateway_state()
    yield Fact(_("Chosen"), settings.PAYMENT_GATEWAY)
    if state is None:
        yield Fact(_("Last answer"), _("not asked yet"))
        return
    answer = _moment(state.answered_at)
    if state.milliseconds is not None:
        answer = _("%(moment)s, it took %(milliseconds)s ms") % {"moment": answer, "milliseconds": state.milliseconds}
    yield Fact(_("Last answer"), answer)
    failure = _moment(state.failed_at) + (f", {state.failure}" if state.failure else "")
    yield Fact(_("Last call without an answer"), failure)
    if state.failing_since is not None:
        yield Fact(_("No answers since"), _moment(state.failing_since), is_bad=True)


def _backups() -> Iterator[Fact]:
    try:
        backup = last_backup()
    except (OSError, ValueError) as error:
        yield Fact(_("Last backup"), _("its result cannot be read: %(error)s") % {"error": error}, is_bad=True)
        return
    if backup is None:
        yield Fact(_("Last backup"), _("there was none"), is_bad=settings.BACKUP_EXPECTED)
        return
    if backup.succeeded:
        yield Fact(_("Last backup"), _moment(backup.finished_at))
    else:
        failure = {"moment": _moment(backup.finished_at), "error": backup.error}
        yield Fact(_("Last backup"), _("%(moment)s, failed: %(error)s") % failure, is_bad=True)
        yield Fact(_("Last one that succeeded"), _moment(backup.last_success_at))
    yield Fact(_("Size"), filesizeformat(backup.size))
    yield _drill(backup)


def _drill(backup: BackupStatus) -> Fact:
    """When the newest backup was last restored for a trial."""
    label = _("Last test restore")
    if backup.drilled_at is None:
        return Fact(label, _("not tried yet"))
    if backup.drill_succeeded:
        return Fact(label, _moment(backup.drilled_at))
    failure = {"moment": _moment(backup.drilled_at), "error": backup.drill_message}
    return Fact(label, _("%(moment)s, failed: %(error)s") % failure, is_bad=True)


def _disk() -> Iterator[Fact]:
    if settings.S3_BUCKET:
        yield Fact(_("Files"), _("bucket %(bucket)s at %(endpoint)s") % _bucket())
    places = {_("Free for the portal's data"): settings.VAR, _("Free for files"): settings.MEDIA_ROOT}
    for label, place in places.items():
        if Path(place).is_dir():
            yield Fact(label, filesizeformat(shutil.disk_usage(place).free))


def _bucket() -> dict[str, str]:
    return {"bucket": settings.S3_BUCKET, "endpoint": urlsplit(settings.S3_ENDPOINT).netloc}


def _certificate(now: dt.datetime) -> Iterator[Fact]:
    certificate = current_certificate()
    if certificate.ends_at is not None:
        left = max((certificate.ends_at - now).days, 0)
        text = _("%(date)s, %(days)s left") % {
            "date": date_text(certificate.ends_at, year=True),
            "days": days_text(left),
        }
        yield Fact(_("The certificate ends"), text)
    elif certificate.has_tls:
        text = _("not known: it cannot be looked at (%(error)s)") % {"error": certificate.error}
        yield Fact(_("The certificate ends"), text)
    else:
        yield Fact(_("The certificate ends"), _("the site is served without TLS"))


def _versions() -> Iterator[Fact]:
    current = versions()
    yield Fact(_("Database"), current.database)
    waiting = unapplied_migrations()
    if waiting:
        names = ", ".join(waiting[:5])
        text = ngettext("%(count)s waits: %(names)s", "%(count)s wait: %(names)s", len(waiting))
        yield Fact(_("Migrations"), text % {"count": len(waiting), "names": names}, is_bad=True)
    else:
        yield Fact(_("Migrations"), _("all applied"))
    yield Fact(_("Portal"), current.portal or NONE)
    yield Fact("Python", current.python)
    yield Fact("Django", current.django)
    yield Fact("Wagtail", current.wagtail)

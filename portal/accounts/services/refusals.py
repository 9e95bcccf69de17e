"""Refusals in the audit: failed logins, wrong codes, pages without the right. Their number is limited.

Each refusal is counted by hour and by who tried what; the log gets the 1st, 10th, 100th… of an hour. Beyond
`KEYS_AN_HOUR` different counters the rest of the hour shares one, so a flood adds some hundred entries, not millions.
"""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Model
from django.utils.crypto import salted_hmac

from portal.accounts import audit
from portal.accounts.calculation import canonical_login
from portal.accounts.models import AuditCounter, User
from portal.accounts.selectors.logins import login_named

WRITTEN = frozenset({1, 10, 100, 1_000, 10_000, 100_000})
KEYS_AN_HOUR = 300
REST = "rest"


def login_refused(*, typed: str, address: str, why: str, moment: dt.datetime) -> None:
    """A login or an e-mail with a wrong password, or one that is paused; `why` in Russian.

    What was typed is written only when a login has this name: people type passwords into that field. Known and
    unknown logins cost the same queries.
    """
    user = login_named(typed)
    ContentType.objects.get_for_models(User, AuditCounter)  # fetched at once: the same queries for each kind of login
    counter = _counted(audit.LOGIN_FAILED, f"{canonical_login(typed)}|{address}", moment)
    subject: Model = counter if user is None or counter.key == REST else user
    _written(subject, counter, by=None, what=why, login="" if subject is counter else str(user), address=address)


def code_refused(*, user: User, address: str, moment: dt.datetime) -> None:
    """A wrong code of the second factor, or a wrong recovery code."""
    counter = _counted(audit.LOGIN_FAILED, f"code:{user.pk}|{address}", moment)
    _written(user, counter, by=None, what="Неверный код второго фактора", login=str(user), address=address)


def access_refused(*, user: User, path: str, moment: dt.datetime) -> None:
    """An employee was turned away from a page of the admin (403, or Wagtail's way to the dashboard)."""
    counter = _counted(audit.REFUSED, f"{user.pk}|{path}", moment)
    _written(user, counter, by=user, what=f"Нет прав: {path}"[:200], login=None, address=None)


def sweep(*, moment: dt.datetime) -> int:
    """Delete counters of hours that ended over a day ago; returns the number of rows."""
    return AuditCounter.objects.filter(hour__lt=moment - dt.timedelta(days=1)).delete()[0]


@transaction.atomic
def _counted(action: str, label: str, moment: dt.datetime) -> AuditCounter:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    key = salted_hmac("accounts.audit", label).hexdigest()
    counters = AuditCounter.objects.filter(action=action, hour=hour)
    if not counters.filter(key=key).exists() and counters.count() >= KEYS_AN_HOUR:
        key = REST
    counter, _made = AuditCounter.objects.get_or_create(action=action, hour=hour, key=key)
    AuditCounter.objects.filter(pk=counter.pk).update(count=F("count") + 1)
    counter.refresh_from_db(fields=["count"])
    return counter


def _written(
    subject: Model, counter: AuditCounter, *, by: User | None, what: str, login: str | None, address: str | None
) -> None:
    if counter.count in WRITTEN:
        audit.write(
            subject,
            counter.action,
            by=by,
            what=what,
            section="access",
            login=login,
            address=address,
            times=counter.count,
        )

"""Whom billing tells, and what: the window and the reminder."""

from django.db.models import QuerySet
from django.utils import translation

from portal.accounts.models import Account, Holder
from portal.billing.loading.facts import open_accounts
from portal.core.calendars import Month
from portal.core.formatting import date_text, month_name
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading
from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify

READINGS_PATH = "/personal/readings/"


def tell_window_opens(month: Month) -> int:
    """Tell everybody who has a meter that the window is open; returns how many messages are new."""
    return _tell_about_readings(Kind.WINDOW_OPENS, month, _metered(month))


def tell_reminder(month: Month) -> int:
    """Remind those whose meters were not all read in the window."""
    read = Reading.objects.filter(
        status=Status.ACCEPTED, taken_on__gte=month.window_opens, taken_on__lte=month.window_closes
    ).values("meter_id")
    silent = Meter.objects.filter(closed_on=None).exclude(pk__in=read).values("account_id")
    return _tell_about_readings(Kind.READINGS_REMINDER, month, _metered(month).filter(pk__in=silent))


def _metered(month: Month) -> "QuerySet[Account]":
    return open_accounts(month.period).filter(meters__closed_on=None, meters__isnull=False).distinct()


def _tell_about_readings(kind: Kind, month: Month, accounts: "QuerySet[Account]") -> int:
    with translation.override("ru"):
        context = {"month": month_name(month.period), "until": date_text(month.window_closes)}
    people = {
        one.person_id: _recipient(one)
        for one in Holder.objects.filter(account__in=accounts, until=None).select_related("person__user")
        if one.person.user is not None or one.person.email
    }
    return notify(
        kind=kind, event=f"{kind}:{month.period}", recipients=people.values(), context=context, link=READINGS_PATH
    )


def _recipient(holder: Holder) -> Recipient:
    person = holder.person
    return Recipient(user=person.user, address=person.email or (person.user.email if person.user else ""))

"""Whom billing tells, and what: the window, the reminder, an act of tampering."""

from decimal import Decimal

from django.db.models import QuerySet
from django.utils import translation

from portal.accounts.models import Account, Holder
from portal.accounts.recipients import everybody, recipient_of
from portal.billing.loading.facts import open_accounts
from portal.billing.models import TamperingAct
from portal.core.calendars import Month
from portal.core.formatting import date_text, money_text, month_name, period_text
from portal.core.periods import Period
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading
from portal.notifications.enums import Kind
from portal.notifications.services import notify

READINGS_PATH = "/personal/readings/"
LEDGER_PATH = "/personal/ledger/"


def notify_window_opens(month: Month) -> int:
    """Tell everybody who has a meter that the window is open; returns how many messages are new."""
    return _notify_about_readings(Kind.WINDOW_OPENS, month, _metered(month))


def notify_reminder(month: Month) -> int:
    """Remind those whose meters were not all read in the window."""
    read = Reading.objects.filter(
        status=Status.ACCEPTED, taken_on__gte=month.window_opens, taken_on__lte=month.window_closes
    ).values("meter_id")
    silent = Meter.objects.filter(closed_on=None).exclude(pk__in=read).values("account_id")
    return _notify_about_readings(Kind.READINGS_REMINDER, month, _metered(month).filter(pk__in=silent))


def _metered(month: Month) -> "QuerySet[Account]":
    return open_accounts(month.period).filter(meters__closed_on=None, meters__isnull=False).distinct()


def _notify_about_readings(kind: Kind, month: Month, accounts: "QuerySet[Account]") -> int:
    with translation.override("ru"):
        context = {"month": month_name(month.period), "until": date_text(month.window_closes)}
    people = {
        one.person_id: recipient_of(one.person)
        for one in Holder.objects.filter(account__in=accounts, until=None).select_related("person__user")
        if one.person.user is not None or one.person.email
    }
    return notify(
        kind=kind, event=f"{kind}:{month.period}", recipients=people.values(), context=context, link=READINGS_PATH
    )


def notify_act(act: TamperingAct, *, total: Decimal, booked_in: Period) -> int:
    """Tell everybody who holds the account of an act and of what it costs, ₽; an act is told once."""
    with translation.override("ru"):
        days = f"{date_text(act.since, year=True)} – {date_text(act.until, year=True)}"
        text = (
            f"Составлен акт № {act.number} от {date_text(act.drawn_on, year=True)}: вмешательство в работу счётчика "
            f"или самовольное подключение, {act.get_service_display().lower()}. За дни {days} считаем по нормативу "
            f"в десятикратном размере (п. 62 Правил № 354): к начисленному добавится {money_text(total)}. "
            f"Строка появится в квитанции за {period_text(booked_in)}. Если не согласны, напишите нам."
        )
    return notify(
        kind=Kind.ACT,
        event=f"act:{act.pk}",
        recipients=everybody(act.account),
        context={"number": act.number, "text": text},
        link=LEDGER_PATH,
    )

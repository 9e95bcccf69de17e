"""Whom billing tells, and what: the window, the reminder, an act of tampering."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Account, Holder
from portal.accounts.recipients import everybody, recipient_of
from portal.billing.loading.facts import open_accounts
from portal.billing.models import DebtReminder, TamperingAct
from portal.billing.selectors.debts import DebtRow
from portal.core.calendars import Month
from portal.core.formatting import date_text, money_text, month_name, period_text
from portal.core.periods import Period
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, full_day, money, register
from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify
from portal.notifications.texts import Text

READINGS_PATH = "/personal/readings/"
LEDGER_PATH = "/personal/ledger/"

DEBT_REMINDER = register(
    NotificationKind(
        code="debt_reminder",
        name=_("Reminder of a debt"),
        category=categories.DEBT,
        icon="warning",
        link=Link("cabinet:pay"),
        placeholders={
            "account": Placeholder(_("Number of the account"), "0010001"),
            "address": Placeholder(_("Address of the account"), "ул. Речная, д. 8, кв. 14"),
            "amount": money(_("What is overdue, all months together"), Decimal("820.00")),
            "due": full_day(_("Day by which the oldest debt was to be paid"), dt.date(2026, 10, 10)),
        },
        russian=Text(
            "Есть неоплаченная квитанция",
            "По лицевому счёту {account} ({address}) не оплачено {amount}. Самый ранний срок оплаты прошёл {due}.\n\n"
            "Оплатить можно картой или через СБП в личном кабинете, в разделе «Оплата», или по квитанции в банке. "
            "Если вы уже заплатили, ничего делать не нужно: деньги из банка приходят за один-три рабочих дня. "
            "Если сумма вызывает вопросы, напишите нам.",
        ),
        english=Text(
            "You have an unpaid bill",
            "For the account {account} ({address}) {amount} is overdue. The earliest payment was due by {due}.\n\n"
            "You can pay by card or by the faster payment system in your account on the portal, under Payment, or at a "
            "bank with the paper bill. If you have already paid, there is nothing to do: money from a bank arrives "
            "within one to three working days. If you have questions about the sum, write to us.",
        ),
    )
)


def notify_of_debt(
    account: Account, *, oldest: DebtRow, total: Decimal, recipients: Sequence[Recipient], step: DebtReminder
) -> int:
    """Remind of overdue debts of `total` ₽, the oldest first due on `oldest.due_on`; a step is sent once."""
    return notify(
        kind=DEBT_REMINDER,
        event=f"debt:{account.pk}:{step.period:%Y-%m}:{step.step}",
        recipients=recipients,
        context={
            "account": account.number,
            "address": account.premises.address,
            "amount": total,
            "due": oldest.due_on,
        },
    )


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

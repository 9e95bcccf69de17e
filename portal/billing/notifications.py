"""Whom billing tells, and what: the window, the reminder, a tampering report."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Service
from portal.accounts.models import Account, Holder
from portal.accounts.recipients import everybody, recipient_of
from portal.billing.loading.facts import open_accounts
from portal.billing.models import DebtReminder, TamperingReport
from portal.billing.selectors.debts import DebtRow
from portal.core.calendars import Month
from portal.core.periods import Period
from portal.metering.enums import Status
from portal.metering.models import Meter, Reading
from portal.notifications import categories
from portal.notifications.declarations import (
    Link,
    NotificationKind,
    Placeholder,
    day,
    full_day,
    money,
    month,
    period,
    register,
)
from portal.notifications.services import Recipient, notify
from portal.notifications.texts import Text

READINGS_PAGE = Link("cabinet:readings")
MONTH = month(_("The month"), dt.date(2026, 11, 1))
UNTIL = day(_("Last day of the reading window"), dt.date(2026, 11, 20))

WINDOW_OPENS = register(
    NotificationKind(
        code="window_opens",
        name=_("Reading window opens"),
        category=categories.WINDOW_OPENS,
        icon="meter",
        link=READINGS_PAGE,
        placeholders={"month": MONTH, "until": UNTIL},
        russian=Text(
            "Принимаем показания",
            "Показания за {month} принимаем до {until}. Передайте их в личном кабинете: это займёт минуту.",
        ),
        english=Text(
            "Meter readings are open",
            "We take readings for {month} until {until}. Send them in your account: it takes a minute.",
        ),
    )
)
READINGS_REMINDER = register(
    NotificationKind(
        code="readings_reminder",
        name=_("Reminder to send readings"),
        category=categories.READINGS_REMINDER,
        icon="meter",
        link=READINGS_PAGE,
        placeholders={"month": MONTH, "until": UNTIL},
        russian=Text(
            "Показания ждём до {until}",
            "Показаний за {month} пока нет. Передайте их до {until} включительно, иначе посчитаем по среднему.",
        ),
        english=Text(
            "Readings are due by {until}",
            "We have no readings for {month} yet. Send them by {until}, or we shall bill the average.",
        ),
    )
)
TAMPERING_REPORT = register(
    NotificationKind(
        code="act",
        name=_("Report on the account"),
        category=categories.ACT,
        link=Link("cabinet:ledger"),
        placeholders={
            "number": Placeholder(_("Number of the report"), "14"),
            "drawn_on": full_day(_("Date of the report"), dt.date(2026, 11, 3)),
            "service": Placeholder(_("Service"), Service.COLD_WATER.label, lambda label: str(label).lower()),
            "since": full_day(_("First day that is billed"), dt.date(2026, 10, 1)),
            "until": full_day(_("Last day that is billed"), dt.date(2026, 10, 31)),
            "amount": money(_("What is added"), Decimal("4120.30")),
            "booked_in": period(_("Month of the bill with the line"), dt.date(2026, 11, 1)),
        },
        russian=Text(
            "Составлен акт № {number}",
            "Составлен акт № {number} от {drawn_on}: вмешательство в работу счётчика или самовольное подключение, "
            "{service}. За дни {since} – {until} считаем по нормативу в десятикратном размере (п. 62 Правил № 354): "
            "к начисленному добавится {amount}. Строка появится в квитанции за {booked_in}. Если не согласны, "
            "напишите нам.",
        ),
        english=Text(
            "Report No. {number} was drawn up",
            "Report No. {number} of {drawn_on} was drawn up: tampering with a meter or an unauthorised connection, "
            "{service}. The days {since} – {until} are billed at ten times the norm (Rules 354, para 62): {amount} is "
            "added. The line appears in the bill for {booked_in}. If you do not agree, write to us.",
        ),
    )
)
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
    return _notify_about_readings(WINDOW_OPENS, month, _metered(month))


def notify_reminder(month: Month) -> int:
    """Remind those whose meters were not all read in the window."""
    read = Reading.objects.filter(
        status=Status.ACCEPTED, taken_on__gte=month.window_opens, taken_on__lte=month.window_closes
    ).values("meter_id")
    silent = Meter.objects.filter(closed_on=None).exclude(pk__in=read).values("account_id")
    return _notify_about_readings(READINGS_REMINDER, month, _metered(month).filter(pk__in=silent))


def _metered(month: Month) -> "QuerySet[Account]":
    return open_accounts(month.period).filter(meters__closed_on=None, meters__isnull=False).distinct()


def _notify_about_readings(kind: NotificationKind, month: Month, accounts: "QuerySet[Account]") -> int:
    people = {
        holder.person_id: recipient_of(holder.person)
        for holder in Holder.objects.filter(account__in=accounts, until=None).select_related("person__user")
        if holder.person.user is not None or holder.person.email
    }
    return notify(
        kind=kind,
        event=f"{kind.code}:{month.period}",
        recipients=people.values(),
        context={"month": month.period, "until": month.window_closes},
    )


def notify_tampering_report(report: TamperingReport, *, total: Decimal, booked_in: Period) -> int:
    """Tell everybody who holds the account of a tampering report and of what it costs, ₽; a report is told once."""
    return notify(
        kind=TAMPERING_REPORT,
        event=f"act:{report.pk}",
        recipients=everybody(report.account),
        context={
            "number": report.number,
            "drawn_on": report.drawn_on,
            "service": Service(report.service).label,
            "since": report.since,
            "until": report.until,
            "amount": total,
            "booked_in": booked_in,
        },
    )

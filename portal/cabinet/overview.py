"""Content of the cabinet's first page, in a bounded number of queries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.enums import Service
from portal.accounts.models import Account, User
from portal.billing.selectors import (
    WATCHED_DAYS,
    MonthOfWater,
    NoReadings,
    VerificationExpires,
    Warnings,
    account_warnings,
    consumption,
    debt_state,
)
from portal.cabinet.charts import title_of, water_chart
from portal.core.calendars import Month, next_receipts_day
from portal.core.charts import BarChart
from portal.core.formatting import date_text, money_text, month_name, period_text
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.core.service_catalogue import KEYS
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance_before, balances, entries_with_balance
from portal.metering.models import Meter
from portal.metering.selectors import ReadingWindow, window
from portal.notifications.models import Message
from portal.notifications.selectors import inbox
from portal.payments.models import Payment
from portal.payments.selectors.residents import open_payments
from portal.receipts.models import Receipt
from portal.receipts.selectors import data_of, latest_receipt

EVENTS, ENTRIES, MESSAGES, UNREAD_COUNTED = 4, 24, 3, 50
PAYMENTS = (EntryKind.PAYMENT, EntryKind.REFUND)


@dataclass(frozen=True, slots=True)
class DebtSummary:
    """Debt now, ₽, and its `overdue` part; the receipt that asked for it says until when."""

    balance: Decimal
    receipt: Receipt | None
    today: dt.date
    overdue: Decimal

    @property
    def to_pay(self) -> Decimal:
        return max(self.balance, ZERO)

    @property
    def advance(self) -> Decimal:
        return max(-self.balance, ZERO)

    @property
    def past_due(self) -> bool:
        """Whether the day of the last receipt is past and something of it is still owed."""
        return self.receipt is not None and self.overdue > 0 and self.receipt.due_on < self.today

    @property
    def days_left(self) -> int | None:
        """Days until the due day, from 0; None when it is past or nothing is owed."""
        if self.receipt is None or not self.to_pay or self.receipt.due_on < self.today:
            return None
        return (self.receipt.due_on - self.today).days

    @property
    def changed(self) -> Decimal:
        """Return how much less is owed than the receipt says, ₽; negative when more."""
        return self.receipt.to_pay - self.balance if self.receipt else ZERO


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """Readings to be sent now: the window, and which meters wait."""

    window: ReadingWindow
    today: dt.date

    @property
    def month(self) -> Month:
        return self.window.month

    @property
    def meters(self) -> list[Meter]:
        return [state.meter for state in self.window.meters]

    @property
    def is_open(self) -> bool:
        return self.month.window_is_open(self.today)

    @property
    def when(self) -> str:
        """«Передайте показание до 20 ноября», «с 15 по 20 декабря»."""
        closes = date_text(self.month.window_closes, today=self.today)
        if self.is_open:
            return _("Send a reading by %(closes)s.") % {"closes": closes}
        opens = date_text(self.month.window_opens, today=self.today)
        return _("Send a reading from %(opens)s to %(closes)s.") % {"opens": opens, "closes": closes}

    @property
    def done(self) -> bool:
        """Nothing is left to send in the window that is open."""
        return self.is_open and self.window.sent_all

    @property
    def is_due(self) -> bool:
        """Whether a reading is to be sent now."""
        return self.is_open and bool(self.meters) and not self.window.sent_all


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """A line of the ledger as people remember it: a month's charges, a payment."""

    title: str
    day: dt.date
    amount: Decimal
    is_payment: bool
    period: dt.date | None
    kind: str

    @property
    def is_correction(self) -> bool:
        return self.kind == EntryKind.CORRECTION


@dataclass(frozen=True, slots=True)
class CostWarning:
    """Cost warning with the sum at stake in ₽, where known, and the action that avoids it."""

    title: str
    text: str
    url: str
    action: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class AccountDebt:
    """One of the login's accounts with what it owes, ₽ (negative: paid ahead)."""

    account: Account
    balance: Decimal

    @property
    def to_pay(self) -> Decimal:
        return max(self.balance, ZERO)

    @property
    def advance(self) -> Decimal:
        return max(-self.balance, ZERO)


def account_debts(accounts: Sequence[Account]) -> list[AccountDebt]:
    """Return what each account owes now (two queries)."""
    owed = balances([account.pk for account in accounts])
    return [AccountDebt(account, owed.get(account.pk, ZERO)) for account in accounts]


@dataclass(frozen=True, slots=True)
class Overview:
    debt: DebtSummary
    task: ReadingTask
    events: Sequence[LedgerEvent]
    messages: Sequence[Message]
    unread: int
    chart: BarChart | None
    chart_title: str
    warnings: Sequence[CostWarning]
    receipts_by: dt.date
    """By which day the next receipts are there."""
    unfinished: Sequence[Payment]
    """Payments by card that the bank has yet to end."""
    under_way: Decimal
    """Their sum, ₽."""
    before_own_time: Decimal
    """What was owed on the account before its holder of today came, ₽; zero when they were there from its opening."""

    @property
    def left_to_pay(self) -> Decimal:
        """Due now less what waits for the bank, ₽."""
        return max(self.debt.to_pay - self.under_way, ZERO)


def overview(account: Account, user: User, *, today: dt.date) -> Overview:
    """Everything that the first page shows: 15 queries at most, two more while there are cost warnings."""
    entries = list(entries_with_balance(account).order_by("-effective_on", "-id")[:ENTRIES])
    receipt = latest_receipt(account, viewer=user)
    data = data_of(receipt) if receipt else None
    task = ReadingTask(window(account, today=today), today)
    meters = task.meters
    messages = list(inbox(user)[:UNREAD_COUNTED])
    until = Period.of(receipt.period) if receipt else Period.of(today).previous
    water = consumption(account, until=until, months=12, with_norms=False)
    averaged = any(_averaged(months) for months in water.values())
    ends_soon = any((meter.verified_until - today).days <= WATCHED_DAYS for meter in meters)
    cost_warnings = account_warnings(account, meters=meters, today=today) if averaged or ends_soon else Warnings((), ())
    service = next((key for key in KEYS if key in water), "")
    unfinished = open_payments(user, account)
    return Overview(
        debt=_debt(account, entries[0].balance_after if entries else ZERO, receipt, today),
        task=task,
        events=_events(entries, today),
        messages=messages[:MESSAGES],
        unread=sum(message.read_at is None for message in messages),
        chart=water_chart(water[service], service, data) if service else None,
        chart_title=title_of(service) if service else "",
        warnings=[*_missing(cost_warnings, meters, task, today), *_verifications(cost_warnings, meters, water, today)],
        receipts_by=next_receipts_day(today),
        unfinished=unfinished,
        under_way=sum((payment.amount for payment in unfinished), ZERO),
        before_own_time=_before_own_time(account) if entries and entries[0].balance_after > 0 else ZERO,
    )


def _before_own_time(account: Account) -> Decimal:
    """One query for whoever took the account over, none for everybody else."""
    since = getattr(account, "own_since", None)
    if since is None or since <= account.opened_on:
        return ZERO
    return max(balance_before(account, since), ZERO)


def _debt(account: Account, owed: Decimal, receipt: Receipt | None, today: dt.date) -> DebtSummary:
    """Overdue is what the receipts, the payment page and the employee's card call so (three queries)."""
    overdue = debt_state(account, today=today).overdue if receipt is not None and owed > 0 else ZERO
    return DebtSummary(owed, receipt, today, overdue)


def _events(entries: Sequence[Entry], today: dt.date) -> list[LedgerEvent]:
    events: list[LedgerEvent] = []
    for entry in entries:
        payment = entry.kind in PAYMENTS
        last = events[-1] if events else None
        if (
            last
            and not payment
            and not last.is_payment
            and EntryKind.CORRECTION not in (entry.kind, last.kind)
            and (last.day, last.period) == (entry.effective_on, entry.period)
        ):
            events[-1] = replace(last, amount=last.amount + entry.amount)
            continue
        if len(events) == EVENTS:
            break
        period = None if entry.kind == EntryKind.CORRECTION else entry.period
        events.append(LedgerEvent(_title(entry, today), entry.effective_on, entry.amount, payment, period, entry.kind))
    return events


def _title(entry: Entry, today: dt.date) -> str:
    if entry.kind == EntryKind.CORRECTION and entry.period:
        return _("Correction for %(month)s") % {"month": period_text(entry.period)}
    if entry.kind not in PAYMENTS and entry.period:
        name = month_name(entry.period) if entry.period.year == today.year else period_text(entry.period)
        return _("Bill for %(month)s") % {"month": name}
    return str(EntryKind(entry.kind).label)


def _estimated(months: Sequence[MonthOfWater]) -> int:
    """Return how many of the last months in a row had no metered volume."""
    return next((n for n, month in enumerate(reversed(months)) if not month.is_estimate), len(months))


def _averaged(months: Sequence[MonthOfWater]) -> bool:
    return bool(months) and months[-1].basis == "average"


def _missing(cost_warnings: Warnings, meters: Sequence[Meter], task: ReadingTask, today: dt.date) -> list[CostWarning]:
    """Months without a reading in a row: after so many the norm applies. A meter that does not count is not awaited."""
    not_counting = {meter.service for meter in meters if meter.out_of_order_from or meter.verified_until < today}
    awaited = [missing for missing in cost_warnings.no_readings if missing.service not in not_counting]
    warnings: list[CostWarning] = []
    for missing, services in _alike(awaited).items():
        title = ngettext(
            "%(service)s: %(n)d month of %(limit)d without a reading",
            "%(service)s: %(n)d months of %(limit)d without a reading",
            missing.missed,
        ) % {"service": services, "n": missing.missed, "limit": missing.limit}
        about = {"month": month_name(missing.norm_from, case="genitive"), "sum": money_text(missing.extra)}
        if missing.extra:
            text = _("From %(month)s the norm applies: about %(sum)s a month more.") % about
        else:
            text = _("From %(month)s the norm applies.") % about
        warnings.append(CostWarning(title, f"{text} {task.when}", reverse("cabinet:readings"), _("Send readings")))
    return warnings


def _alike(warned: Sequence[NoReadings]) -> dict[NoReadings, str]:
    """Waters of which the same is to be said, named together: the sum at stake is that of the whole bill."""
    labels: dict[NoReadings, list[str]] = {}
    for missing in warned:
        labels.setdefault(replace(missing, service=""), []).append(str(Service(missing.service).label))
    return {missing: ", ".join([names[0], *map(str.lower, names[1:])]) for missing, names in labels.items()}


def _verifications(
    cost_warnings: Warnings, meters: Sequence[Meter], water: Mapping[str, Sequence[MonthOfWater]], today: dt.date
) -> list[CostWarning]:
    """Meters whose verification ends soon or is over."""
    at_stake = {warning.meter.pk: warning for warning in cost_warnings.verification}
    warnings = []
    for meter in meters:
        left = (meter.verified_until - today).days
        if left > WATCHED_DAYS:
            continue
        title = (
            _("Meter verification has expired: %(service)s")
            if left < 0
            else ngettext(
                "Verification of the meter ends in %(n)d day: %(service)s",
                "Verification of the meter ends in %(n)d days: %(service)s",
                left,
            )
        ) % {"service": meter.get_service_display().lower(), "n": left}
        stake = at_stake.get(meter.pk)
        text = _what_follows(meter, water.get(meter.service, ()), stake, today)
        if stake and stake.extra:
            text += " " + _("That is about %(sum)s a month more.") % {"sum": money_text(stake.extra)}
        warnings.append(
            CostWarning(title, text, reverse("cabinet:replacement"), _("Verification and replacement"), danger=left < 0)
        )
    return warnings


def _what_follows(
    meter: Meter, months: Sequence[MonthOfWater], stake: VerificationExpires | None, today: dt.date
) -> str:
    """By what the water is counted now and later while the verification is over."""
    if stake and meter.verified_until < today and _averaged(months):
        return _("Its readings do not count: now the average, from %(month)s the raised norm.") % {
            "month": month_name(stake.norm_from, case="genitive")
        }
    if meter.verified_until < today and _estimated(months):
        return _("Its readings do not count: the raised norm applies.")
    return _("After %(day)s its readings do not count: first the average, then the raised norm.") % {
        "day": date_text(meter.verified_until, today=today)
    }

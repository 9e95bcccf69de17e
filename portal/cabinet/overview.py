"""What the cabinet's first page says, put together from a bounded number of questions to the database."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.accounts.enums import Service
from portal.accounts.models import Account, User
from portal.billing.receipts.models import Receipt
from portal.billing.receipts.selectors import data_of, latest_receipt
from portal.billing.receipts.snapshot import ReceiptData
from portal.billing.receipts.words import SERVICES
from portal.billing.selectors import MonthOfWater, consumption, estimate_limit
from portal.core.calendars import Month, next_window
from portal.core.charts import Bar, BarChart
from portal.core.formatting import (
    MONTHS_SHORT,
    date_text,
    money_text,
    month_name,
    period_text,
    volume_text,
)
from portal.core.money import ZERO, roubles
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import entries_with_balance
from portal.metering.models import Meter
from portal.metering.selectors import meters_with_state
from portal.notifications.models import Message
from portal.notifications.selectors import inbox

EVENTS, ENTRIES, MESSAGES, UNREAD_COUNTED = 4, 24, 3, 50
VERIFICATION_SOON = 90
PAYMENTS = (EntryKind.PAYMENT, EntryKind.REFUND)


@dataclass(frozen=True, slots=True)
class Debt:
    """What is owed now, ₽; the receipt that asked for it says until when."""

    balance: Decimal
    receipt: Receipt | None
    today: dt.date

    @property
    def to_pay(self) -> Decimal:
        return max(self.balance, ZERO)

    @property
    def advance(self) -> Decimal:
        return max(-self.balance, ZERO)

    @property
    def overdue(self) -> bool:
        """Whether the day of the last receipt is past and something is still owed."""
        return self.receipt is not None and self.to_pay > 0 and self.receipt.due_on < self.today


@dataclass(frozen=True, slots=True)
class Task:
    """What has to be done about readings now: the window, and which meters wait."""

    month: Month
    today: dt.date
    meters: Sequence[Meter]
    waiting: int

    @property
    def is_open(self) -> bool:
        return self.month.window_is_open(self.today)

    @property
    def done(self) -> bool:
        """Nothing is left to send in the window that is open."""
        return self.is_open and bool(self.meters) and not self.waiting


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the book as people remember it: a month's charges, a payment."""

    title: str
    day: dt.date
    amount: Decimal
    is_payment: bool
    period: dt.date | None


@dataclass(frozen=True, slots=True)
class Warned:
    """What becomes dear if nothing is done, with the sum at stake in ₽ where it is known."""

    title: str
    text: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    debt: Debt
    task: Task
    events: Sequence[Event]
    messages: Sequence[Message]
    unread: int
    chart: BarChart | None
    chart_service: str
    warnings: Sequence[Warned]


def overview(account: Account, user: User, *, today: dt.date) -> Overview:
    """Everything that the first page shows (eight queries at most)."""
    entries = list(entries_with_balance(account).order_by("-effective_on", "-id")[:ENTRIES])
    receipt = latest_receipt(account)
    data = data_of(receipt) if receipt else None
    month = next_window(today)
    meters = list(meters_with_state(account, on=today, month=month))
    messages = list(inbox(user)[:UNREAD_COUNTED])
    until = Period.of(receipt.period) if receipt else Period.of(today).previous
    water = consumption(account, until=until, months=12, with_norms=False)
    service = next((s for s in (Service.COLD_WATER, Service.HOT_WATER, Service.WASTEWATER) if s in water), "")
    return Overview(
        debt=Debt(entries[0].balance_after if entries else ZERO, receipt, today),
        task=Task(month, today, meters, sum(not meter.was_read for meter in meters)),  # type: ignore[attr-defined]  # annotated
        events=_events(entries, today),
        messages=messages[:MESSAGES],
        unread=sum(message.read_at is None for message in messages),
        chart=_chart(water[service], service, data) if service else None,
        chart_service=str(Service(service).label) if service else "",
        warnings=[*_missing(water, data, today), *_verifications(meters, water, data, today)],
    )


def _events(entries: Sequence[Entry], today: dt.date) -> list[Event]:
    events: list[Event] = []
    for entry in entries:
        payment = entry.kind in PAYMENTS
        last = events[-1] if events else None
        if last and not payment and not last.is_payment and (last.day, last.period) == (
            entry.effective_on, entry.period
        ):  # fmt: skip
            events[-1] = Event(last.title, last.day, last.amount + entry.amount, False, last.period)
            continue
        if len(events) == EVENTS:
            break
        events.append(Event(_title(entry, today), entry.effective_on, entry.amount, payment, entry.period))
    return events


def _title(entry: Entry, today: dt.date) -> str:
    if entry.kind not in PAYMENTS and entry.period:
        name = month_name(entry.period) if entry.period.year == today.year else period_text(entry.period)
        return _("Bill for %(month)s") % {"month": name}
    return str(EntryKind(entry.kind).label)


def norm_of(data: ReceiptData | None, service: str) -> Decimal | None:
    """The norm of the last receipt for its persons, m³ a month."""
    norm = next((n for n in data.norms if n.service == SERVICES[service]), None) if data else None
    return norm.value * data.persons if norm and data else None


def _chart(months: Sequence[MonthOfWater], service: str, data: ReceiptData | None) -> BarChart | None:
    if not any(month.volume is not None for month in months):
        return None
    norm = norm_of(data, service)
    bars = [
        Bar(
            short=MONTHS_SHORT[month.period.month - 1],
            title=period_text(month.period),
            value=month.volume,
            last_year=month.year_ago,
            estimated=month.is_estimate,
            note=_("average or norm") if month.is_estimate else "",
        )
        for month in months
    ]
    return BarChart(
        bars=bars,
        unit="м³",
        summary=_sentence(months[-1]),
        norm=norm,
        norm_label="" if norm is None else _("norm %(volume)s") % {"volume": volume_text(norm)},
        norm_legend="" if data is None else _("norm for %(n)d persons") % {"n": data.persons},
    )


def _sentence(month: MonthOfWater) -> str:
    """«Октябрь: 6,335 м³ — на 0,565 м³ меньше, чем год назад»."""
    name = month_name(month.period).capitalize()
    if month.volume is None:
        return _("%(month)s: nothing was charged") % {"month": name}
    said = _("%(month)s: %(volume)s") % {"month": name, "volume": volume_text(month.volume)}
    if month.year_ago is None:
        return said
    change = month.volume - month.year_ago
    if not change:
        return _("%(said)s, as a year ago") % {"said": said}
    known = {"said": said, "change": volume_text(abs(change))}
    if change > 0:
        return _("%(said)s, %(change)s more than a year ago") % known
    return _("%(said)s, %(change)s less than a year ago") % known


def _rate(data: ReceiptData | None, service: str) -> Decimal | None:
    return next((line.rate for line in data.lines if line.service == SERVICES[service]), None) if data else None


def _at_stake(
    months: Sequence[MonthOfWater], data: ReceiptData | None, service: str, *, raised: bool
) -> Decimal | None:
    """How much more a month at the norm would cost than the last one, ₽; None when it is not more."""
    norm, rate = norm_of(data, service), _rate(data, service)
    if norm is None or rate is None or not months or months[-1].volume is None:
        return None
    factor = Decimal(1)
    if raised and data:
        factor = next((n.raising for n in data.norms if n.service == SERVICES[service]), factor)
    more = roubles((norm * factor - months[-1].volume) * rate)
    return more if more > 0 else None


def _missing(water: Mapping[str, Sequence[MonthOfWater]], data: ReceiptData | None, today: dt.date) -> list[Warned]:
    """Months without a reading in a row: after so many the norm applies."""
    found: list[Warned] = []
    limit = 0
    for service in (Service.COLD_WATER, Service.HOT_WATER):
        months = water.get(service, ())
        count = 0
        for month in reversed(months):
            if not month.is_estimate:
                break
            count += 1
        if not count or months[-1].basis != "average":
            continue
        limit = limit or estimate_limit(Period.of(today))
        more = _at_stake(months, data, service, raised=False)
        from_month = months[-1].period.shift(limit - count + 1)
        title = ngettext(
            "%(service)s: %(n)d month of %(limit)d without a reading",
            "%(service)s: %(n)d months of %(limit)d without a reading",
            count,
        ) % {"service": Service(service).label, "n": count, "limit": limit}
        if more:
            text = _("From %(month)s the norm applies: about %(sum)s a month more. Send a reading in the window.") % {
                "month": month_name(from_month, case="genitive"), "sum": money_text(more),
            }  # fmt: skip
        else:
            text = _("From %(month)s the norm applies. Send a reading in the window.") % {
                "month": month_name(from_month, case="genitive")
            }
        found.append(Warned(title, text))
    return found


def _verifications(
    meters: Sequence[Meter], water: Mapping[str, Sequence[MonthOfWater]], data: ReceiptData | None, today: dt.date
) -> list[Warned]:
    """Meters whose verification ends soon or is over."""
    found = []
    for meter in meters:
        left = (meter.verified_until - today).days
        if left > VERIFICATION_SOON:
            continue
        about = {"service": meter.get_service_display().lower(), "day": date_text(meter.verified_until, today=today)}
        title = (
            _("Verification of the meter is over: %(service)s")
            if left < 0
            else ngettext(
                "Verification of the meter ends in %(n)d day: %(service)s",
                "Verification of the meter ends in %(n)d days: %(service)s",
                left,
            )
        ) % {**about, "n": left}
        more = _at_stake(water.get(meter.service, ()), data, meter.service, raised=True)
        text = _("After %(day)s its readings do not count: first the average, then the raised norm.") % about
        if more:
            text += " " + _("That is about %(sum)s a month more.") % {"sum": money_text(more)}
        found.append(Warned(title, text, danger=left < 0))
    return found

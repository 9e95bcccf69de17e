"""What is exported: columns and rows of each kind of file, read from the books account by account.

A file has what stands: no line of a reversed closing, no annulled receipt, no entry that a reversal undid. Its sum is
that of the column of `total`; it equals the sum of the same entries of the ledger.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from django.db.models import Q, QuerySet, Sum

from portal.accounts.models import Account
from portal.billing.models import Charge
from portal.billing.selectors.bills import BillLine
from portal.core.money import ZERO, from_kopecks
from portal.core.periods import Period
from portal.core.spreadsheets import Cell
from portal.exchange.enums import ExportSubject
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import IN_KOPECKS
from portal.payments.models import Payment, Refund
from portal.receipts.models import Receipt
from portal.receipts.selectors import current_receipts

READ_AT_ONCE = 1000
Row = Sequence[Cell]


class CellKind(Enum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of a file, in Russian, and what stands under it. Headings are a format: programs read by them."""

    heading: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class ExportSpan:
    """Months of a file, both inclusive, and accounts of a part of it by their ids, both inclusive."""

    first: Period
    last: Period
    first_account: int = 0
    last_account: int = 2**62

    @property
    def accounts(self) -> dict[str, int]:
        """For `filter` of what belongs to an account."""
        return {"account_id__gte": self.first_account, "account_id__lte": self.last_account}

    @property
    def periods(self) -> tuple[dt.date, dt.date]:
        """For the `__range` of a column of months."""
        return self.first.first_day, self.last.first_day

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """For the `__range` of a column of days."""
        return self.first.first_day, self.last.last_day


@dataclass(frozen=True, slots=True)
class ExportSpec:
    """A kind of file. `count` is how many rows it will have at most; `total` is the heading of its control sum."""

    subject: ExportSubject
    columns: tuple[Column, ...]
    total: str
    rows: Callable[[ExportSpan], Iterator[Row]]
    count: Callable[[ExportSpan], int]

    @property
    def headings(self) -> list[str]:
        """The first row of the file."""
        return [column.heading for column in self.columns]

    @property
    def total_column(self) -> int:
        """Place, from 0, of the column of the control sum."""
        return self.headings.index(self.total)


def _text(*headings: str) -> tuple[Column, ...]:
    return tuple(Column(heading) for heading in headings)


def _number(*headings: str) -> tuple[Column, ...]:
    return tuple(Column(heading, CellKind.NUMBER) for heading in headings)


def _day(*headings: str) -> tuple[Column, ...]:
    return tuple(Column(heading, CellKind.DAY) for heading in headings)


ACCOUNT = _text("Лицевой счет", "ЕЛС")


def _charges(span: ExportSpan) -> QuerySet[Charge]:
    return Charge.objects.filter(**span.accounts, period__range=span.periods, reversed_at=None)


def _charge_rows(span: ExportSpan) -> Iterator[Row]:
    charges = _charges(span).select_related("account", "rate").order_by("account_id", "period", "pk")
    for charge in charges.iterator(chunk_size=READ_AT_ONCE):
        yield (
            charge.account.number,
            charge.account.els,
            charge.period,
            charge.for_period,
            charge.get_kind_display(),
            charge.get_service_display(),
            charge.get_basis_display(),
            charge.volume,
            charge.price,
            charge.amount,
            " ".join(BillLine(charge).sentences),
            charge.key,
        )


def _receipts(span: ExportSpan) -> QuerySet[Receipt]:
    return current_receipts().filter(**span.accounts, period__range=span.periods)


def _receipt_rows(span: ExportSpan) -> Iterator[Row]:
    receipts = _receipts(span).select_related("account", "replaces").defer("data", "replaces__data")
    for receipt in receipts.order_by("account_id", "period").iterator(chunk_size=READ_AT_ONCE):
        yield (
            receipt.account.number,
            receipt.account.els,
            receipt.period,
            receipt.number,
            receipt.issued_on,
            receipt.due_on,
            receipt.to_pay,
            receipt.replaces.number if receipt.replaces else None,
            receipt.data_sha256,
        )


MONEY = (EntryKind.PAYMENT, EntryKind.REFUND)


def _entries_until(span: ExportSpan) -> QuerySet[Entry]:
    until = span.last.last_day
    return Entry.objects.active().filter(**span.accounts, effective_on__lte=until).order_by()


def _accounts_with_entries(span: ExportSpan) -> int:
    return _entries_until(span).values("account_id").distinct().count()


def _debt_rows(span: ExportSpan) -> Iterator[Row]:
    since, until = span.days
    within = Q(effective_on__gte=since)
    brought = Q(kind=EntryKind.OPENING)
    sums = (
        _entries_until(span)
        .values("account_id")
        .annotate(
            start=Sum(IN_KOPECKS, filter=~within, default=0),
            brought=Sum(IN_KOPECKS, filter=within & brought, default=0),
            charged=Sum(IN_KOPECKS, filter=within & ~brought & ~Q(kind__in=MONEY), default=0),
            penalties=Sum(IN_KOPECKS, filter=within & Q(kind=EntryKind.PENALTY), default=0),
            paid=Sum(IN_KOPECKS, filter=within & Q(kind__in=MONEY), default=0),
        )
    )
    by_account = {row["account_id"]: row for row in sums}
    accounts = (
        Account.objects.with_address().filter(pk__gte=span.first_account, pk__lte=span.last_account).order_by("pk")
    )
    for account in accounts.iterator(chunk_size=READ_AT_ONCE):
        row = by_account.get(account.pk)
        if row is None:
            continue
        start, brought_sum, charged, penalties, paid = (
            from_kopecks(row[name]) for name in ("start", "brought", "charged", "penalties", "paid")
        )
        end = start + brought_sum + charged + paid
        yield (
            account.number,
            account.els,
            account.premises.address,
            since,
            until,
            start,
            brought_sum,
            charged,
            penalties,
            -paid if paid else ZERO,
            end,
            max(end, ZERO),
            max(-end, ZERO),
        )


def _payments(span: ExportSpan) -> QuerySet[Entry]:
    return Entry.objects.active().filter(**span.accounts, effective_on__range=span.days, kind__in=MONEY)


def _payment_rows(span: ExportSpan) -> Iterator[Row]:
    entries = _payments(span).select_related("account").order_by("account_id", "effective_on", "pk")
    waiting: list[Entry] = []
    for entry in entries.iterator(chunk_size=READ_AT_ONCE):
        waiting.append(entry)
        if len(waiting) == READ_AT_ONCE:
            yield from _with_payments(waiting)
            waiting = []
    yield from _with_payments(waiting)


def _with_payments(entries: list[Entry]) -> Iterator[Row]:
    """Rows of entries with what is known of their payments (two queries at most)."""
    payments = Payment.objects.in_bulk(_ids(entries, "payment"))
    refunds = {
        refund.pk: refund for refund in Refund.objects.filter(pk__in=_ids(entries, "refund")).select_related("payment")
    }
    for entry in entries:
        refund = refunds.get(_id(entry, "refund"))
        payment = refund.payment if refund else payments.get(_id(entry, "payment"))
        yield (
            entry.account.number,
            entry.account.els,
            entry.effective_on,
            entry.get_kind_display(),
            -entry.amount,
            payment.get_channel_display() if payment else None,
            entry.period,
            str(payment.pk) if payment else None,
            (refund.gateway_id if refund else payment.gateway_id) if payment else None,
            entry.key,
        )


def _id(entry: Entry, what: str) -> int:
    """The id in the source of an entry («payment:12»); 0 where it is about something else."""
    name, _colon, number = entry.source.partition(":")
    return int(number) if name == what and number.isdecimal() else 0


def _ids(entries: list[Entry], what: str) -> list[int]:
    return [pk for pk in (_id(entry, what) for entry in entries) if pk]


def row_total(spec: ExportSpec, row: Row) -> Decimal:
    """Return what a row adds to the control sum of its file, ₽."""
    value = row[spec.total_column]
    return value if isinstance(value, Decimal) else ZERO


EXPORTS: dict[str, ExportSpec] = {
    spec.subject.value: spec
    for spec in (
        ExportSpec(
            ExportSubject.CHARGES,
            (
                *ACCOUNT,
                *_day("Месяц начисления", "За месяц"),
                *_text("Вид", "Услуга", "Основание"),
                *_number("Объем, м3", "Тариф, руб.", "Сумма"),
                *_text("Причина", "Код строки"),
            ),
            "Сумма",
            _charge_rows,
            lambda span: _charges(span).count(),
        ),
        ExportSpec(
            ExportSubject.RECEIPTS,
            (
                *ACCOUNT,
                *_day("Месяц"),
                *_text("Номер квитанции"),
                *_day("Выставлена", "Оплатить до"),
                *_number("К оплате"),
                *_text("Взамен квитанции", "SHA-256"),
            ),
            "К оплате",
            _receipt_rows,
            lambda span: _receipts(span).count(),
        ),
        ExportSpec(
            ExportSubject.DEBTS,
            (
                *ACCOUNT,
                *_text("Адрес"),
                *_day("С", "По"),
                *_number("Остаток на начало", "Перенесено", "Начислено", "В том числе пени", "Оплачено"),
                *_number("Остаток на конец", "Долг", "Аванс"),
            ),
            "Остаток на конец",
            _debt_rows,
            _accounts_with_entries,
        ),
        ExportSpec(
            ExportSubject.PAYMENTS,
            (
                *ACCOUNT,
                *_day("Дата"),
                *_text("Вид"),
                *_number("Сумма"),
                *_text("Способ"),
                *_day("За месяц"),
                *_text("Номер платежа", "Номер в банке", "Код строки"),
            ),
            "Сумма",
            _payment_rows,
            lambda span: _payments(span).count(),
        ),
    )
}

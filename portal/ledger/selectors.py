"""Reading the ledger: balances from the last checkpoint on, entries with the balance after each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, overload

from django.db.models import BigIntegerField, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Cast, Coalesce, Round

from portal.accounts.models import Account, Holder
from portal.core.money import ZERO, from_kopecks, kopecks
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Checkpoint, Entry


def in_kopecks(column: str) -> Cast:
    """A column of ₽ as whole kopecks: SQLite keeps decimals as floating point, and no float comes near a sum."""
    return Cast(Round(F(column) * 100), BigIntegerField())


IN_KOPECKS = in_kopecks("amount")


def balance(account: Account) -> Decimal:
    """Return what the account owes, ₽ (negative: an advance). From the last checkpoint on, in one query."""
    marks = Checkpoint.objects.filter(account=account).order_by("-up_to_entry")
    later = Entry.objects.filter(account=account, pk__gt=Coalesce(Subquery(marks.values("up_to_entry")[:1]), 0))
    start = marks.values(start=in_kopecks("balance"))[:1]
    since = later.order_by().values("account").annotate(total=Sum(IN_KOPECKS)).values("total")
    total = Coalesce(Subquery(start), 0) + Coalesce(Subquery(since), 0)
    return from_kopecks(Account.objects.filter(pk=account.pk).values_list(total, flat=True).get())


def opening_balance(account: Account) -> Decimal:
    """Return what an account brought from before the portal, ₽; zero where nothing was booked."""
    return opening_balances([account.pk]).get(account.pk, ZERO)


def opening_balances(account_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return what accounts brought from before the portal, ₽, those alone that brought something (one query)."""
    sums: dict[int, Decimal] = {}
    openings = Entry.objects.active().filter(account_id__in=account_ids, kind=EntryKind.OPENING)
    for account_id, amount in openings.values_list("account_id", "amount"):
        sums[account_id] = sums.get(account_id, ZERO) + amount
    return sums


@overload
def balances(account_ids: Sequence[int]) -> dict[int, Decimal]: ...
@overload
def balances(account_ids: Sequence[int], *, with_last_entry: Literal[True]) -> dict[int, tuple[Decimal, int]]: ...
def balances(
    account_ids: Sequence[int], *, with_last_entry: bool = False
) -> dict[int, Decimal] | dict[int, tuple[Decimal, int]]:
    """Balances of many accounts, ₽, optionally with the last entry that they contain (two queries)."""
    latest = Checkpoint.objects.filter(account=OuterRef("account")).order_by("-up_to_entry")
    marks = {
        mark.account_id: mark
        for mark in Checkpoint.objects.filter(account_id__in=account_ids, pk=Subquery(latest.values("pk")[:1]))
    }
    balances_by_account = {pk: (mark.balance, mark.up_to_entry) for pk, mark in marks.items()}
    mark_of_entry = Checkpoint.objects.filter(account=OuterRef("account")).order_by("-up_to_entry")
    later = (
        Entry.objects.filter(account_id__in=account_ids)
        .filter(pk__gt=Coalesce(Subquery(mark_of_entry.values("up_to_entry")[:1]), 0))
        .order_by()
        .values("account_id")
        .annotate(total=Sum(IN_KOPECKS), last=Max("pk"))
    )
    for row in later:
        start, _ = balances_by_account.get(row["account_id"], (ZERO, 0))
        balances_by_account[row["account_id"]] = (start + from_kopecks(row["total"]), row["last"])
    if with_last_entry:
        return balances_by_account
    return {pk: pair[0] for pk, pair in balances_by_account.items()}


def balance_before(account: Account, day: dt.date) -> Decimal:
    """Return what the account owed at the start of a day, by the dates of the entries that stand, ₽."""
    earlier = Entry.objects.active().filter(account=account, effective_on__lt=day)
    total = earlier.aggregate(total=Sum(IN_KOPECKS))["total"]
    return from_kopecks(total or 0)


def owed_when_left(holders: Sequence[Holder]) -> list[tuple[Holder, Decimal]]:
    """Former holders, each with what the account owed at the end of their last day, ₽ (one query).

    As `balance_before` the day after; whoever holds the account without an end is left out.
    """
    ended = [(holder, holder.until) for holder in holders if holder.until is not None]
    if not ended:
        return []
    sums = {
        f"holder_{holder.pk}": Sum(IN_KOPECKS, filter=Q(account=holder.account_id, effective_on__lte=until))
        for holder, until in ended
    }
    entries = Entry.objects.active().filter(account__in={holder.account_id for holder, _until in ended})
    totals = entries.aggregate(**sums)
    return [(holder, from_kopecks(totals[f"holder_{holder.pk}"] or 0)) for holder, _until in ended]


def entries_with_balance(account: Account) -> QuerySet[Entry]:
    """Entries that stand of an account with `balance_after`, ₽, in the order of their dates; newest first for people.

    What a reversal undid is left out with its mirror: balances are those of an account that was closed once.

    Filter only rows of the result: a filter before the window changes the sums.
    """
    after = Window(Sum(IN_KOPECKS), order_by=[F("effective_on").asc(), F("id").asc()])
    return Entry.objects.active().filter(account=account).annotate(kopecks_after=after)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some rows of the ledger, newest first, each with the balance after it; `total` of all that were asked for."""

    rows: list[Entry]
    total: int


def page_of_entries(
    account: Account,
    *,
    year: int | None = None,
    kinds: Sequence[str] = (),
    offset: int = 0,
    limit: int = 30,
    before: tuple[dt.date, int] | None = None,
) -> EntryPage:
    """Entries that stand, by year and kind, with the account's balance after each, whatever the filter (five queries).

    `before` is the day and key of an entry: only those that come after it in this order, the older ones.
    The balances are counted down from today's, so that what is read grows with the page, not with the years.
    """
    wanted = Entry.objects.active().filter(account=account)
    if year is not None:
        wanted = wanted.filter(effective_on__year=year)
    if kinds:
        wanted = wanted.filter(kind__in=kinds)
    if before is not None:
        day, pk = before
        wanted = wanted.filter(Q(effective_on__lt=day) | Q(effective_on=day, pk__lt=pk))
    rows = list(wanted.order_by("-effective_on", "-id")[offset : offset + limit])
    if rows:
        after = _kopecks_after(account, down_to=rows[-1])
        for row in rows:
            row.__dict__["kopecks_after"] = after[row.pk]
    return EntryPage(rows, wanted.count())


def _kopecks_after(account: Account, *, down_to: Entry) -> dict[int, int]:
    """Return what the account owed, in kopecks, after each entry from the newest down to the day of one (inclusive)."""
    newer = Entry.objects.active().filter(account=account, effective_on__gte=down_to.effective_on)
    owed, after = kopecks(balance(account)), {}
    for pk, amount in newer.order_by("-effective_on", "-id").values_list("pk", "amount"):
        after[pk] = owed
        owed -= kopecks(amount)
    return after


def entry_years(account: Account) -> list[int]:
    """The years from the account's last entry back to its first, newest first (one query)."""
    dates = Entry.objects.filter(account=account).aggregate(first=Min("effective_on"), last=Max("effective_on"))
    if dates["first"] is None:
        return []
    return list(range(dates["last"].year, dates["first"].year - 1, -1))


@dataclass(frozen=True, slots=True)
class MonthOfMoney:
    """What stands in the ledger for a calendar month: charged and paid in it, owed at its end, ₽."""

    period: Period
    charged: Decimal
    paid: Decimal
    balance: Decimal


PAID = (EntryKind.PAYMENT, EntryKind.REFUND)


def months_of_money(account: Account, *, until: Period, months: int) -> list[MonthOfMoney]:
    """Charges, payments and the balance of every month up to one (inclusive), oldest first (two queries)."""
    first = until.shift(1 - months)
    charged = dict.fromkeys((first.shift(index) for index in range(months)), 0)
    paid = dict(charged)
    entries = Entry.objects.active().filter(
        account=account, effective_on__gte=first.first_day, effective_on__lte=until.last_day
    )
    for day, kind, amount in entries.values_list("effective_on", "kind", "amount"):
        if kind in PAID:
            paid[Period.of(day)] -= kopecks(amount)
        else:
            charged[Period.of(day)] += kopecks(amount)
    owed, rows = kopecks(balance_before(account, first.first_day)), []
    for period, sum_charged in charged.items():
        owed += sum_charged - paid[period]
        rows.append(MonthOfMoney(period, from_kopecks(sum_charged), from_kopecks(paid[period]), from_kopecks(owed)))
    return rows

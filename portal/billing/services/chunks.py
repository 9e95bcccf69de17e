"""Computing and storing one chunk of accounts: read and compute first, then a short write transaction."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from portal.billing.calculation import stored_explanations
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.lines import ChargeLine
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.rate_book import RateBook
from portal.billing.calculation.restate import fingerprint, restate
from portal.billing.calculation.state import AccountState, dumped
from portal.billing.loading.facts import AccountInput, load_accounts
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.loading.raw import fetch
from portal.billing.loading.restatements import Restatement, load_restatements
from portal.billing.models import AccountClosing, Charge, PeriodRun, RunFailure
from portal.billing.selectors.runs import is_closed
from portal.billing.services.checkpoints import checkpoint
from portal.billing.services.decimals import fixed
from portal.core import clock
from portal.core.bulk import batches, insert_prepared
from portal.core.gc_pause import gc_paused
from portal.core.periods import Period
from portal.core.runs.failures import store_failures
from portal.ledger.models import Entry
from portal.ledger.services import lock_accounts
from portal.metering.models import Meter, Reading

TRIES = 3
"""How often a disturbed account is computed without holding anybody up."""
LOCKED_AT_ONCE = 100
"""Accounts computed at once while they are locked: well under half a second."""


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """Result of a chunk."""

    closed: int
    failed: int

    def __add__(self, other: "ChunkResult") -> "ChunkResult":
        return ChunkResult(closed=self.closed + other.closed, failed=self.failed + other.failed)


@dataclass(slots=True)
class AccountOutcome:
    """An account computed: its lines and what to remember."""

    loaded: AccountInput
    lines: list[ChargeLine]
    state: AccountState


def close_accounts(*, run: PeriodRun, period: Period, account_ids: Sequence[int]) -> ChunkResult:
    """Close those of the accounts that wait still.

    An account that gets a reading or a payment while it is computed is computed anew; one that is disturbed each time
    is computed at last while it is locked, when nothing can come in.
    """
    result, left = ChunkResult(closed=0, failed=0), list(account_ids)
    with gc_paused():
        for _ in range(TRIES):
            done, left = _close_once(run=run, period=period, account_ids=left)
            result += done
            if not left:
                return result
        for part in batches(left, LOCKED_AT_ONCE):
            with transaction.atomic():
                _lock_accounts_and_meters(part)
                done, _ = _close_once(run=run, period=period, account_ids=part)
            result += done
    return result


def _close_once(*, run: PeriodRun, period: Period, account_ids: Sequence[int]) -> tuple[ChunkResult, list[int]]:
    """Close the accounts that nobody disturbed meanwhile; returns also those that were disturbed."""
    closed_before, generations = _closings(account_ids, period)
    waiting = [pk for pk in account_ids if pk not in closed_before]
    stamp = _newest()
    outcomes, failures = compute_accounts(waiting, period=period, closing_day=run.closing_day)
    with transaction.atomic():
        _lock_accounts_and_meters(waiting)
        if not PeriodRun.objects.active().filter(pk=run.pk).exists():
            return ChunkResult(closed=0, failed=0), []
        closed_by_others, _ = _closings(waiting, period)
        disturbed = _disturbed(waiting, stamp) - closed_by_others
        put_off = closed_by_others | disturbed
        outcomes = [outcome for outcome in outcomes if outcome.loaded.account_id not in put_off]
        failures = {pk: reason for pk, reason in failures.items() if pk not in put_off}
        store_outcomes(outcomes, run=run, period=period, generations=generations)
        store_failures(RunFailure, run, [pk for pk in waiting if pk not in disturbed], failures)
    return ChunkResult(closed=len(outcomes), failed=len(failures)), sorted(disturbed)


def _lock_accounts_and_meters(account_ids: Sequence[int]) -> None:
    """Let no entry or reading of the accounts in until the transaction ends (SQLite lets nobody write anyway)."""
    lock_accounts(account_ids)
    if connection.features.has_select_for_update:
        meters = Meter.objects.filter(account_id__in=account_ids).order_by("pk")
        list(meters.select_for_update(no_key=True).values_list("pk"))


def _closings(account_ids: Sequence[int], period: Period) -> tuple[set[int], dict[int, int]]:
    """Accounts whose closing of the period stands, and how often each was closed for it."""
    rows = fetch(
        AccountClosing.objects.filter(period=period.first_day), "account_id", account_ids, "account_id", "reversed_at"
    )
    return {pk for pk, reversed_at in rows if reversed_at is None}, Counter(pk for pk, _ in rows)


def _newest() -> tuple[int, int]:
    """The newest reading and entry of all."""
    reading = Reading.objects.aggregate(last=Max("pk"))["last"]
    entry = Entry.objects.aggregate(last=Max("pk"))["last"]
    return reading or 0, entry or 0


def _disturbed(waiting: Sequence[int], stamp: tuple[int, int]) -> set[int]:
    """Accounts that got a reading or an entry since the stamp was taken."""
    if _newest() == stamp:
        return set()
    reading, entry = stamp
    fresh = Reading.objects.filter(pk__gt=reading, meter__account_id__in=waiting)
    return {
        *fresh.values_list("meter__account_id", flat=True),
        *Entry.objects.filter(pk__gt=entry, account_id__in=waiting).values_list("account_id", flat=True),
    }


def compute_accounts(
    account_ids: Sequence[int], *, period: Period, closing_day: dt.date, rate_book: RateBook | None = None
) -> tuple[list[AccountOutcome], dict[int, NotComputable]]:
    """Lines and states of accounts, and why some could not be computed. Writes nothing."""
    outcomes: list[AccountOutcome] = []
    failures: dict[int, NotComputable] = {}
    if not account_ids:
        return outcomes, failures
    rate_book = rate_book or load_rate_book()
    month = month_of(period.first_day)
    previous = period.previous
    first, last = previous.first_day, previous.last_day
    earlier = is_closed(previous)
    every = load_accounts(account_ids, period=period, closing_day=closing_day)
    late = load_restatements([account for account in every if _known_later(account)], before=period)
    for loaded in every:
        try:
            if earlier and loaded.opened_on <= last and loaded.before.period != first:
                raise NotComputable("earlier_month_open", str(previous))
            restated = _restated(loaded, late.get(loaded.account_id), rate_book, month)
            closed = close_month(
                loaded.facts, loaded.before.state, rate_book, month=month, closing_day=closing_day, restated=restated
            )
        except NotComputable as reason:
            failures[loaded.account_id] = reason
        else:
            closed.state.fingerprint = fingerprint(loaded.facts, month)
            outcomes.append(AccountOutcome(loaded, closed.lines, closed.state))
    return outcomes, failures


def _known_later(loaded: AccountInput) -> bool:
    state = loaded.before.state
    return (
        state.month is not None
        and state.fingerprint != 0
        and state.fingerprint != fingerprint(loaded.facts, state.month)
    )


def _restated(loaded: AccountInput, late: Restatement | None, rate_book: RateBook, month: int) -> list[ChargeLine]:
    """Differences of closed months whose facts became known later; the state is put right with them."""
    if late is None:
        return []
    restated = restate(
        late.facts,
        late.base,
        rate_book,
        closings=late.closings,
        charged_litres=late.charged_litres,
        booked_in=month,
        reason="known_later",
    )
    loaded.before.state.waters, loaded.before.state.months = restated.waters, restated.months
    return restated.lines


CHARGE_COLUMNS = (
    "account_id",
    "period",
    "for_period",
    "kind",
    "service",
    "basis",
    "volume",
    "price",
    "rate_id",
    "amount",
    "explanation",
    "key",
)
ENTRY_COLUMNS = ("account_id", "kind", "amount", "effective_on", "period", "key", "source", "note", "created_at")
CLOSING_COLUMNS = (
    "account_id",
    "run_id",
    "period",
    "closed_on",
    "generation",
    "total",
    "state",
    "last_reading",
    "last_entry",
)


def _state_left(outcome: AccountOutcome) -> tuple[Any, ...]:
    """The last of CLOSING_COLUMNS: what the next month's calculation starts from."""
    return _json(dumped(outcome.state)), outcome.loaded.last_reading, outcome.loaded.last_entry


def store_outcomes(
    outcomes: Sequence[AccountOutcome], *, run: PeriodRun, period: Period, generations: dict[int, int]
) -> None:
    """Book the lines of a chunk by the fast path. For a caller that holds the transaction."""
    charges: list[tuple[Any, ...]] = []
    entries: list[tuple[Any, ...]] = []
    closings: list[tuple[Any, ...]] = []
    now = connection.ops.adapt_datetimefield_value(clock.now())
    month, day = period.first_day.isoformat(), run.closing_day.isoformat()
    for outcome in outcomes:
        pk = outcome.loaded.account_id
        generation = generations.get(pk, 0) + 1
        prefix = f"charge:{pk}:{period}:{generation}."
        total = 0
        for number, line in enumerate(outcome.lines, start=1):
            key = f"{prefix}{number}"
            total += line.amount
            amount = fixed(line.amount, 2)
            charges.append(
                (
                    pk,
                    month,
                    _first_day_text(line.for_month),
                    line.kind,
                    line.service,
                    line.basis,
                    None if line.volume is None else fixed(line.volume, 3),
                    None if line.price is None else fixed(line.price, 4),
                    line.rate,
                    amount,
                    _json(stored_explanations.dumped(line.why)),
                    key,
                )
            )
            if line.amount:
                entries.append((pk, line.kind, amount, day, month, key, key, "", now))
        closings.append((pk, run.pk, month, day, generation, fixed(total, 2), *_state_left(outcome)))
    insert_prepared(AccountClosing, CLOSING_COLUMNS, closings)
    insert_prepared(Charge, CHARGE_COLUMNS, charges)
    insert_prepared(Entry, ENTRY_COLUMNS, entries)
    checkpoint([outcome.loaded.account_id for outcome in outcomes], period=period)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=1024)
def _first_day_text(month: int) -> str:
    return first_day(month).isoformat()

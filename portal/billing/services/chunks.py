"""Computing and storing one chunk of accounts: read and compute first, then a short write transaction."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from portal.billing.calculation.book import Book
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.lines import Line
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.state import AccountState, dumped
from portal.billing.enums import RunStatus
from portal.billing.loading.book import load_book
from portal.billing.loading.facts import Loaded, load_accounts
from portal.billing.models import AccountClosing, Charge, PeriodRun, RunFailure
from portal.core.bulk import insert_prepared
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.ledger.services import store_checkpoints
from portal.metering.enums import Status
from portal.metering.models import Reading

TRIES = 3


class ChunkDisturbed(Exception):
    """Something came in while the chunk was computed: compute it again."""


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What a chunk did."""

    closed: int
    failed: int


@dataclass(slots=True)
class Outcome:
    """An account computed: its lines and what to remember."""

    loaded: Loaded
    lines: list[Line]
    state: AccountState


def close_accounts(*, run: PeriodRun, period: Period, account_ids: Sequence[int]) -> ChunkResult:
    """Close those of the accounts that wait still; what came in meanwhile is computed anew.

    Raises ChunkDisturbed when it was disturbed each time: the sweeper will bring the chunk back.
    """
    for _ in range(TRIES):
        try:
            return _close_once(run=run, period=period, account_ids=account_ids)
        except (ChunkDisturbed, IntegrityError):
            continue
    return _close_once(run=run, period=period, account_ids=account_ids)


def _close_once(*, run: PeriodRun, period: Period, account_ids: Sequence[int]) -> ChunkResult:
    closed_before = _standing(account_ids, period)
    waiting = [pk for pk in account_ids if pk not in closed_before]
    stamp = _stamp(waiting, run.closing_day)
    outcomes, failures = compute_accounts(waiting, period=period, closing_day=run.closing_day)
    with transaction.atomic():
        _require_undisturbed(run, waiting, period, stamp)
        generations = _generations(waiting, period)
        store_outcomes(outcomes, run=run, period=period, generations=generations)
        _store_failures(run, waiting, failures)
    return ChunkResult(closed=len(outcomes), failed=len(failures))


def _standing(account_ids: Sequence[int], period: Period) -> set[int]:
    found = AccountClosing.objects.filter(period=period.first_day, reversed_at=None, account_id__in=account_ids)
    return set(found.values_list("account_id", flat=True))


def _stamp(account_ids: Sequence[int], closing_day: dt.date) -> tuple[Any, ...]:
    """Changes when a reading or an entry of the accounts comes in that this closing would count."""
    readings = Reading.objects.filter(
        meter__account_id__in=account_ids, taken_on__gte=closing_day - dt.timedelta(days=62)
    ).aggregate(last=Max("pk"), accepted=Count("pk", filter=Q(status=Status.ACCEPTED)))
    entries = Entry.objects.filter(
        account_id__in=account_ids, effective_on__gte=closing_day - dt.timedelta(days=62)
    ).aggregate(last=Max("pk"))
    return readings["last"], readings["accepted"], entries["last"]


def _require_undisturbed(run: PeriodRun, waiting: Sequence[int], period: Period, stamp: tuple[Any, ...]) -> None:
    if not PeriodRun.objects.filter(pk=run.pk).exclude(status=RunStatus.REVERSED).exists():
        raise ChunkDisturbed
    if _standing(waiting, period) or _stamp(waiting, run.closing_day) != stamp:
        raise ChunkDisturbed


def compute_accounts(
    account_ids: Sequence[int], *, period: Period, closing_day: dt.date, book: Book | None = None
) -> tuple[list[Outcome], dict[int, NotComputable]]:
    """Lines and states of accounts, and why some could not be computed. Writes nothing."""
    outcomes: list[Outcome] = []
    failures: dict[int, NotComputable] = {}
    if not account_ids:
        return outcomes, failures
    book = book or load_book()
    month = month_of(period.first_day)
    earlier = PeriodRun.objects.filter(period=period.previous.first_day).exclude(status=RunStatus.REVERSED).exists()
    for loaded in load_accounts(account_ids, period=period, closing_day=closing_day):
        try:
            if earlier:
                _require_earlier(loaded, period)
            closed = close_month(loaded.facts, loaded.before.state, book, month=month, closing_day=closing_day)
        except NotComputable as reason:
            failures[loaded.account_id] = reason
        else:
            outcomes.append(Outcome(loaded, closed.lines, closed.state))
    return outcomes, failures


def _require_earlier(loaded: Loaded, period: Period) -> None:
    previous = period.previous
    if loaded.opened_on <= previous.last_day and loaded.before.period != previous.first_day:
        raise NotComputable("earlier_month_open", str(previous))


def _generations(account_ids: Sequence[int], period: Period) -> dict[int, int]:
    """How often each account was closed for the period before (reversed since)."""
    rows = AccountClosing.objects.filter(period=period.first_day, account_id__in=account_ids)
    return dict(rows.order_by().values_list("account_id").annotate(count=Count("pk")))


CHARGE_COLUMNS = (
    "account_id", "period", "for_period", "kind", "service", "basis", "volume", "price", "rate_id", "amount",
    "explanation", "key",
)  # fmt: skip
ENTRY_COLUMNS = ("account_id", "kind", "amount", "effective_on", "period", "key", "source", "note", "created_at")
CLOSING_COLUMNS = (
    "account_id", "run_id", "period", "closed_on", "generation", "total", "state", "last_reading", "last_entry",
)  # fmt: skip


def store_outcomes(outcomes: Sequence[Outcome], *, run: PeriodRun, period: Period, generations: dict[int, int]) -> None:
    """Book the lines of a chunk by the fast path. For a caller that holds the transaction."""
    charges: list[tuple[Any, ...]] = []
    entries: list[tuple[Any, ...]] = []
    closings: list[tuple[Any, ...]] = []
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    month, day = period.first_day.isoformat(), run.closing_day.isoformat()
    for outcome in outcomes:
        pk = outcome.loaded.account_id
        generation = generations.get(pk, 0) + 1
        prefix = f"charge:{pk}:{period}:{generation}."
        total = 0
        for number, line in enumerate(outcome.lines, start=1):
            key = f"{prefix}{number}"
            total += line.amount
            amount = _fixed(line.amount, 2)
            charges.append(
                (
                    pk, month, _first_day_text(line.for_month), line.kind, line.service, line.basis,
                    None if line.volume is None else _fixed(line.volume, 3),
                    None if line.price is None else _fixed(line.price, 4),
                    line.rate, amount, _json(line.why), key,
                )
            )  # fmt: skip
            if line.amount:
                entries.append((pk, line.kind, amount, day, month, key, key, "", now))
        closings.append(
            (
                pk, run.pk, month, day, generation, _fixed(total, 2), _json(dumped(outcome.state)),
                outcome.loaded.last_reading, outcome.loaded.last_entry,
            )
        )  # fmt: skip
    insert_prepared(AccountClosing, CLOSING_COLUMNS, closings)
    insert_prepared(Charge, CHARGE_COLUMNS, charges)
    insert_prepared(Entry, ENTRY_COLUMNS, entries)
    store_checkpoints(account_ids=[outcome.loaded.account_id for outcome in outcomes], period=period.first_day)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=65536)
def _fixed(parts: int, places: int) -> str:
    """A whole number of parts as a decimal: 30832 with two places is 308.32."""
    digits = f"{abs(parts):0{places + 1}}"
    return f"{'-' if parts < 0 else ''}{digits[:-places]}.{digits[-places:]}"


@lru_cache(maxsize=1024)
def _first_day_text(month: int) -> str:
    return first_day(month).isoformat()


def _store_failures(run: PeriodRun, account_ids: Sequence[int], failures: dict[int, NotComputable]) -> None:
    RunFailure.objects.filter(run=run, account_id__in=account_ids).delete()
    now = timezone.now()
    RunFailure.objects.bulk_create(
        RunFailure(run=run, account_id=pk, code=reason.code, detail=reason.detail[:250], failed_at=now)
        for pk, reason in failures.items()
    )

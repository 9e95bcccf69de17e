"""Previews of closings: a run in parts for many accounts, at once for few; stored until the facts change."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django_q.tasks import async_task

from portal.accounts.models import User
from portal.billing.calculation.comparison import ClosingLimits, ComparedBill, is_high, mean
from portal.billing.calculation.rate_book import RateBook
from portal.billing.enums import ChargeKind
from portal.billing.loading.facts import AccountInput
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import ClosingSettings, PreviewChunk, PreviewRun
from portal.billing.selectors import closing_previews as previews
from portal.billing.selectors.closing_previews import (
    MAX_FAILURES,
    ClosingPreview,
    PreviewPart,
    add_before,
    bills_before,
    closed_months,
    part_of,
    part_of_left_accounts,
    preview_of,
    waiting_accounts,
)
from portal.billing.services.chunks import AccountOutcome, compute_accounts
from portal.core.bulk import batches
from portal.core.calendars import month_calendar
from portal.core.gc_pause import gc_paused
from portal.core.periods import Period
from portal.core.runs.engine import RunKind, RunProgress
from portal.core.runs.enums import ChunkStatus, RunStatus

AT_ONCE = 1000
"""Accounts that are computed while somebody waits for the page."""
CHUNK = 2000
BATCH = 400
"""Accounts computed at once."""


class PreviewKind(RunKind[PreviewRun, PreviewChunk, int]):
    """Previews as runs: each chunk stores its part, the run their sum."""

    run_model = PreviewRun
    chunk_model = PreviewChunk
    job = "portal.billing.jobs.preview_chunk"
    result_fields = ("result",)
    conclusion_fields = ("result",)

    def work(self, run: PreviewRun, chunk: PreviewChunk) -> int:
        """Compute the accounts of a chunk; returns how many."""
        period = Period.of(run.period)
        ids, _closed = waiting_accounts(period, first=chunk.first_account, last=chunk.last_account)
        with gc_paused():
            part = compute_part(ids, period=period, closing_day=run.closing_day)
        chunk.result = part.as_json()
        return part.accounts

    def totals(self, run: PreviewRun) -> tuple[int, int]:
        """Accounts, and how many of them are computed (one query)."""
        done = Sum("accounts", filter=Q(status=ChunkStatus.DONE))
        accounts = run.chunks.aggregate(total=Sum("accounts"), done=done)
        return accounts["total"] or 0, accounts["done"] or 0

    def conclude(self, run: PreviewRun) -> None:
        """Add up the chunks and what was known at the start."""
        total = PreviewPart()
        for stored in run.chunks.order_by("first_account").values_list("result", flat=True):
            total += part_of(stored)
        total += part_of(run.result)
        total += part_of_left_accounts(Period.of(run.period))
        run.result = total.as_json()

    def on_finish(self, run: PreviewRun) -> None:
        """Go on at once with what the timetable asked for."""
        if run.automatic:
            async_task("portal.billing.jobs.run_due_steps", group="preview done")


PREVIEWS = PreviewKind()


def start_preview(*, period: Period, requested_by: User | None = None, automatic: bool = False) -> PreviewRun:
    """Compute what closing a period would do: at once for few accounts, else in jobs; what was kept before goes.

    A preview that runs already is returned; when the timetable asks for it too, it goes on when it is finished.
    """
    waiting, closed = waiting_accounts(period)
    day = month_calendar(period).closing_day
    head: dict[str, Any] = {
        "closing_day": day,
        "facts": previews.facts_digest(period, day),
        "payments": previews.last_entry(),
        "automatic": automatic,
        "started_at": timezone.now(),
        "finished_at": None,
        "requested_by": requested_by,
    }
    if len(waiting) <= AT_ONCE:
        with gc_paused():
            part = compute_part(waiting, period=period, closing_day=day)
        part.closed_already = closed
        part += part_of_left_accounts(period)
        head |= {"status": RunStatus.DONE, "finished_at": timezone.now(), "result": part.as_json()}
        run, _made = PreviewRun.objects.update_or_create(period=period.first_day, defaults=head)
        run.chunks.all().delete()
        return run
    head |= {"status": RunStatus.RUNNING, "result": PreviewPart(closed_already=closed).as_json()}
    return _queued(period, waiting, head)


def _queued(period: Period, waiting: list[int], head: dict[str, Any]) -> PreviewRun:
    with transaction.atomic():
        existing = PreviewRun.objects.select_for_update().filter(period=period.first_day).first()
        if existing is not None and existing.status == RunStatus.RUNNING and existing.chunks.exists():
            if head["automatic"] and not existing.automatic:
                existing.automatic = True
                existing.save(update_fields=["automatic"])
            return existing
        run, _made = PreviewRun.objects.update_or_create(period=period.first_day, defaults=head)
        run.chunks.all().delete()
        run = PREVIEWS.begin(run, lambda run: PreviewChunk.cut(run, waiting, CHUNK))
    return PREVIEWS.carry_out(run)


def preview_chunk(*, chunk_id: int) -> int:
    """Compute a part of a preview; returns how many accounts. Safe to repeat; one that is gone is nothing."""
    return PREVIEWS.do(chunk_id=chunk_id) or 0


def preview_progress(run: PreviewRun) -> RunProgress[PreviewRun]:
    """Return how far a preview is, in accounts and chunks (three queries)."""
    return PREVIEWS.progress(run)


def sweep_previews() -> int:
    """Put back parts that fell out of the queue; returns how many. For a timed job."""
    return PREVIEWS.sweep()


def preview_closing(period: Period) -> ClosingPreview:
    """Compute every account that waits here and now, without storing anything."""
    day = month_calendar(period).closing_day
    waiting, closed = waiting_accounts(period)
    part = compute_part(waiting, period=period, closing_day=day) + part_of_left_accounts(period)
    part.closed_already = closed
    return preview_of(period=period, closing_day=day, part=part)


def compute_part(
    account_ids: Sequence[int], *, period: Period, closing_day: dt.date, rate_book: RateBook | None = None
) -> PreviewPart:
    """Compute accounts without storing anything; a constant number of queries per 400 of them."""
    rate_book, limits, part = rate_book or load_rate_book(), ClosingSettings.load().limits, PreviewPart()
    months = closed_months(period)
    for ids in batches(account_ids, BATCH):
        outcomes, failures = compute_accounts(ids, period=period, closing_day=closing_day, rate_book=rate_book)
        bills = bills_before(ids, months)
        computed = PreviewPart(
            accounts=len(ids),
            failed=len(failures),
            failures=[(pk, reason.code, reason.detail) for pk, reason in failures.items()][:MAX_FAILURES],
        )
        for outcome in outcomes:
            _count(computed, outcome, bills.get(outcome.loaded.account_id, {}), period, limits)
        add_before(computed, bills)
        part += computed
    return part


def _count(
    part: PreviewPart,
    outcome: AccountOutcome,
    before: dict[str, tuple[int, int]],
    period: Period,
    limits: ClosingLimits,
) -> None:
    bases = {line.basis for line in outcome.lines if line.kind == ChargeKind.CHARGE}
    part.bases[next((basis for basis in ("norm", "average", "reading") if basis in bases), "")] += 1
    for line in outcome.lines:
        part.sums[line.kind] += line.amount
    part.lines += len(outcome.lines)
    usual = mean([total for total, _lines in before.values()]) if before else None
    bill = ComparedBill(outcome.loaded.account_id, sum(line.amount for line in outcome.lines), usual)
    part.largest.append((bill.account_id, bill.amount, bill.usual))
    part.high_bills += is_high(bill, limits)
    if not _has_persons(outcome.loaded, period.last_day):
        part.no_persons += 1
        part.no_persons_of.append(bill.account_id)


def _has_persons(loaded: AccountInput, day: dt.date) -> bool:
    counts = [count.value for count in loaded.facts.persons if count.since <= day]
    return not loaded.facts.supplies or bool(counts and counts[-1])

"""Staff close a month, close it again, mend what could not be computed, and undo it."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone
from django_q.models import OrmQ

from portal.accounts.models import Occupancy
from portal.billing import selectors, services
from portal.billing.enums import ClosingStatus
from portal.billing.exceptions import (
    EarlierPeriodOpen,
    LaterPeriodClosed,
    NothingToReverse,
    PeriodNotOver,
    RecalculatedSince,
    ReversalUnfinished,
    WorkdayYearMissing,
)
from portal.billing.models import AccountClosing, Charge, Norm, PeriodRun, ReversalChunk, ReversalRun, WorkdayYear
from portal.billing.services import chunks, reversal
from portal.core.periods import Period
from portal.core.runs.enums import RunStatus
from portal.core.runs.failures import failures_of
from portal.ledger.models import Checkpoint, Entry
from portal.ledger.selectors import balance
from portal.metering.models import Meter
from portal.operations.ledger_check import problems as ledger_problems
from portal.receipts.exceptions import ReceiptsIssued
from portal.receipts.services import new_receipt
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import APRIL, FEBRUARY, JANUARY, MARCH, close, pay, read
from tests.receipts import usual

pytestmark = pytest.mark.django_db


def _anna_reads(cast: Cast) -> None:
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    read(cold, "141.455", dt.date(2026, 1, 15))
    read(hot, "83.210", dt.date(2026, 1, 15))


def test_lines_entries_and_checkpoints_agree(cast: Cast) -> None:
    put_numbers()
    _anna_reads(cast)
    run = close(JANUARY)
    assert run.status == ClosingStatus.DONE
    amounts = list(Charge.objects.filter(account=cast.anna.account).order_by("pk").values_list("amount", flat=True))
    assert amounts == [Decimal("308.32"), Decimal("391.82")]
    assert balance(cast.anna.account) == Decimal("700.14")
    assert Checkpoint.objects.get(account=cast.anna.account).balance == Decimal("700.14")
    bill = selectors.current_bill(cast.anna.account)
    assert (bill.to_pay, bill.due_on) == (Decimal("700.14"), dt.date(2026, 2, 10))


def test_closing_again_adds_nothing(cast: Cast) -> None:
    put_numbers()
    _anna_reads(cast)
    close(JANUARY)
    before = Charge.objects.count(), Entry.objects.count(), AccountClosing.objects.count()
    assert close(JANUARY).status == ClosingStatus.DONE
    assert (Charge.objects.count(), Entry.objects.count(), AccountClosing.objects.count()) == before


def test_an_account_that_is_disturbed_each_time_is_closed_all_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anna pays whenever her month has just been computed; the others are closed at once and not computed again."""
    put_numbers()
    compute, computed = chunks.compute_accounts, []

    def disturb(account_ids: Sequence[int], *, period: Period, closing_day: dt.date) -> Any:
        result = compute(account_ids, period=period, closing_day=closing_day)
        computed.append(len(account_ids))
        if len(computed) <= chunks.TRIES:
            pay(cast.anna.account, f"{len(computed)}.00", dt.date(2026, 1, 17 + len(computed)))
        return result

    monkeypatch.setattr(chunks, "compute_accounts", disturb)
    assert close(JANUARY).status == ClosingStatus.DONE
    assert computed == [4, 1, 1, 1]
    last = Entry.objects.get(account=cast.anna.account, amount=-chunks.TRIES)
    assert AccountClosing.objects.get(account=cast.anna.account).last_entry == last.pk
    paid = Decimal(1 + 2 + 3)
    charged = Charge.objects.filter(account=cast.anna.account).aggregate(total=Sum("amount"))["total"]
    assert Checkpoint.objects.get(account=cast.anna.account).balance == charged - paid


def test_what_cannot_be_computed_stops_only_that_account(cast: Cast) -> None:
    """Boris has no meter, so he needs a norm; Anna was read, so she does not."""
    put_numbers()
    _anna_reads(cast)
    norms = list(Norm.objects.filter(service="cold_water"))
    Norm.objects.filter(service="cold_water").delete()
    run = close(JANUARY)
    assert run.status == ClosingStatus.INCOMPLETE
    assert AccountClosing.objects.filter(account=cast.anna.account).exists()
    failure = failures_of(run).get(account=cast.boris.account)
    assert (failure.code, failure.detail) == ("no_norm", "cold_water 2026-01")
    Norm.objects.bulk_create(norms)
    charges_of_anna = Charge.objects.filter(account=cast.anna.account).count()
    assert close(JANUARY).status == ClosingStatus.DONE
    assert not run.failures.exists()
    assert AccountClosing.objects.filter(account=cast.boris.account).exists()
    assert Charge.objects.filter(account=cast.anna.account).count() == charges_of_anna


def test_months_close_in_order(cast: Cast) -> None:
    put_numbers()
    close(FEBRUARY)
    with pytest.raises(LaterPeriodClosed):
        close(JANUARY)
    PeriodRun.objects.update(status=ClosingStatus.RUNNING)
    with pytest.raises(EarlierPeriodOpen):
        close(MARCH)


def test_not_before_its_day_and_not_without_a_calendar(cast: Cast) -> None:
    put_numbers()
    with pytest.raises(PeriodNotOver):
        services.close_period(period=JANUARY, executor=services.Executor.INLINE, today=dt.date(2026, 1, 20))
    WorkdayYear.objects.filter(year=2026).delete()
    with pytest.raises(WorkdayYearMissing):
        close(JANUARY)


def test_the_preview_says_what_the_closing_does(cast: Cast) -> None:
    put_numbers()
    _anna_reads(cast)
    preview = services.preview_closing(JANUARY)
    assert Charge.objects.count() == 0
    assert (preview.accounts, preview.bases["reading"], preview.bases["norm"]) == (4, 1, 3)
    run = close(JANUARY)
    assert selectors.run_result(run).total == preview.charged + preview.recalculated + preview.penalties


def _content() -> list[tuple[Any, ...]]:
    """Everything that a closing booked and left, but for the number of the try."""
    charges = (
        Charge.objects.filter(reversed_at=None)
        .order_by("account", "pk")
        .values_list(
            "account", "for_period", "kind", "service", "basis", "volume", "price", "amount", "explanation", "key"
        )
    )
    closings = AccountClosing.objects.filter(reversed_at=None).order_by("account")
    return [
        *[(*line, key.replace(":2.", ":1.")) for *line, key in charges],
        *closings.values_list("account", "closed_on", "total", "state", "last_reading"),
    ]


def test_a_month_reversed_and_closed_again_is_what_it_was(cast: Cast) -> None:
    put_numbers()
    services.bring_debt(
        account=cast.boris.account, period=JANUARY.shift(-3), due_on=dt.date(2025, 11, 10), amount=Decimal("900.00")
    )
    _anna_reads(cast)
    pay(cast.anna.account, "100.00", dt.date(2026, 1, 10))
    close(JANUARY)
    first, entries, owed = _content(), Entry.objects.exclude(kind__in=["payment", "opening"]), balance
    booked, before = entries.count(), owed(cast.anna.account)
    undone = services.reverse_closing(period=JANUARY, reason="Ошибка в тарифе", on=dt.date(2026, 1, 22), by=None)
    assert undone == booked
    assert owed(cast.anna.account) == Decimal("-100.00")
    assert selectors.period_bill(cast.anna.account, JANUARY) is None
    assert close(JANUARY).status == ClosingStatus.DONE
    assert _content() == first
    assert owed(cast.anna.account) == before
    assert {problem.code for problem in ledger_problems()} == {"entry_without_payment"}  # the test's own money
    close(FEBRUARY)
    assert {problem.code for problem in ledger_problems()} == {"entry_without_payment"}  # the test's own money
    with pytest.raises(NothingToReverse):
        services.reverse_closing(period=APRIL, reason="", on=dt.date(2026, 1, 22), by=None)


def test_a_reversal_that_stopped_halfway_goes_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    put_numbers()
    close(JANUARY)
    services.begin_reversal(period=JANUARY, reason="Ошибка", on=dt.date(2026, 1, 22), by=None)
    monkeypatch.setattr(reversal, "BATCH", 1)
    assert services.waiting_for_reversal(JANUARY) == 4
    with pytest.raises(ReversalUnfinished):
        close(JANUARY)
    assert services.continue_reversals() == 8
    assert services.continue_reversals() == 0
    assert [balance(account) for account in (cast.anna.account, cast.boris.account)] == [0, 0]
    assert close(JANUARY).status == ClosingStatus.DONE


def test_a_reversal_that_lost_its_jobs_is_put_back(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    on = dt.date(2026, 1, 22)
    services.reverse_closing(period=JANUARY, reason="Ошибка", on=on, by=None, executor=services.Executor.QUEUE)
    OrmQ.objects.all().delete()
    assert services.sweep_reversals() == 0
    ReversalChunk.objects.update(queued_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert services.sweep_reversals() == 1
    assert services.reverse_chunk(chunk_id=OrmQ.objects.get().args()[0]) == 8
    assert ReversalRun.objects.get().status == RunStatus.DONE
    assert set(Entry.objects.filter(kind="reversal").values_list("effective_on", flat=True)) == {on}


def test_an_account_closed_while_its_closing_was_reversed_is_mirrored_too(cast: Cast) -> None:
    """Its transaction looked at the closing before the reversal was there, and stored after: no chunk has it."""
    put_numbers()
    close(JANUARY)
    late = AccountClosing.objects.filter(account=cast.boris.account)
    late.update(reversed_at=timezone.now())
    services.reverse_closing(period=JANUARY, reason="Ошибка", on=dt.date(2026, 1, 22), by=None)
    late.update(reversed_at=None)
    with pytest.raises(ReversalUnfinished):
        close(JANUARY)
    assert services.sweep_reversals() == 1
    services.reverse_chunk(chunk_id=OrmQ.objects.get().args()[0])
    assert balance(cast.boris.account) == 0
    assert close(JANUARY).status == ClosingStatus.DONE


def test_what_went_out_or_was_recalculated_is_not_reversed(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    Occupancy.objects.create(account=cast.boris.account, since=dt.date(2026, 1, 1), registered=3)
    services.recalculate(account=cast.boris.account, months=1, on=dt.date(2026, 1, 22), by=None, reason="Третий житель")
    with pytest.raises(RecalculatedSince):
        services.reverse_closing(period=JANUARY, reason="Ошибка", on=dt.date(2026, 1, 22), by=None)
    Charge.objects.filter(key__startswith="recalc:").update(reversed_at=timezone.now())
    issued = new_receipt(cast.anna.account.pk, usual(period=JANUARY.first_day))
    issued.save()
    with pytest.raises(ReceiptsIssued):
        services.reverse_closing(period=JANUARY, reason="Ошибка", on=dt.date(2026, 1, 22), by=None)
    assert PeriodRun.objects.get().status == ClosingStatus.DONE


def test_a_reversal_leaves_later_months_alone(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    close(FEBRUARY)
    with pytest.raises(LaterPeriodClosed):
        services.reverse_closing(period=JANUARY, reason="Ошибка", on=dt.date(2026, 2, 22), by=None)


def test_a_person_known_later_is_booked_at_the_next_closing(cast: Cast) -> None:
    """Boris: norm 4.331 × 1.5 a person; a third one since 1 January is told after January was closed."""
    put_numbers()
    close(JANUARY)
    Occupancy.objects.create(account=cast.boris.account, since=dt.date(2026, 1, 1), registered=3)
    close(FEBRUARY)
    late = Charge.objects.filter(account=cast.boris.account, kind="recalculation").order_by("service")
    assert [(line.service, str(line.for_period), line.volume) for line in late] == [
        ("cold_water", "2026-01-01", Decimal("6.497")),
        ("wastewater", "2026-01-01", Decimal("7.418")),
    ]
    close(MARCH)
    assert Charge.objects.filter(account=cast.boris.account, kind="recalculation").count() == 2


def test_a_reading_told_after_the_closing_is_counted_whoever_else_is_closed(cast: Cast) -> None:
    """Anna's reading of 20 January was told on the 25th; Boris, closed in the same chunk, has no meter at all."""
    put_numbers()
    close(JANUARY)
    cold = Meter.objects.get(account=cast.anna.account, service="cold_water")
    read(cold, "141.455", dt.date(2026, 1, 20))
    close(FEBRUARY)
    charged = Charge.objects.filter(account=cast.anna.account, service="cold_water").values_list("volume", flat=True)
    assert sum(charged) == Decimal("141.455") - Decimal("135.120")


def test_a_wrong_reading_is_recalculated_on_demand(cast: Cast) -> None:
    """147.455 was read as 141.455 wrongly by 6 m³: taken back, the difference is shown, then booked once."""
    put_numbers()
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    wrong = read(cold, "147.455", dt.date(2026, 1, 15))
    read(hot, "83.210", dt.date(2026, 1, 15))
    close(JANUARY)
    wrong.status = "rejected"
    wrong.save()
    read(cold, "141.455", dt.date(2026, 1, 16))
    shown = services.preview_recalculation(account=cast.anna.account, months=1)
    assert [(line.service, line.volume) for line in shown] == [
        ("cold_water", Decimal("-6.000")),
        ("wastewater", Decimal("-6.000")),
    ]
    services.recalculate(
        account=cast.anna.account, months=1, on=dt.date(2026, 2, 2), by=None, reason="Ошибка в показании"
    )
    assert balance(cast.anna.account) == Decimal("700.14")
    assert services.preview_recalculation(account=cast.anna.account, months=1) == []
    read(cold, "145.455", dt.date(2026, 2, 15))
    read(hot, "83.210", dt.date(2026, 2, 16))
    close(FEBRUARY)
    charge = Charge.objects.get(
        account=cast.anna.account, period=FEBRUARY.first_day, kind="charge", service="cold_water"
    )
    assert charge.volume == Decimal("4.000")


def test_a_correction_joins_the_next_debt(cast: Cast) -> None:
    put_numbers()
    _anna_reads(cast)
    services.correct(
        account=cast.anna.account,
        amount=Decimal("-100.14"),
        for_period=JANUARY,
        reason="Решение комиссии",
        document="Протокол № 3",
        on=dt.date(2026, 1, 18),
        by=None,
    )
    close(JANUARY)
    state = selectors.debt_state(cast.anna.account, today=dt.date(2026, 3, 1))
    assert [(row.period, row.open, row.days_overdue) for row in state.debts] == [(JANUARY, Decimal("600.00"), 19)]
    pay(cast.anna.account, "250.00", dt.date(2026, 2, 3))
    assert selectors.debt_state(cast.anna.account, today=dt.date(2026, 3, 1)).overdue == Decimal("350.00")


def _correct_in_february(cast: Cast, amount: str) -> None:
    services.correct(
        account=cast.anna.account,
        amount=Decimal(amount),
        for_period=JANUARY,
        reason="Решение комиссии",
        document="Протокол № 3",
        on=dt.date(2026, 2, 18),
        by=None,
    )


def test_a_correction_not_closed_yet_settles_the_oldest_debt(cast: Cast) -> None:
    """700.14 for January, 200.14 corrected: 500.00 are overdue; 700.00 more: nothing is, 200.00 are paid ahead."""
    today = dt.date(2026, 3, 1)
    put_numbers()
    _anna_reads(cast)
    close(JANUARY)
    _correct_in_february(cast, "-200.14")
    state = selectors.debt_state(cast.anna.account, today=today)
    assert ([row.open for row in state.debts], state.overdue) == ([Decimal("500.00")], Decimal("500.00"))
    _correct_in_february(cast, "-700.00")
    state = selectors.debt_state(cast.anna.account, today=today)
    assert (state.debts, state.overdue, state.advance) == ((), Decimal(0), Decimal("200.00"))

"""Generated accounts: the same for the same seed, with the charges that the real closing would have booked."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Count, F, Sum

from portal.accounts.models import Account, Holder, House
from portal.billing.models import AccountClosing, Charge, Norm, PeriodRun, Rate
from portal.billing.services import Executor, close_period, reverse_closing
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balances
from portal.metering.models import Meter, Reading
from portal.operations import generation
from portal.operations.ledger_check import problems
from portal.operations.progress import ProgressLine
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import JANUARY, close

pytestmark = pytest.mark.django_db
OCTOBER = Period(2026, 10)


def generate(count: int = 5, months: int = 2, *, seed: int = 1) -> generation.Generated:
    return generation.generate_accounts(count=count, months=months, last=OCTOBER, seed=seed)


def facts() -> list[tuple[object, ...]]:
    """Generated readings and entries, without keys and moments."""
    readings = Reading.objects.order_by("pk").values_list("meter__service", "value", "taken_on")
    entries = Entry.objects.order_by("pk").values_list("kind", "amount", "effective_on")
    return [*readings, *entries]


def test_the_generated_ledger_is_consistent() -> None:
    generated = generate(8, 3)
    assert (generated.accounts, generated.months, generated.next_period) == (8, 3, Period(2026, 11))
    assert list(problems()) == []
    assert AccountClosing.objects.count() == 24
    assert Charge.objects.values("account").distinct().count() == 8
    assert [run.status for run in PeriodRun.objects.all()] == ["done"] * 3
    assert Entry.objects.filter(kind=EntryKind.PAYMENT).exists()


def test_the_real_closing_charges_the_same() -> None:
    """The last month is reversed and closed by the portal itself."""
    generate(8, 2)
    columns = ("account", "kind", "service", "for_period", "basis", "volume", "price", "amount")
    generated = Charge.objects.filter(period=OCTOBER.first_day).order_by("account", "service", "kind", "for_period")
    before = list(generated.values_list(*columns))
    owed = balances(list(Account.objects.values_list("pk", flat=True)))
    reverse_closing(period=OCTOBER, reason="Проба", on=dt.date(2026, 10, 31), by=None)
    close_period(period=OCTOBER, executor=Executor.INLINE)
    assert list(generated.filter(reversed_at=None).values_list(*columns)) == before
    assert balances(list(Account.objects.values_list("pk", flat=True))) == owed


def test_the_next_month_can_be_closed() -> None:
    generate(5, 1)
    run = close_period(period=OCTOBER.next, executor=Executor.INLINE)
    assert AccountClosing.objects.filter(run=run).count() == 5
    assert list(problems()) == []


def test_readings_never_decrease() -> None:
    generate(10, 3)
    for meter in Meter.objects.all():
        values = list(meter.readings.order_by("taken_on").values_list("value", flat=True))
        assert values == sorted(values)
        assert all(value >= meter.start_value for value in values)
    assert not Reading.objects.filter(taken_on__lt=F("meter__commissioned_on")).exists()


def test_the_seed_decides_the_history() -> None:
    drawn: list[list[tuple[object, ...]]] = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            generate(3, 1, seed=seed)
            drawn.append(facts())
            transaction.set_rollback(True)
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0]


def test_more_than_one_house_and_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "HOUSE_SIZE", 4)
    monkeypatch.setattr(generation, "BATCH", 6)
    steps: list[tuple[int, int]] = []
    generation.generate_accounts(
        count=9, months=1, last=OCTOBER, on_progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(6, 9), (9, 9)]
    sizes = House.objects.annotate(flats=Count("premises")).order_by("pk").values_list("flats", flat=True)
    assert sum(sizes) == 9
    assert max(sizes) == 4
    assert Account.objects.values("number").distinct().count() == 9
    assert list(problems()) == []


def test_existing_accounts_and_numbers_are_not_changed(cast: Cast) -> None:
    """Generating a second time adds more accounts."""
    put_numbers()
    close(JANUARY)
    rates, norms = Rate.objects.count(), Norm.objects.count()
    owed = balances([cast.anna.account.pk])
    for _time in range(2):
        generation.generate_accounts(count=2, months=1, last=JANUARY.next)
    assert (Rate.objects.count(), Norm.objects.count()) == (rates, norms)
    assert balances([cast.anna.account.pk]) == owed
    assert Account.objects.count() == 4 + 4
    assert PeriodRun.objects.filter(period=JANUARY.next.first_day).count() == 1
    assert not Holder.objects.filter(account__number__startswith="9").exists()
    assert list(problems()) == []


def test_payments_never_exceed_charges() -> None:
    generate(12, 3)
    paid = Entry.objects.filter(kind=EntryKind.PAYMENT).values("account").annotate(sum=Sum("amount"))
    charged = dict(
        Entry.objects.exclude(kind=EntryKind.PAYMENT).values_list("account").annotate(Sum("amount")).order_by()
    )
    assert paid
    for row in paid:
        assert Decimal(0) < -row["sum"] <= charged[row["account"]]


# Progress on a terminal.


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_rewrites_one_line_of_a_terminal() -> None:
    stream = Terminal()
    line = ProgressLine("closing", stream)
    for done, total in ((0, 0), (1, 3), (3, 3)):
        line(done, total)
    line.end()
    shown = ["closing: 0/0 (100 %)", "closing: 1/3 (33 %)", "closing: 3/3 (100 %)\n"]
    assert stream.getvalue().split("\r")[1:] == shown


def test_progress_stays_out_of_files_and_logs() -> None:
    stream = io.StringIO()
    line = ProgressLine("closing", stream)
    line(1, 3)
    line.end()
    assert stream.getvalue() == ""

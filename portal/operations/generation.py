"""Many believable accounts with months of closed history, for benchmarks.

Readings are drawn, the months are closed by the same calculation and stored by the same code as a closing; only the
reading back from the database is left out, so that a hundred thousand accounts take minutes instead of hours.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from portal.accounts.enums import Service
from portal.accounts.models import Account, AccountService, House, Occupancy, Premises, Street
from portal.billing import services as billing
from portal.billing.calculation.closing import close_month
from portal.billing.calculation.driver import facts_between
from portal.billing.calculation.facts import (
    AccountFacts,
    EffectiveValue,
    IncomingPayment,
    MeterFacts,
    ReadingFacts,
    Supply,
)
from portal.billing.calculation.months import month_of
from portal.billing.calculation.rate_book import RateBook
from portal.billing.calculation.state import AccountState
from portal.billing.enums import ClosingStatus
from portal.billing.loading.facts import AccountInput, PreviousClosing
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import KeyRate, KeyRateCap, Norm, PeriodRun, RaisingCoefficient, RunChunk, WorkdayYear
from portal.billing.selectors.opening import billed_until
from portal.billing.services.chunks import AccountOutcome, store_outcomes
from portal.core.bulk import insert_prepared
from portal.core.calendars import month_calendar
from portal.core.periods import Period, span
from portal.core.runs.enums import ChunkStatus
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.metering.models import Meter as MeterRow
from portal.metering.models import Reading as ReadingRow
from portal.operations.example_company import fill_in_company

HOUSE_SIZE = 100
BATCH = 500
SERVICES = ("cold_water", "wastewater")


@dataclass(slots=True)
class _Made:
    """One generated account while its history grows."""

    pk: int
    facts: AccountFacts
    values: dict[str, int]
    diligence: float
    state: AccountState = field(default_factory=AccountState)
    last_entry: int = 0


@dataclass(frozen=True, slots=True)
class Generated:
    """Result of the generation."""

    accounts: int
    months: int
    next_period: Period


def generate_accounts(
    *, count: int, months: int, last: Period, seed: int = 1, on_progress: Callable[[int, int], None] | None = None
) -> Generated:
    """Make accounts with so many closed months up to `last` (inclusive) and readings for the month after it.

    Raises BillingRefused when these months cannot be closed.
    """
    rng = random.Random(seed)
    first = last.shift(1 - months)
    _put_numbers(first)
    rate_book = load_rate_book()
    next_pk = _Numbers()
    runs = {period: _run_of(period) for period in span(first, last)}
    street = Street.objects.create(name=f"Проектируемая {next_pk[Street]}", settlement="Павшино")
    for start in range(0, count, BATCH):
        with transaction.atomic():
            made = _put_accounts(min(BATCH, count - start), start, street, first, rng, next_pk)
            for period in span(first, last):
                _put_month(made, period, rng, next_pk, rate_book, runs[period])
            _put_readings(made, last.next, rng, next_pk)
            next_pk.reset_sequences()
        if on_progress is not None:
            on_progress(min(start + BATCH, count), count)
    if connection.vendor == "postgresql":  # its planner knows nothing of what was just copied in
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return Generated(count, months, last.next)


class _Numbers:
    """Primary keys given out in order, so that rows need not be read back."""

    def __init__(self) -> None:
        self._next: dict[type[models.Model], int] = {}

    def __getitem__(self, model: type[models.Model]) -> int:
        if model not in self._next:
            self._next[model] = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        return self._next[model]

    def take(self, model: type[models.Model]) -> int:
        """The next key."""
        number = self[model]
        self._next[model] = number + 1
        return number

    def forget(self, model: type[models.Model]) -> None:
        """Somebody else gave out keys of this table: look again."""
        self._next.pop(model, None)

    def reset_sequences(self) -> None:
        """Tell the database (PostgreSQL) where to go on."""
        statements = connection.ops.sequence_reset_sql(no_style(), list(self._next))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _put_numbers(first: Period) -> None:
    """The company, rates, norms and key rates, where the database has none yet."""
    fill_in_company()
    day = first.first_day
    if billed_until() is None and not load_rate_book().rates:
        billing.adopt_rates(
            rates=[
                billing.NewRate(service=Service.COLD_WATER, valid_from=day, price=Decimal("48.67")),
                billing.NewRate(service=Service.WASTEWATER, valid_from=day, price=Decimal("41.05")),
            ],
            source="Распоряжение № 1",
        )
    for service, value in (("cold_water", "4.331"), ("hot_water", "3.087"), ("wastewater", "7.418")):
        if not Norm.objects.active().filter(service=service, valid_from__lte=day).exists():
            Norm.objects.create(service=service, valid_from=day, value=Decimal(value))
    for service in ("cold_water", "hot_water"):
        if not RaisingCoefficient.objects.active().filter(service=service, valid_from__lte=day).exists():
            RaisingCoefficient.objects.create(service=service, valid_from=day, value=Decimal("1.5"))
    if not KeyRate.objects.active().filter(valid_from__lte=day).exists():
        KeyRate.objects.create(valid_from=day, percent=Decimal(16))
        KeyRateCap.objects.active().get_or_create(valid_from=day, defaults={"percent": Decimal("9.5")})
    for year in range(first.year, first.year + 12):
        WorkdayYear.objects.active().get_or_create(year=year)


def _run_of(period: Period) -> PeriodRun:
    day = month_calendar(period).closing_day
    now = timezone.now()
    run, _ = PeriodRun.objects.active().get_or_create(
        period=period.first_day,
        defaults={"closing_day": day, "status": ClosingStatus.DONE, "started_at": now, "finished_at": now},
    )
    return run


METER_COLUMNS = (
    "id",
    "account_id",
    "service",
    "place",
    "serial_number",
    "digits",
    "seal_number",
    "commissioned_on",
    "start_value",
    "verified_until",
)


def _put_accounts(
    count: int, offset: int, street: Street, first: Period, rng: random.Random, next_pk: _Numbers
) -> list[_Made]:
    since = first.first_day.isoformat()
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    houses: list[tuple[Any, ...]] = []
    premises: list[tuple[Any, ...]] = []
    accounts: list[tuple[Any, ...]] = []
    occupancies: list[tuple[Any, ...]] = []
    services: list[tuple[Any, ...]] = []
    meters: list[tuple[Any, ...]] = []
    made: list[_Made] = []
    house = 0
    for number in range(offset, offset + count):
        if number % HOUSE_SIZE == 0 or not house:
            house = next_pk.take(House)
            houses.append((house, street.pk, str(house), number // HOUSE_SIZE + 1, "143401"))
        flat = number % HOUSE_SIZE + 1
        home, pk = next_pk.take(Premises), next_pk.take(Account)
        persons = rng.randint(1, 4)
        premises.append((home, house, str(flat), flat, "flat", "54.30", _true()))
        accounts.append((pk, f"9{pk:09}", home, since, "electronic", ""))
        occupancies.append((pk, since, persons, 1, now))
        services += [(pk, service, since) for service in SERVICES]
        own = _meters(pk, first.first_day, rng, next_pk, meters)
        facts = AccountFacts(
            supplies=tuple(Supply(service, first.first_day) for service in SERVICES),
            persons=(EffectiveValue(first.first_day, persons),),
            meter_feasible=True,
            meters=own,
        )
        made.append(_Made(pk, facts, {meter.id: meter.start for meter in own}, rng.choice([0.98, 0.95, 0.8])))
    insert_prepared(House, ("id", "street_id", "number", "sort_number", "postcode"), houses)
    insert_prepared(Premises, ("id", "house_id", "number", "sort_number", "kind", "area", "meter_feasible"), premises)
    insert_prepared(Account, ("id", "number", "premises_id", "opened_on", "delivery", "els"), accounts)
    insert_prepared(Occupancy, ("account_id", "since", "registered", "owners", "recorded_at"), occupancies)
    insert_prepared(AccountService, ("account_id", "service", "since"), services)
    insert_prepared(MeterRow, METER_COLUMNS, meters)
    return made


def _true() -> Any:
    return True if connection.vendor == "postgresql" else 1


def _meters(
    account: int, since: dt.date, rng: random.Random, next_pk: _Numbers, rows: list[tuple[Any, ...]]
) -> tuple[MeterFacts, ...]:
    if rng.random() < 0.08:
        return ()
    meters: list[MeterFacts] = []
    for service in ("cold_water", "hot_water"):
        pk = next_pk.take(MeterRow)
        start = rng.randint(0, 400_000)
        until = since.replace(year=since.year + 6) if rng.random() < 0.97 else since + dt.timedelta(days=500)
        rows.append((pk, account, service, "", f"G{pk}", 5, "", since.isoformat(), _m3(start), until.isoformat()))
        meters.append(MeterFacts(str(pk), service, 5, since, start, until, label=f"G{pk}"))
    return tuple(meters)


def _m3(litres: int) -> str:
    return f"{litres // 1000}.{litres % 1000:03}"


def _put_readings(made: Sequence[_Made], period: Period, rng: random.Random, next_pk: _Numbers) -> None:
    rows: list[tuple[Any, ...]] = []
    moment = connection.ops.adapt_datetimefield_value(timezone.now())
    for account in made:
        fresh: list[ReadingFacts] = []
        day = period.first_day + dt.timedelta(days=rng.randint(9, 19))
        sends = rng.random() < account.diligence
        for meter in account.facts.meters:
            account.values[meter.id] += rng.randint(1_000, 7_000)
            if not sends:
                continue
            pk = next_pk.take(ReadingRow)
            value = account.values[meter.id]
            rows.append(
                (pk, int(meter.id), _m3(value), day.isoformat(), "cabinet", "accepted", _false(), "[]", "", moment)
            )
            fresh.append(ReadingFacts(meter.id, day, value, "cabinet"))
        account.facts = replace(account.facts, readings=tuple(fresh), receipts=())
    columns = (
        "id",
        "meter_id",
        "value",
        "taken_on",
        "source",
        "status",
        "rollover",
        "flags",
        "report",
        "accepted_at",
    )
    insert_prepared(ReadingRow, columns, rows)


def _false() -> Any:
    return False if connection.vendor == "postgresql" else 0


def _put_payments(made: Sequence[_Made], period: Period, rng: random.Random, next_pk: _Numbers) -> None:
    """Most pay their debt in the month after; some pay half; some not at all."""
    rows: list[tuple[Any, ...]] = []
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    day = period.day(rng.randint(1, 14))
    for account in made:
        owed = sum(debt.open for debt in account.state.debts)
        amount = rng.choice([owed, owed, owed, owed // 2, 0])
        if amount <= 0:
            continue
        pk = next_pk.take(Entry)
        key = f"generated:{account.pk}:{period}"
        text = f"-{amount // 100}.{amount % 100:02}"
        rows.append((pk, account.pk, EntryKind.PAYMENT.value, text, day.isoformat(), None, key, "generated", "", now))
        account.facts = replace(account.facts, receipts=(IncomingPayment(day, amount),))
        account.last_entry = pk
    columns = (
        "id",
        "account_id",
        "kind",
        "amount",
        "effective_on",
        "period",
        "key",
        "source",
        "note",
        "created_at",
    )
    insert_prepared(Entry, columns, rows)
    next_pk.reset_sequences()


def _put_month(
    made: Sequence[_Made], period: Period, rng: random.Random, next_pk: _Numbers, rate_book: RateBook, run: PeriodRun
) -> None:
    _put_readings(made, period, rng, next_pk)
    _put_payments(made, period, rng, next_pk)
    month = month_of(period.first_day)
    outcomes: list[AccountOutcome] = []
    last_reading = next_pk[ReadingRow] - 1
    for account in made:
        facts = facts_between(account.facts, account.state, month, run.closing_day)
        closed = close_month(facts, account.state, rate_book, month=month, closing_day=run.closing_day)
        account.state = closed.state
        loaded = AccountInput(
            account.pk, facts, PreviousClosing(AccountState()), last_reading, account.last_entry, period.first_day
        )
        outcomes.append(AccountOutcome(loaded, closed.lines, closed.state))
    store_outcomes(outcomes, run=run, period=period, generations={})
    next_pk.forget(Entry)
    RunChunk.objects.get_or_create(
        run=run,
        first_account=made[0].pk,
        defaults={
            "last_account": made[-1].pk,
            "accounts": len(made),
            "status": ChunkStatus.DONE,
            "queued_at": timezone.now(),
            "finished_at": timezone.now(),
        },
    )

"""Run a case of the billing rules with the portal's own services, in a transaction that is rolled back."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case as CaseExpression
from django.db.models import When
from django.utils import timezone

from portal.accounts.enums import Service
from portal.accounts.models import Account, AccountService, House, Occupancy, Premises, Street
from portal.billing import services as billing
from portal.billing.enums import ChargeKind, ClosingStatus
from portal.billing.models import (
    AccountClosing,
    BillingSettings,
    Charge,
    KeyRate,
    KeyRateCap,
    Norm,
    PeriodRun,
    RaisingCoefficient,
    Rate,
    RunFailure,
    WorkdayException,
    WorkdayYear,
)
from portal.core.clock import MOSCOW
from portal.core.models import MonthCalendar
from portal.core.periods import Period
from portal.core.service_catalogue import RAISED
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import ReadingSource
from portal.metering.exceptions import ReadingRefused
from portal.metering.models import Meter
from portal.metering.services import submit_reading
from portal.operations.cases.compare import differences
from portal.operations.cases.reader import Case
from portal.operations.cases.values import CaseMistake
from portal.operations.example_company import fill_in_company

FAR_FUTURE = dt.date(2300, 1, 1)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """Outcome of a case."""

    case: str
    lines: list[dict[str, str | None]]
    balance: Decimal
    differences: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "case": self.case,
            "lines": self.lines,
            "balance": str(self.balance),
            "ok": not self.differences,
            "differences": self.differences,
        }


def run_case(case: Case) -> CaseResult:
    """Put a case into the database, close its months, compare, and leave nothing behind. Raises CaseMistake."""
    with transaction.atomic():
        result = _close_months(case)
        transaction.set_rollback(True)
    return result


def _close_months(case: Case) -> CaseResult:
    """Put the case into the database, book its payments and close its months in order of their dates."""
    _hide_existing_data()
    fill_in_company()
    _put_numbers(case)
    account = _put_account(case)
    meters = _put_meters(case, account)
    _put_readings(case, meters)
    _close_meters(case, meters)
    _put_outages(case, account)
    payments = sorted(case.payments)
    for period, day in case.close:
        while payments and payments[0][0] <= day:
            _pay(account, *payments.pop(0), number=len(payments))
        billing.close_period(period=period, closing_day=day, executor=billing.Executor.INLINE)
    while payments:
        _pay(account, *payments.pop(0), number=len(payments))
    return _result(case, account)


def _hide_existing_data() -> None:
    """Hide other accounts, numbers and closings of the database until the transaction is rolled back."""
    Account.objects.update(
        opened_on=FAR_FUTURE,
        closed_on=CaseExpression(When(closed_on=None, then=None), default=FAR_FUTURE, output_field=models.DateField()),
    )
    PeriodRun.objects.update(status=ClosingStatus.REVERSED)
    AccountClosing.objects.filter(reversed_at=None).update(reversed_at=timezone.now())
    Rate.objects.active().update(withdrawn_at=timezone.now())
    for model in (Norm, RaisingCoefficient, KeyRate, KeyRateCap, BillingSettings, MonthCalendar, WorkdayException):
        model._default_manager.all().delete()


def _save_checked(key: str, row: models.Model) -> Any:
    """Save a row that passes its own checks. Raises CaseMistake naming the case's key."""
    try:
        row.full_clean(exclude=["due_day"])
    except ValidationError as error:
        texts = [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
        raise CaseMistake(key, "; ".join(texts)) from None
    row.save()
    return row


def _put_numbers(case: Case) -> None:
    rates = [
        billing.NewRate(service=Service(service), valid_from=day, price=price)
        for service, dated in case.rates.items()
        for day, price in dated
    ]
    billing.adopt_rates(rates=rates, source=f"case {case.name}")
    for service, dated in case.norms.items():
        for day, value in dated:
            _save_checked(f"norms.{service}", Norm(service=service, valid_from=day, value=value))
    for service, dated in case.raising.items():
        for day, value in dated if service in RAISED else ():
            _save_checked(f"raising.{service}", RaisingCoefficient(service=service, valid_from=day, value=value))
    for day, percent in case.key_rates:
        _save_checked("key_rates", KeyRate(valid_from=day, percent=percent))
    for since, until, percent in case.key_rate_cap:
        _save_checked("key_rate_cap", KeyRateCap(valid_from=since, valid_until=until, percent=percent))
    settings = case.settings
    _save_checked(
        "settings",
        BillingSettings(
            valid_from=dt.date(1990, 1, 1),
            estimate_limit=settings.estimate_limit,
            average_months=settings.average_months,
            average_minimum=settings.average_minimum,
            raising_where_feasible=settings.raising_where_feasible,
            penalties=settings.penalties,
        ),
    )
    for since, due_day in settings.due_day:
        first = since if since.day == 1 else Period.of(since).next.first_day
        _save_checked("settings.due_day", MonthCalendar(valid_from=first, due_day=due_day))
    for period, _ in case.close:
        WorkdayYear.objects.active().get_or_create(year=period.next.year)


def _put_account(case: Case) -> Account:
    since = min([period.first_day for period, _ in case.close], default=dt.date(2020, 1, 1))
    street = Street.objects.create(name=f"case {case.name}")
    house = House.objects.create(street=street, number="1")
    premises = Premises.objects.create(house=house, number="1", meter_feasible=case.meter_feasible)
    account = Account.objects.create(
        number="0000-0000",
        premises=premises,
        opened_on=since,
        wastewater_from=None if case.wastewater_from is None else list(case.wastewater_from),
    )
    for service in case.services:
        AccountService.objects.create(account=account, service=service, since=since)
    for day, persons in case.persons:
        Occupancy.objects.create(account=account, since=day, registered=persons, owners=min(persons, 1))
    for period, due_on, amount in case.opening_debts:
        billing.bring_debt(account=account, period=period, due_on=due_on, amount=amount)
    return account


def _put_meters(case: Case, account: Account) -> dict[str, Meter]:
    return {
        meter.id: _save_checked(
            f"meters.{meter.id}",
            Meter(
                account=account,
                service=meter.service,
                serial_number=meter.id,
                digits=meter.digits,
                commissioned_on=meter.commissioned,
                start_value=meter.start,
                verified_until=meter.verified_until,
                out_of_order_from=meter.out_of_order_from,
            ),
        )
        for meter in case.meters
    }


def _put_readings(case: Case, meters: dict[str, Meter]) -> None:
    for position, reading in sorted(enumerate(case.readings), key=lambda pair: pair[1].day):
        control = reading.mark == "control"
        try:
            submit_reading(
                meter=meters[reading.meter],
                value=reading.value,
                moment=dt.datetime.combine(reading.day, dt.time(12), tzinfo=MOSCOW),
                source=ReadingSource.CONTROL if control else ReadingSource.PHONE,
                confirmed_high=True,
                confirmed_rollover=reading.mark == "rollover",
                report="control" if control else "",
                flow_reason="case",  # a case gives no type of meter and checks the calculation alone
            )
        except ReadingRefused as refusal:
            raise CaseMistake(f"readings[{position}][2]", f"a reading that is accepted, not one {refusal}") from None


def _close_meters(case: Case, meters: dict[str, Meter]) -> None:
    """Remove meters; called after the readings, since a meter may be read on the day of its removal."""
    for case_meter in case.meters:
        if case_meter.closed is not None:
            meter = meters[case_meter.id]
            meter.closed_on, meter.closing_value = case_meter.closed, case_meter.closing_reading
            _save_checked(f"meters.{case_meter.id}", meter)


def _put_outages(case: Case, account: Account) -> None:
    for service, start, end in case.outages:
        proposed = billing.propose_interruption(
            houses=[account.premises.house],
            services=[Service(service)],
            started_at=start.replace(tzinfo=MOSCOW),
            ended_at=end.replace(tzinfo=MOSCOW),
            source=f"case {case.name}",
        )
        for interruption in proposed:
            billing.approve_interruption(interruption=interruption, by=None, moment=end.replace(tzinfo=MOSCOW))


def _pay(account: Account, day: dt.date, amount: Decimal, *, number: int) -> None:
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.PAYMENT,
            amount=-amount,
            effective_on=day,
            key=f"case:{account.pk}:{number}",
            source="case",
        )
    )


MISSING = {"no_persons": "persons", "no_norm": "norms", "no_rate": "rates", "no_key_rate": "key_rates"}
"""The key of a case that has to be completed, by the code of a closing's failure."""


def _require_computed(account: Account) -> None:
    """Raise CaseMistake for the first month that could not be computed, at the key that it needs."""
    failure = RunFailure.objects.filter(account=account).select_related("run").order_by("run__period").first()
    if failure is None:
        return
    key, service = MISSING.get(failure.code, "close"), failure.detail.partition(" ")[0]
    raise CaseMistake(
        f"{key}.{service}" if service in Service.values else key,
        f"what the closing of {Period.of(failure.run.period)} needs: {failure.code} {failure.detail}".rstrip(),
    )


def _result(case: Case, account: Account) -> CaseResult:
    _require_computed(account)
    lines = [shown_charge(charge) for charge in Charge.objects.filter(account=account).order_by("period", "pk")]
    owed = balance(account)
    mismatches: list[dict[str, Any]] = [] if case.expect is None else differences(case.expect, lines)
    if case.expect_balance is not None and owed != case.expect_balance:
        mismatches.append({"balance": str(owed), "expected": str(case.expect_balance)})
    return CaseResult(case.name, lines, owed, mismatches)


def shown_charge(charge: Charge) -> dict[str, str | None]:
    """A charge as a case writes it."""
    data: dict[str, str | None] = {"period": str(Period.of(charge.period)), "kind": charge.kind}
    if charge.service:
        data["service"] = charge.service
    late = charge.for_period != charge.period
    if charge.kind in (ChargeKind.RECALCULATION, ChargeKind.PENALTY) or late:
        data["for_period"] = str(Period.of(charge.for_period))
    if charge.basis:
        data["basis"] = charge.basis
    if charge.volume is not None and charge.price is not None:
        data["volume"] = str(charge.volume)
        data["rate"] = _price(charge.price)
    data["amount"] = str(charge.amount)
    return data


def _price(price: Decimal) -> str:
    short = price.quantize(Decimal("0.01"))
    return str(short if short == price else price.normalize())

"""Closed accounts of a database as cases for the plain calculator, compared line by line."""

from typing import Any

from portal.accounts.models import Account
from portal.billing.models import Charge, KeyRate, KeyRateCap, Norm, PeriodRun, RaisingCoefficient, Rate
from portal.core.periods import Period
from portal.metering.models import Reading
from portal.operations.cases.runner import shown_charge
from tests.benchmarks.plain_calculator import PlainCalculator, as_multiset


def differences_of(last: Period, months: int, *, accounts: int) -> int:
    """How many lines of the accounts' closings differ from the plain calculator's."""
    common = _numbers(last, months)
    differ = 0
    for account in Account.objects.order_by("pk")[:accounts]:
        case = {**common, **_facts(account)}
        plain = as_multiset(PlainCalculator(case).run().lines)
        stored = as_multiset([shown_charge(charge) for charge in Charge.objects.filter(account=account)])
        differ += sum(((plain - stored) + (stored - plain)).values())
    return differ


def _numbers(last: Period, months: int) -> dict[str, Any]:
    runs = PeriodRun.objects.order_by("period").values_list("period", "closing_day")
    return {
        "rates": _dated(Rate, "price"),
        "norms": _dated(Norm, "value"),
        "raising": _dated(RaisingCoefficient, "value"),
        "key_rates": [
            [str(day), str(percent)] for day, percent in KeyRate.objects.values_list("valid_from", "percent")
        ],
        "key_rate_cap": [
            [str(day), until and str(until), str(percent)]
            for day, until, percent in KeyRateCap.objects.values_list("valid_from", "valid_until", "percent")
        ],
        "close": [[str(Period.of(period)), str(day)] for period, day in runs],
    }


def _dated(model: Any, value: str) -> dict[str, list[list[str]]]:
    tables: dict[str, list[list[str]]] = {}
    for service, day, number in model.objects.order_by("valid_from").values_list("service", "valid_from", value):
        tables.setdefault(service, []).append([str(day), format(number.normalize(), "f")])
    return tables


def _facts(account: Account) -> dict[str, Any]:
    return {
        "services": list(account.services.values_list("service", flat=True)),
        "persons": [[str(occupancy.since), occupancy.persons] for occupancy in account.occupancies.all()],
        "meter_feasible": account.premises.meter_feasible,
        "meters": [
            {
                "id": str(meter.pk),
                "service": meter.service,
                "digits": meter.digits,
                "commissioned": str(meter.commissioned_on),
                "start": str(meter.start_value),
                "verified_until": str(meter.verified_until),
            }
            for meter in account.meters.all()
        ],
        "readings": [
            [str(reading.meter_id), str(reading.taken_on), str(reading.value)]
            for reading in Reading.objects.filter(meter__account=account).order_by("taken_on")
        ],
        "payments": [
            [str(day), str(-amount)]
            for day, amount in account.entries.filter(kind="payment").values_list("effective_on", "amount")
        ],
    }

"""Consumption by month for charts: what was used, on what basis, beside the norm and last year."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Cast, Round

from portal.accounts.models import Account, Occupancy
from portal.billing.calculation.months import first_day, last_day, month_of
from portal.billing.calculation.stored_explanations import FACTOR_KEY
from portal.billing.calculation.units import FACTOR_SCALE, divided
from portal.billing.enums import Basis, ChargeKind
from portal.billing.models import Charge, Norm
from portal.core.money import cubic_metres, from_kopecks
from portal.core.periods import Period
from portal.core.service_catalogue import position
from portal.ledger.selectors import IN_KOPECKS

# As IN_KOPECKS: whole litres are summed, no floats.
IN_LITRES = Cast(Round(F("volume") * 1000), BigIntegerField())


@dataclass(frozen=True)
class MonthOfWater:
    """A service in a month: m³ as they stand charged after corrections, and the norm for the persons of then.

    What the raising coefficient adds is money, not water: `amount` has it, `volume` has not.
    """

    period: Period
    volume: Decimal | None
    amount: Decimal
    basis: str
    norm: Decimal | None
    year_ago: Decimal | None

    @property
    def is_estimate(self) -> bool:
        """Whether no meter was read."""
        return self.basis in {Basis.AVERAGE, Basis.NORM}


def consumption(
    account: Account, *, until: Period, months: int = 24, with_norms: bool = True
) -> dict[str, list[MonthOfWater]]:
    """For each service a row for every month up to one (inclusive), oldest first (three queries, one without norms)."""
    first = until.shift(1 - months)
    litres: dict[tuple[str, int], int] = defaultdict(int)
    kopecks: dict[tuple[str, int], int] = defaultdict(int)
    bases: dict[tuple[str, int], str] = {}
    lines = (
        Charge.objects.filter(
            account=account,
            reversed_at=None,
            for_period__gte=first.shift(-12).first_day,
            for_period__lte=until.last_day,
            kind__in=[ChargeKind.CHARGE, ChargeKind.RECALCULATION],
        )
        .order_by("period", "kind")
        .values_list("service", "for_period", "kind", "basis", f"explanation__{FACTOR_KEY}")
        .annotate(volume=Sum(IN_LITRES), amount=Sum(IN_KOPECKS))
    )
    for service, for_period, kind, basis, factor, volume, amount in lines:
        key = service, month_of(for_period)
        litres[key] += _used(volume or 0, factor if kind == ChargeKind.CHARGE else None)
        kopecks[key] += amount
        bases[key] = basis if kind == ChargeKind.CHARGE else Basis.READING
    norms = _norms(account) if with_norms else _no_norms
    services = sorted({service for service, _ in litres}, key=position)
    start, end = month_of(first.first_day), month_of(until.first_day)
    return {
        service: [
            MonthOfWater(
                period=Period.of(first_day(month)),
                volume=_m3(litres.get((service, month))),
                amount=from_kopecks(kopecks.get((service, month), 0)),
                basis=bases.get((service, month), ""),
                norm=norms(service, month),
                year_ago=_m3(litres.get((service, month - 12))),
            )
            for month in range(start, end + 1)
        ]
        for service in services
    }


def _m3(litres: int | None) -> Decimal | None:
    return None if litres is None else cubic_metres(Decimal(litres) / 1000)


def _used(litres: int, factor: int | None) -> int:
    """Return what a charge counts as used: without what the raising coefficient adds."""
    return divided(litres * FACTOR_SCALE, factor) if factor else litres


def _no_norms(service: str, month: int) -> Decimal | None:
    return None


class _norms:  # noqa: N801 (called like a function)
    """Norm × persons of a month, from two queries."""

    def __init__(self, account: Account) -> None:
        self._norms = list(Norm.objects.active().order_by("valid_from").values_list("service", "valid_from", "value"))
        self._persons = [
            (row.since, row.persons) for row in Occupancy.objects.filter(account=account).order_by("since")
        ]

    def __call__(self, service: str, month: int) -> Decimal | None:
        norm = None
        for of_service, since, value in self._norms:
            if of_service == service and since <= first_day(month):
                norm = value
        persons = 0
        for since, count in self._persons:
            if since <= last_day(month):
                persons = count
        return cubic_metres(norm * persons) if norm is not None else None

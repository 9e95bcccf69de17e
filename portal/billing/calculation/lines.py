"""The lines that a closing books, in litres, scaled prices and kopecks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from portal.billing.calculation import spans
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.calculation.explanations import Explanation, Priced, RatePart
from portal.billing.calculation.months import label
from portal.billing.calculation.rate_book import RatePeriod, Terms
from portal.billing.calculation.units import cost

CHARGE, RECALCULATION, OUTAGE, PENALTY = "charge", "recalculation", "outage", "penalty"


class ChargeLine(NamedTuple):
    """One sum of one account: what, for which service and month, how much, and all the reasons (`why`)."""

    kind: str
    service: str
    month: int
    for_month: int
    basis: str
    volume: int | None
    price: int | None
    rate: int | None
    amount: int
    why: Explanation


def rate_periods_within(terms: Terms, service: str, days: tuple[int, int] | None) -> Sequence[RatePeriod]:
    """The prices of the supplied days of a month. Raises NotComputable when a day has no price."""
    rate_periods = terms.prices(service)
    first, last = days or (1, terms.days)
    if rate_periods[0].first > first:
        raise NotComputable("no_rate", f"{service} {label(terms.month)}")
    if len(rate_periods) == 1 or (first == 1 and last == terms.days):
        return rate_periods
    cut = [
        rate_period._replace(first=max(rate_period.first, first), last=min(rate_period.last, last))
        for rate_period in rate_periods
        if rate_period.first <= last and rate_period.last >= first
    ]
    return cut or rate_periods


def priced(
    kind: str,
    service: str,
    terms: Terms,
    *,
    booked_in: int,
    volume: int,
    basis: str,
    why: Priced,
    days: tuple[int, int] | None = None,
) -> list[ChargeLine]:
    """Lines of a volume of a month, one for each price in force in it (Rules 354, п. 38)."""
    rate_periods = rate_periods_within(terms, service, days)
    if len(rate_periods) == 1:
        rate = rate_periods[0].rate
        amount = cost(volume, rate.price)
        return [ChargeLine(kind, service, booked_in, terms.month, basis, volume, rate.price, rate.ref, amount, why)]
    parts = spans.split(volume, [piece.last - piece.first + 1 for piece in rate_periods])
    return [
        ChargeLine(
            kind,
            service,
            booked_in,
            terms.month,
            basis,
            part,
            piece.rate.price,
            piece.rate.ref,
            cost(part, piece.rate.price),
            replace(why, part=RatePart(piece.first, piece.last, volume)),
        )
        for piece, part in zip(rate_periods, parts, strict=True)
        if part or kind == CHARGE
    ]

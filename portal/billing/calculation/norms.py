"""Volumes by the norm (Rules 354, п. 42, 60): persons by days, coefficient, one rounding at the end."""

from collections.abc import Sequence

from portal.billing.calculation.facts import EffectiveValue, Supply
from portal.billing.calculation.rate_book import Terms
from portal.billing.calculation.units import FACTOR_SCALE, divided

TAMPERING_FACTOR = 10 * FACTOR_SCALE
"""Rules 354, п. 62."""


def supplied_days(supplies: Sequence[Supply], service: str, terms: Terms) -> tuple[int, int] | None:
    """The first and last day number of the month on which a service is supplied, or None."""
    first, last = 0, 0
    for supply in supplies:
        if supply.service != service or supply.since > terms.last:
            continue
        if supply.until is not None and supply.until < terms.first:
            continue
        start = 1 if supply.since <= terms.first else supply.since.day
        end = terms.days if supply.until is None or supply.until >= terms.last else supply.until.day
        first = min(first, start) if first else start
        last = max(last, end)
    return (first, last) if first else None


def person_periods(
    persons: Sequence[EffectiveValue], terms: Terms, first: int, last: int
) -> list[tuple[int, int, int]]:
    """(first day, last day, persons) within the given days of the month, in order."""
    periods: list[tuple[int, int, int]] = []
    for position, count in enumerate(persons):
        if count.since > terms.last:
            break
        following = persons[position + 1].since if position + 1 < len(persons) else None
        if following is not None and following <= terms.first:
            continue
        start = 1 if count.since <= terms.first else count.since.day
        end = terms.days if following is None or following > terms.last else following.day - 1
        start, end = max(start, first), min(end, last)
        if start <= end:
            periods.append((start, end, count.value))
    return periods


def person_days(periods: Sequence[tuple[int, int, int]]) -> int:
    """Persons times days."""
    return sum((end - start + 1) * number for start, end, number in periods)


def norm_volume(terms: Terms, service: str, days_of_persons: int, factor: int = FACTOR_SCALE) -> int:
    """Litres by the norm for persons times days, times a coefficient. Raises NotComputable without a norm."""
    key = (service, days_of_persons, factor)
    volume = terms.norm_volumes.get(key)
    if volume is None:
        whole = terms.norm(service) * days_of_persons * factor
        volume = terms.norm_volumes[key] = divided(whole, terms.days * 1000 * FACTOR_SCALE)
    return volume

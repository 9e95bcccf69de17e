"""Spreading a metered volume over the months that it covers."""

from collections.abc import Sequence

from portal.billing.calculation.months import days_in
from portal.billing.calculation.units import divided


def shares(total: int, months: Sequence[int]) -> list[int]:
    """A volume in litres spread by days over whole months; each rounded, the last takes the remainder."""
    lengths = [days_in(month) for month in months]
    days = sum(lengths)
    spread = [divided(total * length, days) for length in lengths[:-1]]
    return [*spread, total - sum(spread)]


def split(volume: int, lengths: Sequence[int]) -> list[int]:
    """A month's volume split by days before and since each change of the rate; the last takes the remainder."""
    days = sum(lengths)
    parts = [divided(volume * length, days) for length in lengths[:-1]]
    return [*parts, volume - sum(parts)]

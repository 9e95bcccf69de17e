"""Numbers and days of stored reasons as they are written for people."""

import datetime as dt
from decimal import Decimal

from portal.billing.calculation.units import from_litres
from portal.core.formatting import date_text, exact_text, period_text, volume_text
from portal.core.periods import Period


def day_text(text: str) -> str:
    """«15 марта 2026» from a stored ISO day."""
    return date_text(dt.date.fromisoformat(text), year=True)


def month_text(text: str) -> str:
    """«март 2026» from a stored ISO month."""
    return period_text(Period.parse(text))


def litres_text(litres: int) -> str:
    """Litres as m³: «6,335 м³»."""
    return volume_text(from_litres(litres))


def cubic_metres_text(litres: int) -> str:
    """Litres as m³, without the unit: «6,335»."""
    return volume_text(from_litres(litres), unit=False)


def decimal_text(parts: int, scale: int, places: int) -> str:
    """A number stored as whole parts of 1/scale, with at least so many places: «4,331»."""
    return exact_text(Decimal(parts) / scale, least=places)


def price_text(value: Decimal) -> str:
    """A rate in ₽, without the sign, with as many places as it has: «64,84», «64,8415»."""
    return exact_text(value, least=2)

"""Rounding of roubles and cubic metres: Decimal with two and three places, half away from zero."""

from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
LITRE = Decimal("0.001")
ZERO = Decimal("0.00")


def roubles(value: Decimal | int | str) -> Decimal:
    """A sum in ₽ rounded to kopecks, half away from zero."""
    return Decimal(value).quantize(KOPECK, ROUND_HALF_UP)


def cubic_metres(value: Decimal | int | str) -> Decimal:
    """A volume in m³ rounded to litres, half away from zero."""
    return Decimal(value).quantize(LITRE, ROUND_HALF_UP)


def included_vat(amount: Decimal, percent: Decimal | None) -> Decimal:
    """The VAT in a sum that includes it, ₽; `percent` is its rate, None or 0 without VAT."""
    return roubles(amount * percent / (100 + percent)) if percent else ZERO


def kopecks(amount: Decimal) -> int:
    """A sum in ₽ as whole kopecks."""
    return int(roubles(amount) * 100)


def from_kopecks(whole: int) -> Decimal:
    """Whole kopecks as a sum in ₽."""
    return (Decimal(whole) / 100).quantize(KOPECK)

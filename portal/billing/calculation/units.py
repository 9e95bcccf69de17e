"""Whole units of the calculation: litres, kopecks, and fixed scales for prices, norms and coefficients."""

from decimal import Decimal

PRICE_SCALE = 10_000
"""A rate of 48.67 ₽/m³ is 486 700."""
NORM_SCALE = 1_000_000
"""A norm of 4.331 m³ per person is 4 331 000."""
FACTOR_SCALE = 10_000
"""A coefficient of 1.5 is 15 000, a yearly rate of 9.5 % is 95 000."""


def divided(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, half away from zero; the denominator is positive."""
    if numerator < 0:
        return -((-numerator * 2 + denominator) // (denominator * 2))
    return (numerator * 2 + denominator) // (denominator * 2)


def scaled(value: Decimal | int | str, scale: int) -> int:
    """A decimal number as a whole number of 1/scale parts. Raises ValueError when it has finer parts."""
    number = Decimal(value) * scale
    if number != number.to_integral_value():
        raise ValueError(f"too many decimals: {value}")
    return int(number)


def litres(value: Decimal | int | str) -> int:
    """A volume in m³ as whole litres."""
    return scaled(value, 1000)


def kopecks(value: Decimal | int | str) -> int:
    """A sum in ₽ as whole kopecks."""
    return scaled(value, 100)


def from_litres(value: int) -> Decimal:
    """Litres as m³ with three places."""
    return Decimal(value).scaleb(-3)


def price(value: int) -> Decimal:
    """A scaled rate as ₽ per m³, with two places at least."""
    rubles = Decimal(value).scaleb(-4)
    return rubles.quantize(Decimal("0.01")) if value % 100 == 0 else rubles.normalize()


def cost(volume: int, rate: int) -> int:
    """Kopecks for litres at a scaled rate, rounded half away from zero."""
    return divided(volume * rate, 1000 * PRICE_SCALE // 100)

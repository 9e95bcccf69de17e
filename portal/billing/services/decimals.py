"""Whole parts as decimals in text, as the database takes them."""

from functools import lru_cache


@lru_cache(maxsize=65536)
def fixed(parts: int, places: int) -> str:
    """A whole number of parts as a decimal: 30832 with two places is 308.32."""
    digits = f"{abs(parts):0{places + 1}}"
    return f"{'-' if parts < 0 else ''}{digits[:-places]}.{digits[-places:]}"

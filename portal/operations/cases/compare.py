"""Lines that came out against lines that were expected."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

NUMBERS = {"volume", "rate", "amount"}
Shown = Mapping[str, str | None]


def matches(expected: Shown, got: Shown) -> bool:
    """Whether every key that the expectation names has its value; numbers are compared as numbers."""
    return all(_equal(name, wanted, got.get(name)) for name, wanted in expected.items())


def _equal(name: str, wanted: str | None, got: str | None) -> bool:
    if name in NUMBERS and wanted is not None and got is not None:
        return Decimal(wanted) == Decimal(got)
    return (wanted or None) == (got or None)


def differences(expected: Sequence[Shown], got: Sequence[Shown]) -> list[dict[str, object]]:
    """Return what is missing and what is too much, after pairing as many lines as can be paired."""
    partner: dict[int, int] = {}

    def pair(wanted: int, tried: set[int]) -> bool:
        for candidate, line in enumerate(got):
            if candidate in tried or not matches(expected[wanted], line):
                continue
            tried.add(candidate)
            if candidate not in partner or pair(partner[candidate], tried):
                partner[candidate] = wanted
                return True
        return False

    missing = [index for index in range(len(expected)) if not pair(index, set())]
    unlike: list[dict[str, object]] = [{"missing": dict(expected[index])} for index in missing]
    unlike += [{"unexpected": dict(line)} for index, line in enumerate(got) if index not in partner]
    return unlike

"""A search finds Russian words whatever their case, on SQLite as on PostgreSQL."""

import pytest

from portal.accounts.models import Street
from portal.core.sqlite import like
from tests.people import Cast, make_street


@pytest.mark.parametrize("query", ["речн", "РЕЧН", "ечна", "Речная"])
def test_a_street_in_any_case(cast: Cast, query: str) -> None:
    make_street("Лесная")
    assert [street.name for street in Street.objects.filter(name__icontains=query)] == ["Речная"]


def test_percent_and_underscore_are_letters_of_a_query(cast: Cast) -> None:
    make_street("100% Лесная_новая")
    assert Street.objects.filter(name__icontains="0% лесная_НОВАЯ").count() == 1
    assert Street.objects.filter(name__icontains="лесная%новая").count() == 0
    assert Street.objects.filter(name__iexact="речнаЯ").count() == 1
    assert Street.objects.filter(name__iexact="речна_").count() == 0


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("%ёлк%", "ЁЛКА\nвторая", True),
        ("а_в", "АбВ", True),
        ("а_в", "Ав", False),
        ("%", "", True),
        ("а\\%", "А%", True),
        ("а\\%", "Аб", False),
        (None, "а", None),
        ("а", None, None),
        ("1%", 12, True),
    ],
)
def test_like_as_sql_has_it(pattern: str | None, value: object, matches: bool | None) -> None:
    assert like(pattern, value, "\\") is matches

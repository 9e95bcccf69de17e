"""Each kind of value of a case file at its edges: what is taken, and what is said of the rest."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from portal.core.periods import Period
from portal.operations.cases import values
from portal.operations.cases.values import CaseMistake


def refused(read: values.Read[Any], value: Any) -> str:
    with pytest.raises(CaseMistake) as mistake:
        read(value, "key[0]")
    assert mistake.value.key == "key[0]"
    return mistake.value.expected


@pytest.mark.parametrize(
    ("read", "least", "below", "most"),
    [
        (values.PRICE, "0", "0.0001", "999999.9999"),
        (values.NORM, "0", "0.000001", "99.999999"),
        (values.COEFFICIENT, "0.9999", "1", "99.9999"),
        (values.PERCENT, "0", "0.0001", "99.9999"),
        (values.MONEY, "0", "0.01", "9999999999.99"),
        (values.SIGNED, "-10000000000", "-9999999999.999999", "9999999999.999999"),
    ],
    ids=["price", "norm", "coefficient", "percent", "money", "signed"],
)
def test_numbers_at_their_bounds(read: values.Read[Decimal], least: str, below: str, most: str) -> None:
    """`least` is just too little; from `below` to `most` all is taken."""
    assert "below" in refused(read, least)
    assert read(below, "key[0]") == Decimal(below)
    assert read(most, "key[0]") == Decimal(most)
    places = -Decimal(most).as_tuple().exponent  # type: ignore[operator]
    assert "below" in refused(read, str(Decimal(most) + Decimal(1).scaleb(-places)))
    assert f"{places} places at most" in refused(read, below + ("" if "." in below else ".") + "0" * places + "1")


@pytest.mark.parametrize(
    "written",
    [
        "1,5",
        " 1",
        "1 ",
        "+1",
        "1e3",
        "NaN",
        "Infinity",
        "0x10",
        "",
        "١",
        "1.",
        ".5",
        "--1",
        "1" * 21,
        None,
        1.5,
        True,
        [],
    ],
)
def test_what_is_no_number_is_never_read_as_one(written: Any) -> None:
    assert 'a string like "12.5"' in refused(values.SIGNED, written)


def test_a_whole_number_may_be_written_without_quotes() -> None:
    assert values.MONEY(5, "key[0]") == Decimal(5)
    assert values.MONEY("5.00", "key[0]") == Decimal("5.00")


@pytest.mark.parametrize(
    "written", ["2026-02-29", "2026-2-1", "20260201", "2026-02-01T00:00", " 2026-02-01", 20260201, None]
)
def test_what_is_no_day(written: Any) -> None:
    assert "YYYY-MM-DD" in refused(values.date, written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-02-01T08:30", dt.datetime(2026, 2, 1, 8, 30)),
        ("2026-02-01 08:30:00", dt.datetime(2026, 2, 1, 8, 30)),
    ],
)
def test_a_moment_of_moscow(written: str, read: dt.datetime) -> None:
    assert values.moment(written, "key[0]") == read


@pytest.mark.parametrize(
    "written", ["2026-02-01", "2026-02-01T24:00", "2026-02-01T08:30Z", "2026-02-01T08:30:30", None, 8]
)
def test_what_is_no_moment(written: Any) -> None:
    assert "without an offset" in refused(values.moment, written)


def test_months_of_two_centuries() -> None:
    assert values.period("2000-01", "key[0]") == Period(2000, 1)
    assert values.period("2199-12", "key[0]") == Period(2199, 12)
    for written in ("1999-12", "2200-01", "2026-00", "2026-1", "2026", None, 202601):
        assert "2000 to 2199" in refused(values.period, written)


@pytest.mark.parametrize("written", [0, 25, "5", 5.0, True, None])
def test_whole_numbers_between_their_bounds(written: Any) -> None:
    read = values.whole(1, 24)
    assert [read(number, "key[0]") for number in (1, 24)] == [1, 24]
    assert "from 1 to 24" in refused(read, written)


def test_a_dated_list_is_sorted_and_has_each_day_once() -> None:
    table = [["2026-02-01", "2"], ["2020-01-01", "1"]]
    assert values.dated(table, "rates", values.PRICE) == (
        (dt.date(2020, 1, 1), Decimal(1)),
        (dt.date(2026, 2, 1), Decimal(2)),
    )
    assert values.dated(None, "rates", values.PRICE) == ()
    with pytest.raises(CaseMistake) as mistake:
        values.dated([*table, ["2020-01-01", "3"]], "rates", values.PRICE)
    assert mistake.value.key == "rates[2]"


def test_null_stands_for_nothing_where_it_may() -> None:
    assert values.optional(values.date)(None, "key[0]") is None
    assert values.optional(values.date)("2026-02-01", "key[0]") == dt.date(2026, 2, 1)
    assert "YYYY-MM-DD" in refused(values.optional(values.date), "")


@pytest.mark.parametrize(("length", "shown"), [(58, 60), (59, 60), (1000, 60)])
def test_a_quotation_is_short(length: int, shown: int) -> None:
    assert len(values.shortened("x" * length)) == shown

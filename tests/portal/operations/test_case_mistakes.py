"""A case file with a mistake: the key is named, and what is expected there."""

from pathlib import Path
from typing import Any

import pytest

from portal.operations.cases.reader import parse_case, read_case
from portal.operations.cases.runner import run_case
from portal.operations.cases.values import CaseMistake

METER = {
    "id": "c",
    "service": "cold_water",
    "commissioned": "2026-01-01",
    "start": "1.000",
    "verified_until": "2030-12-31",
}


@pytest.mark.parametrize(
    ("changed", "key", "expected"),
    [
        ({"rates": {"cold_water": [["2026-01-01", "0"]]}}, "rates.cold_water[0][1]", "above 0"),
        ({"rates": {"gas": []}}, "rates.gas", "cold_water"),
        ({"close": [["2026-13", "2026-01-21"]]}, "close[0][0]", "YYYY-MM"),
        ({"rates": {"cold_water": [["2026-01-02", "1"]]}}, "rates.cold_water", "in force on 2026-01-01"),
        ({"rates": {"cold_water": [["2026-01-01", "1"], ["2026-01-01", "2"]]}}, "rates.cold_water[1]", "each day once"),
        ({"norms": {"cold_water": [["2026-01-01", "-1"]]}}, "norms.cold_water[0][1]", "above 0"),
        ({"services": ["cold_water", "cold_water"]}, "services[1]", "each service once"),
        ({"services": None}, "services", "must be there"),
        ({"persons": [["2026-01-01", 10**12]]}, "persons[0][1]", "from 0 to"),
        ({"settings": {"due_day": [["2020-01-01", 0]]}}, "settings.due_day[0][1]", "from 1 to 31"),
        ({"close": [["9999-12", "9999-12-21"]]}, "close[0][0]", "2000 to 2199"),
        ({"close": [["2026-01", "2025-12-21"]]}, "close[0][1]", "not before 2026-01-01"),
        ({"close": [["2026-02", "2026-02-21"], ["2026-01", "2026-02-21"]]}, "close[1][0]", "2026-02"),
        ({"close": [["2026-01", "2026-02-25"], ["2026-02", "2026-02-21"]]}, "close[1][1]", "2026-02-25"),
        ({"meters": [METER, METER]}, "meters[1]", "each id once"),
        ({"meters": [{**METER, "id": ""}]}, "meters[0].id", "a word"),
        ({"meters": [{**METER, "start": "-1.000"}]}, "meters[0].start", "from 0"),
        ({"meters": [{**METER, "closed": "2026-01-10"}]}, "meters[0].closed", "2026-01-15"),
        ({"meters": [{**METER, "closed": "2025-12-31"}]}, "meters[0].closed", "commissioning on 2026-01-01"),
        (
            {"meters": [{**METER, "closed": "2026-01-20", "closing_reading": "4.999"}]},
            "meters[0].closing_reading",
            "5.000 on 2026-01-15",
        ),
        ({"readings": [["x", "2026-01-15", "5.000"]]}, "readings[0][0]", "'x'"),
        ({"readings": [["c", "20260115", "5.000"]]}, "readings[0][1]", "YYYY-MM-DD"),
        ({"readings": [["c", "2026-01-15", 5.5]]}, "readings[0][2]", "not 5.5"),
        ({"readings": [["c", "2026-01-15", "1e99"]]}, "readings[0][2]", "'1e99'"),
        ({"readings": [["c", "2026-01-15", "100000.000"]]}, "readings[0][2]", "below 100000"),
        ({"payments": [["2026-01-15", "5.001"]]}, "payments[0][1]", "2 places"),
        ({"payments": [["2026-01-15", "0.00"]]}, "payments[0][1]", "above 0"),
        ({"opening_debts": [["2025-11", "2025-12-10", "-5.00"]]}, "opening_debts[0][2]", "above 0"),
        ({"outages": [["cold_water", "2026-01-03", "2026-01-04"]]}, "outages[0][1]", "YYYY-MM-DDTHH:MM"),
        ({"expect": [{"period": "2026-13"}]}, "expect[0].period", "YYYY-MM"),
        ({"setings": {}}, "setings", "settings"),
        ({"rates": []}, "rates", "an object: service to a dated list"),
        ({"rates": {}}, "rates.cold_water", "in force on 2026-01-01"),
        ({"rates": {"cold_water": [["2020-01-01", "1.00001"]]}}, "rates.cold_water[0][1]", "4 places at most"),
        ({"rates": {"cold_water": [["2020-01-01", True]]}}, "rates.cold_water[0][1]", "not True"),
        ({"rates": {"cold_water": ["2020-01-01"]}}, "rates.cold_water[0]", "a list of two"),
        ({"raising": {"cold_water": [["2020-01-01", "0.99"]]}}, "raising.cold_water[0][1]", "from 1"),
        ({"key_rates": "16"}, "key_rates", "a list, not '16'"),
        ({"key_rate_cap": [["2022-04-01", None]]}, "key_rate_cap[0]", "a list of three"),
        ({"key_rate_cap": [["2022-04-01", "2022-03-31", "9.5"]]}, "key_rate_cap[0][1]", "not before 2022-04-01"),
        ({"key_rate_cap": [["2022-04-01", None, "9"], ["2022-04-01", None, "8"]]}, "key_rate_cap[1]", "each day once"),
        ({"wastewater_from": ["wastewater"]}, "wastewater_from[0]", "one of cold_water, hot_water"),
        ({"meter_feasible": "yes"}, "meter_feasible", "true or false"),
        ({"settings": []}, "settings", "an object"),
        ({"settings": {"average_months": 0}}, "settings.average_months", "from 1 to 24"),
        ({"settings": {"average_months": True}}, "settings.average_months", "not True"),
        ({"settings": {"penalties": 1}}, "settings.penalties", "true or false"),
        ({"settings": {"due_day": [["2026-01-02", 10]]}}, "settings.due_day", "a due day in force on 2026-01-01"),
        ({"settings": {"window": 1}}, "settings.window", "known: average_minimum"),
        ({"meters": ["c"]}, "meters[0]", "an object"),
        ({"meters": [{**METER, "place": "kitchen"}]}, "meters[0].place", "known: closed"),
        ({"meters": [{**METER, "service": "wastewater"}]}, "meters[0].service", "one of cold_water, hot_water"),
        ({"meters": [{**METER, "verified_until": None}]}, "meters[0].verified_until", "must be there"),
        ({"meters": [{**METER, "digits": 2}]}, "meters[0].digits", "from 3 to 9"),
        ({"meters": [{**METER, "digits": 3, "start": "1000.000"}]}, "meters[0].start", "3 whole digits"),
        ({"meters": [{**METER, "closing_reading": "9.000"}]}, "meters[0].closed", "since there is a closing_reading"),
        ({"readings": [["c", "2026-01-15"]]}, "readings[0]", "where it is one"),
        ({"readings": [["c", "2026-01-15", "5.000", "estimate"]]}, "readings[0][3]", "one of control, rollover"),
        ({"readings": [["c", "2026-02-30", "5.000"]]}, "readings[0][1]", "YYYY-MM-DD"),
        ({"outages": [["cold_water", "2026-01-03T10:00"]]}, "outages[0]", "a list of three"),
        ({"outages": [["cold_water", "2026-01-03T10:00", "2026-01-03T10:00"]]}, "outages[0][2]", "later than"),
        ({"outages": [["cold_water", "2026-01-03T10:00+03:00", "2026-01-04T10:00"]]}, "outages[0][1]", "an offset"),
        ({"opening_debts": [["2025-11", "2025-12-10"]]}, "opening_debts[0]", "a list of three"),
        ({"expect": ["charge"]}, "expect[0]", "an object"),
        ({"expect": [{"kind": "fine"}]}, "expect[0].kind", "one of charge"),
        ({"expect": [{"sum": "1.00"}]}, "expect[0].sum", "known: amount"),
        ({"expect_balance": 1.5}, "expect_balance", "not 1.5"),
        ({"title": None, "close": None}, "close", "must be there"),
    ],
)
def test_the_key_is_named(changed: dict[str, Any], key: str, expected: str) -> None:
    case: dict[str, Any] = {
        "services": ["cold_water"],
        "meters": [METER],
        "readings": [["c", "2026-01-15", "5.000"]],
        "rates": {"cold_water": [["2020-01-01", "48.67"]]},
        "close": [["2026-01", "2026-01-21"]],
    }
    with pytest.raises(CaseMistake) as mistake:
        parse_case("case", case | changed)
    assert mistake.value.key == key
    assert expected in mistake.value.expected


def test_endless_json_is_no_case(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    with pytest.raises(CaseMistake, match=r"^file: a JSON object"):
        read_case(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"[]", "a JSON object"), (b"{", "in UTF-8"), ('{"title": "\u0436"}'.encode("cp1251"), "in UTF-8")],
)
def test_a_file_that_is_no_object_of_json_in_utf8(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(CaseMistake) as mistake:
        read_case(path)
    assert mistake.value.key == "file"
    assert expected in mistake.value.expected


def test_a_long_value_is_quoted_in_part() -> None:
    with pytest.raises(CaseMistake) as mistake:
        parse_case("case", {"services": ["x" * 1000], "close": []})
    assert len(str(mistake.value)) < 200
    assert '..."' not in str(mistake.value)


@pytest.mark.django_db
def test_without_expectations_nothing_is_compared() -> None:
    case: dict[str, Any] = {
        "services": ["cold_water"],
        "rates": {"cold_water": [["2020-01-01", "48.67"]]},
        "meters": [METER],
        "readings": [["c", "2026-01-15", "3.000"]],
        "close": [["2026-01", "2026-01-21"]],
    }
    result = run_case(parse_case("case", case))
    assert ([line["volume"] for line in result.lines], result.differences) == (["2.000"], [])
    assert run_case(parse_case("case", case | {"expect": []})).differences != []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "key", "expected"),
    [
        ({"readings": [["c", "2026-01-10", "5.000"], ["c", "2026-01-15", "4.999"]]}, "readings[1][2]", "5.000"),
        ({"readings": [], "persons": []}, "persons", "2026-01"),
        ({"readings": []}, "norms.cold_water", "2026-01"),
    ],
)
def test_what_the_closing_misses_is_named(changed: dict[str, Any], key: str, expected: str) -> None:
    case: dict[str, Any] = {
        "services": ["cold_water"],
        "meters": [METER],
        "persons": [["2020-01-01", 2]],
        "readings": [["c", "2026-01-15", "5.000"]],
        "rates": {"cold_water": [["2020-01-01", "48.67"]]},
        "close": [["2026-01", "2026-01-21"]],
    }
    with pytest.raises(CaseMistake) as mistake:
        run_case(parse_case("case", case | changed))
    assert mistake.value.key == key
    assert expected in mistake.value.expected

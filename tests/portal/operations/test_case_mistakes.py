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

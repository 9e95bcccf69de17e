"""A case file with a mistake: the key is named, and what is expected there."""

from typing import Any

import pytest

from portal.operations.cases.reader import CaseMistake, parse_case

METER = {
    "id": "c", "service": "cold_water", "commissioned": "2026-01-01", "start": "1.000", "verified_until": "2030-12-31",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "key", "expected"),
    [
        ({"rates": {"cold_water": [["2026-01-01", "0"]]}}, "rates.cold_water[0][1]", "above zero"),
        ({"rates": {"gas": []}}, "rates.gas", "cold_water"),
        ({"close": [["2026-13", "2026-01-21"]]}, "close[0][0]", "YYYY-MM"),
        ({"meters": [{**METER, "closed": "2026-01-10"}]}, "meters[0].closed", "2026-01-15"),
        (
            {"meters": [{**METER, "closed": "2026-01-20", "closing_reading": "4.999"}]},
            "meters[0].closing_reading", "5.000 of 2026-01-15",
        ),
        ({"readings": [["x", "2026-01-15", "5.000"]]}, "readings[0][0]", "'x'"),
        ({"payments": [["2026-01-15", "5.001"]]}, "payments[0][1]", "kopecks"),
        ({"setings": {}}, "setings", "settings"),
    ],
)  # fmt: skip
def test_the_key_is_named(changed: dict[str, Any], key: str, expected: str) -> None:
    case: dict[str, Any] = {
        "services": ["cold_water"], "meters": [METER], "readings": [["c", "2026-01-15", "5.000"]],
        "close": [["2026-01", "2026-01-21"]],
    }  # fmt: skip
    with pytest.raises(CaseMistake) as mistake:
        parse_case("case", case | changed)
    assert mistake.value.key == key
    assert expected in mistake.value.expected

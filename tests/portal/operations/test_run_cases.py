"""A case is read with its defaults, run through the portal beside whatever stands there, and leaves nothing."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.accounts.models import Account, Premises
from portal.billing.models import Charge, KeyRate, Norm, PeriodRun, Rate
from portal.core.models import MonthCalendar
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.metering.models import Meter, Reading
from portal.operations.cases.compare import differences
from portal.operations.cases.reader import CaseReading, parse_case
from portal.operations.cases.runner import CaseResult, run_case
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import JANUARY, close

METER = {
    "id": "c",
    "service": "cold_water",
    "commissioned": "2026-01-01",
    "start": "100.000",
    "verified_until": "2030-12-31",
}
CASE: dict[str, Any] = {
    "services": ["cold_water"],
    "persons": [["2020-01-01", 2]],
    "meters": [METER],
    "readings": [["c", "2026-01-15", "104.000"]],
    "rates": {"cold_water": [["2020-01-01", "50.00"]]},
    "norms": {"cold_water": [["2020-01-01", "4.000"]]},
    "close": [["2026-01", "2026-01-21"]],
}


def ran(**changes: Any) -> CaseResult:
    """The result of the case with such changes."""
    return run_case(parse_case("case", CASE | changes))


def lines(result: CaseResult, *names: str) -> list[tuple[str | None, ...]]:
    """These columns of each line."""
    return [tuple(line.get(name) for name in names) for line in result.lines]


# Reading.


def test_what_a_case_leaves_out_has_its_default() -> None:
    case = parse_case("plain", {"services": ["cold_water"], "close": []})
    assert (case.settings.estimate_limit, case.settings.average_months, case.settings.average_minimum) == (3, 6, 3)
    assert case.settings.due_day == ((dt.date(2020, 1, 1), 10), (dt.date(2026, 2, 1), 15))
    assert (case.meter_feasible, case.wastewater_from, case.expect, case.expect_balance) == (True, None, None, None)
    assert case.meters == case.readings == case.payments == case.close == ()


def test_a_case_is_read_whole() -> None:
    case = parse_case(
        "whole",
        CASE
        | {
            "title": "All of it",
            "law": "cl. 42",
            "why": "because",
            "services": ["cold_water", "wastewater"],
            "wastewater_from": ["cold_water"],
            "rates": {service: [["2026-01-10", "2"], ["2020-01-01", 1]] for service in ("cold_water", "wastewater")},
            "key_rate_cap": [["2022-04-01", "2026-12-31", "9.5"], ["2027-01-01", None, "8"]],
            "meters": [{**METER, "digits": 4, "closed": "2026-01-20", "closing_reading": "105.5"}],
            "readings": [["c", "2026-01-15", "104.000", "control"]],
            "outages": [["cold_water", "2026-01-03T10:00", "2026-01-03 20:30"]],
            "opening_debts": [["2025-11", "2025-12-10", "12.50"]],
            "payments": [["2026-01-05", "10.00"]],
            "expect": [{"period": "2026-01", "volume": "4.000", "basis": None}],
            "expect_balance": "-3.10",
        },
    )
    assert case.title == "All of it"
    assert case.rates["cold_water"] == ((dt.date(2020, 1, 1), Decimal(1)), (dt.date(2026, 1, 10), Decimal(2)))
    assert case.key_rate_cap[1] == (dt.date(2027, 1, 1), None, Decimal(8))
    assert (case.meters[0].digits, case.meters[0].closing_reading) == (4, Decimal("105.5"))
    assert case.readings == (CaseReading("c", dt.date(2026, 1, 15), Decimal("104.000"), "control"),)
    assert case.outages[0][2] - case.outages[0][1] == dt.timedelta(hours=10, minutes=30)
    assert case.opening_debts == ((Period(2025, 11), dt.date(2025, 12, 10), Decimal("12.50")),)
    assert case.expect == ({"period": "2026-01", "volume": "4.000", "basis": None},)
    assert case.expect_balance == Decimal("-3.10")


# Comparing.

LINE = {"period": "2026-01", "kind": "charge", "basis": "reading", "volume": "4.000", "amount": "200.00"}
OTHER = {"period": "2026-01", "kind": "charge", "basis": "norm", "volume": "8.000", "amount": "400.00"}


@pytest.mark.parametrize(
    ("expected", "got", "unlike"),
    [
        ([LINE], [LINE], []),
        ([{"amount": "200"}], [LINE], []),
        ([{"basis": None}], [{"kind": "penalty"}], []),
        ([{"amount": "200.01"}], [LINE], [{"missing": {"amount": "200.01"}}, {"unexpected": LINE}]),
        ([LINE], [], [{"missing": LINE}]),
        ([], [LINE], [{"unexpected": LINE}]),
        ([{"kind": "charge"}, {"basis": "reading"}], [LINE, OTHER], []),
        ([{"kind": "charge"}, {"kind": "charge"}], [LINE], [{"missing": {"kind": "charge"}}]),
        ([{"volume": None}], [LINE], [{"missing": {"volume": None}}, {"unexpected": LINE}]),
    ],
)
def test_expected_lines_are_paired_with_lines(
    expected: list[dict[str, str | None]], got: list[dict[str, str | None]], unlike: list[dict[str, Any]]
) -> None:
    assert differences(expected, got) == unlike


# Running.


@pytest.mark.django_db
def test_a_case_runs_beside_the_portals_own_month_and_leaves_nothing(cast: Cast) -> None:
    put_numbers()
    close(JANUARY)
    models = (Account, Premises, Meter, Reading, Rate, Norm, KeyRate, MonthCalendar, PeriodRun, Charge, Entry)
    before = [list(model.objects.order_by("pk").values()) for model in models]  # type: ignore[attr-defined]
    result = ran(expect=[{"amount": "200.00"}], expect_balance="200.00")
    assert lines(result, "basis", "volume", "rate", "amount") == [("reading", "4.000", "50.00", "200.00")]
    assert (result.balance, result.differences) == (Decimal("200.00"), [])
    assert [list(model.objects.order_by("pk").values()) for model in models] == before  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_an_expected_balance_that_is_another_is_a_difference() -> None:
    result = ran(payments=[["2026-01-10", "50.00"], ["2026-01-25", "30.00"]], expect_balance="150.00")
    assert result.balance == Decimal("120.00"), "payments after the last closing count too"
    assert result.differences == [{"balance": "120.00", "expected": "150.00"}]
    assert result.shown()["ok"] is False


@pytest.mark.django_db
def test_a_meter_is_read_on_the_day_of_its_removal_and_the_norm_takes_over() -> None:
    """It ran 4 m³ up to the 15th and 2 m³ more up to its removal; February has no meter: 2 × 4 m³."""
    meter = {**METER, "closed": "2026-01-31", "closing_reading": "106.000"}
    result = ran(meters=[meter], close=[["2026-01", "2026-02-05"], ["2026-02", "2026-02-21"]])
    assert lines(result, "period", "basis", "volume")[-1] == ("2026-02", "norm", "8.000")


@pytest.mark.django_db
def test_an_outage_lowers_the_charge_and_names_its_month() -> None:
    result = ran(
        meters=[],
        readings=[],
        outages=[["cold_water", "2026-01-05T00:00", "2026-01-07T00:00"]],
        close=[["2026-01", "2026-01-31"]],
    )
    (charge, reduction) = lines(result, "kind", "volume", "amount", "for_period")
    assert charge == ("charge", "8.000", "400.00", None)
    assert reduction[0] == "outage"
    assert Decimal(str(reduction[2])) < 0


@pytest.mark.django_db
def test_a_recalculation_names_the_month_that_it_is_for() -> None:
    """January by the norm (8 m³), then a reading of February: 6 m³ for both months."""
    result = ran(
        settings={"average_minimum": 24},
        readings=[["c", "2026-02-15", "106.000"]],
        close=[["2026-01", "2026-01-21"], ["2026-02", "2026-02-21"]],
    )
    months = {(line["kind"], line.get("for_period")) for line in result.lines}
    assert ("recalculation", "2026-01") in months
    assert result.balance == Decimal("300.00")


@pytest.mark.django_db
def test_a_debt_brought_along_grows_penalties() -> None:
    result = ran(
        opening_debts=[["2025-06", "2025-07-10", "10000.00"]],
        key_rates=[["2020-01-01", "16"]],
        close=[["2026-01", "2026-01-31"]],
    )
    (penalty,) = [line for line in result.lines if line["kind"] == "penalty"]
    assert penalty["for_period"] == "2025-06"
    assert "volume" not in penalty
    without = ran(
        opening_debts=[["2025-06", "2025-07-10", "10000.00"]],
        settings={"penalties": False},
        close=[["2026-01", "2026-01-31"]],
    )
    assert [line["kind"] for line in without.lines] == ["charge"]


@pytest.mark.django_db
def test_a_rollover_and_a_price_of_four_places() -> None:
    meter = {**METER, "digits": 3, "start": "998.000"}
    result = ran(
        meters=[meter],
        readings=[["c", "2026-01-15", "1.000", "rollover"]],
        rates={"cold_water": [["2020-01-01", "50.1234"]]},
    )
    assert lines(result, "volume", "rate") == [("3.000", "50.1234")]


# The command.


@pytest.mark.django_db
def test_one_line_of_json_for_each_file_and_1_when_one_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = {
        "right": CASE | {"expect": [{"amount": "200.00"}]},
        "wrong": CASE | {"expect": [{"amount": "1.00"}]},
        "mistaken": CASE | {"services": ["gas"]},
    }
    for name, case in cases.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(case))
    files = [str(tmp_path / f"{name}.json") for name in [*cases, "absent"]]
    with pytest.raises(SystemExit) as ended:
        call_command("run_case", *files)
    assert ended.value.code == 1
    captured = capsys.readouterr()
    right, wrong, mistaken, absent = map(json.loads, captured.out.splitlines())
    assert captured.err.strip() == "4 cases, 3 differ"
    assert (right["case"], right["ok"], right["balance"], right["differences"]) == ("right", True, "200.00", [])
    assert [next(iter(difference)) for difference in wrong["differences"]] == ["missing", "unexpected"]
    assert mistaken["differences"][0]["mistake"]["key"] == "services[0]"
    assert (absent["lines"], absent["balance"]) == ([], None)
    assert "No such file" in absent["differences"][0]["mistake"]["expected"]
    call_command("run_case", files[0])
    assert json.loads(capsys.readouterr().out)["ok"]

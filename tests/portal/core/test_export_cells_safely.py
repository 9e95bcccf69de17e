"""A resident's text never becomes a formula in an export; numbers stay numbers, negative ones too."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from portal.core import spreadsheets

ATTACKS = ['=HYPERLINK("http://127.0.0.1/","x")', "+7-SUM(A1)", "-2+3", "@SUM(A1)", "\t=1", " =1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_is_text_in_xlsx(attack: str) -> None:
    data = spreadsheets.xlsx_bytes(heading=["Имя"], rows=[[attack]])
    cell = load_workbook(io.BytesIO(data)).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_is_text_in_csv(attack: str) -> None:
    line = spreadsheets.csv_bytes(heading=["Имя"], rows=[[attack]]).decode("utf-8-sig").splitlines()[1]
    assert line.lstrip('"').startswith("'")


def test_numbers_stay_numbers() -> None:
    data = spreadsheets.xlsx_bytes(heading=["Сумма"], rows=[[Decimal("-12.50")], ["-12,50"], [-3]])
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet["A2"].value == -12.5
    assert sheet["A2"].data_type == "n"
    assert [sheet["A3"].value, sheet["A4"].value] == ["-12,50", -3]
    assert spreadsheets.csv_bytes(heading=["С"], rows=[[Decimal("-12.50")]]).decode("utf-8-sig").endswith("-12,50\r\n")


def test_without_the_guard_the_attack_is_a_formula() -> None:
    """The control: the same cell written plainly is calculated."""
    from openpyxl import Workbook

    workbook, out = Workbook(), io.BytesIO()
    workbook.active["A1"] = ATTACKS[0]
    workbook.save(out)
    assert load_workbook(io.BytesIO(out.getvalue())).active["A1"].data_type == "f"

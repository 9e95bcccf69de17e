"""Between a file and its rows: cells that are stored and come back, headings that are found, limits of workbooks."""

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.spreadsheets import Cell, csv_bytes, xlsx_bytes
from portal.exchange import accounts, balances, meters, readings, workbook_limits
from portal.exchange.files import BrokenFile, sheet_titles, xlsx_rows
from portal.exchange.headings import Known, heading_of, normal, recognised
from portal.exchange.imports.cells import decoded, encoded
from portal.exchange.imports.columns import guessed, headings_of
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.meters import meter_key
from portal.exchange.premises import premises_key
from portal.exchange.readings import reading_key
from portal.exchange.sources import sources_of
from portal.exchange.tables import TableRefused, TableRow, find_table, read_table
from portal.exchange.workbook_limits import WorkbookTooBig, require_small
from tests.workbooks import workbook

KNOWN = Known.of({"number": ("Лицевой счет", "Счёт"), "value": ("Показание",)}, ["number", "value"])
COLUMNS = {"account": ("Счёт",), "amount": ("Сумма",)}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    st.datetimes(),
)


# Cells of a row, as they are stored.


@given(st.lists(VALUES))
def test_cells_come_back_from_the_database_as_the_file_had_them(cells: list[object]) -> None:
    trimmed = list(cells)
    while trimmed and trimmed[-1] in (None, ""):
        trimmed.pop()
    assert decoded(json.loads(json.dumps(encoded(cells, width=None)))) == trimmed


@pytest.mark.parametrize(
    ("cells", "width", "stored"),
    [
        (["1", "", None], None, ["1"]),
        ([None, "2"], None, [None, "2"]),
        (["1", "2", "рядом"], 2, ["1", "2"]),
        (["a\0b"], None, ["ab"]),
        ([Decimal("1.50")], None, ["1.50"]),
        ([dt.date(2026, 11, 15)], None, [{"day": "2026-11-15"}]),
        ([], 3, []),
    ],
)
def test_a_row_is_stored_without_what_stands_beside_the_table(
    cells: list[object], width: int | None, stored: list[object]
) -> None:
    assert encoded(cells, width=width) == stored


# Numbers that go out come back.

SUMS = st.decimals(min_value="-99999999.99", max_value="99999999.99", places=2)


@given(st.lists(st.tuples(st.integers(1, 9_999_999), SUMS), min_size=1, max_size=20))
def test_a_csv_that_we_wrote_is_read_with_the_same_numbers(rows: list[tuple[int, Decimal]]) -> None:
    written: list[list[Cell]] = [[f"{number:07}", amount] for number, amount in rows]
    table = read_table(
        csv_bytes(heading=["Счёт", "Сумма"], rows=written), columns=COLUMNS, required=["account", "amount"]
    )
    assert [[row.code("account"), row.number_of("amount")] for row in table.rows] == written


@pytest.mark.parametrize("amount", ["0.01", "-0.01", "141.45", "99999999.99", "-300.00", "1240.50"])
def test_a_workbook_that_we_wrote_is_read_with_the_same_numbers(amount: str) -> None:
    data = xlsx_bytes(heading=["Счёт", "Сумма"], rows=[["0010001", Decimal(amount)]])
    [row] = read_table(data, columns=COLUMNS, required=["account", "amount"]).rows
    assert (row.code("account"), row.number_of("amount")) == ("0010001", Decimal(amount))


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_is_the_same_as_text_as_date_and_as_the_number_of_a_spreadsheet(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    midnight = dt.datetime.combine(day, dt.time())
    forms = [f"{day:%d.%m.%Y}", day.isoformat(), midnight, day, serial, float(serial) + 0.75]
    assert {TableRow(2, {"x": form}).date("x") for form in forms} == {day}


@pytest.mark.parametrize("written", ["21 декабря 2021 г.", "21 дек. 2021", "21 ДЕКАБРЯ 2021 года", "21 Декабря 2021"])
def test_a_day_with_its_month_in_words_is_a_day(written: str) -> None:
    assert TableRow(2, {"x": written}).date("x") == dt.date(2021, 12, 21)


@pytest.mark.parametrize("value", ["46341", 5, 0, -46341, True, 10**7])
def test_a_number_that_is_no_day_of_a_spreadsheet_is_refused(value: object) -> None:
    with pytest.raises(Exception, match="x: date"):
        TableRow(2, {"x": value}).date("x")


# Headings.


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["ЛИЦЕВОЙ СЧЁТ", "показание:"], ["number", "value"]),
        (["Счёт", "Счёт", "Цена"], ["number"]),
        (["Итого", None, 5], []),
    ],
)
def test_headings_are_recognised_in_any_letter_case(cells: list[object], names: list[str]) -> None:
    assert recognised(cells, KNOWN) == names


def test_headings_that_nobody_reads_and_that_stand_twice_are_known() -> None:
    heading = heading_of(["Счёт", "Лицевой счёт", "Показание", "Показание", "Цена", ""], [], KNOWN)
    assert heading is not None
    assert (heading.unused(), heading.width) == (["Цена"], 5)
    assert [heading.doubled(name) for name in ("number", "value", "day")] == [False, True, False]
    assert heading.places["number"] == [1, 0], "the preferred name goes before"


@pytest.mark.parametrize("subject", list(SUBJECTS))
def test_our_own_headings_are_all_guessed(subject: str) -> None:
    spec = SUBJECTS[subject]
    assert guessed(spec, spec.headings) == dict(zip(spec.columns, spec.headings, strict=True))
    assert set(spec.required_headings) <= set(spec.headings)
    assert guessed(spec, ["Цвет", "Запах"]) == {}


@pytest.mark.parametrize("module", [accounts, balances, meters, readings])
def test_no_heading_means_two_columns(module: object) -> None:
    owners: dict[str, set[str]] = {}
    for name, headings in module.COLUMNS.items():  # type: ignore[attr-defined]
        for heading in headings:
            owners.setdefault(normal(heading), set()).add(name)
    assert [names for names in owners.values() if len(names) > 1] == []


def test_a_sheet_that_begins_with_empty_rows_and_has_numbers_alone_can_be_looked_at() -> None:
    shown = headings_of(io.BytesIO(workbook([*[[None]] * 6, [1, 2]])))
    assert (shown.headings, shown.sheet) == ((), "Лист1")


def test_the_headings_of_a_foreign_workbook_are_shown_with_rows_below() -> None:
    data = workbook([["Отчёт"]], [["за ноябрь"], ["Абонент", "Прибор", "Снято"], [10001, "A-1", "12.11.2026"]])
    shown = headings_of(io.BytesIO(data))
    assert (shown.sheets, shown.sheet) == (("Лист1", "Лист2"), "Лист2")
    assert shown.headings == ("Абонент", "Прибор", "Снято")
    assert shown.rows[1] == ("10001", "A-1", "12.11.2026")
    assert headings_of(io.BytesIO(data), sheet="Лист1").headings == ("Отчёт",)
    assert headings_of(io.BytesIO(data), sheet="Нет такого").sheet == "Лист2"


@pytest.mark.parametrize(("data", "code"), [(workbook([]), "empty"), (b"PK\x03\x04", "type"), (b"a\x00b", "type")])
def test_a_file_without_any_heading_has_none_to_choose_from(data: bytes, code: str) -> None:
    with pytest.raises(TableRefused) as refused:
        headings_of(io.BytesIO(data))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("key", "first", "second"),
    [
        (reading_key, {"serial": "00A-1"}, {"serial": "a-1"}),
        (meter_key, {"serial": "A-1 "}, {"serial": "a-1"}),
        (premises_key, {"street": "РЕЧНАЯ", "house": "4А"}, {"street": " Речная", "house": "4а", "premises": ""}),
        (accounts.account_key, {"number": 10001.0}, {"number": "00 10001"}),
        (balances.balance_key, {"account": 10001}, {"account": "0010001"}),
    ],
)
def test_two_spellings_of_one_thing_have_one_key(
    key: object, first: dict[str, object], second: dict[str, object]
) -> None:
    assert key(TableRow(2, first)) == key(TableRow(3, second)) != ""  # type: ignore[operator]


# Ways to read a file.


@pytest.mark.parametrize(
    ("data", "ways"),
    [("Счёт".encode(), 4), ("Счёт".encode("utf-16"), 4), ("Счёт".encode("cp1251"), 16), (b"abc", 4)],
)
def test_utf_8_is_sure_and_a_single_byte_is_tried_in_four_encodings(data: bytes, ways: int) -> None:
    sources = sources_of(io.BytesIO(data))
    assert len(sources) == ways
    assert all(source.is_text and not source.title for source in sources)


def test_a_named_sheet_is_the_only_way_and_an_unknown_name_is_passed_over() -> None:
    file = io.BytesIO(workbook([["а"]], [["б"]]))
    assert [source.title for source in sources_of(file, sheet="Лист2")] == ["Лист2"]
    assert [source.title for source in sources_of(file, sheet="Лист9")] == ["Лист1", "Лист2"]
    assert sheet_titles(file) == ["Лист1", "Лист2"]


def test_the_named_sheet_is_read_though_an_earlier_one_has_the_headings_too() -> None:
    sheets: list[list[list[object]]] = [[["Счёт", "Сумма"], ["1", 5]], [["Счёт", "Сумма"], ["1", 7]]]
    found = find_table(io.BytesIO(workbook(*sheets)), columns=COLUMNS, required=["account"], sheet="Лист2")
    assert [row.number_of("amount") for row in found.rows()] == [7]


@pytest.mark.parametrize("name", ["MAX_UNPACKED", "MAX_OTHER", "MAX_ELEMENTS", "MAX_ROWS"])
def test_each_limit_of_a_workbook_refuses_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    data = workbook([["а"], ["б"], ["в"]])
    require_small(io.BytesIO(data))
    monkeypatch.setattr(workbook_limits, name, 2)
    with pytest.raises(WorkbookTooBig):
        require_small(io.BytesIO(data))
    with pytest.raises(BrokenFile, match="too_big"):
        list(xlsx_rows(data))


def test_a_text_without_an_end_in_a_part_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<c>" + "x" * 5000)
    require_small(packed)
    monkeypatch.setattr(workbook_limits, "MAX_RUN", 4999)
    with pytest.raises(WorkbookTooBig, match="sheet1"):
        require_small(packed)

"""A table as people send it: where its heading stands, what its cells may hold, what is told about the rest."""

import datetime as dt
from decimal import Decimal

import pytest
from openpyxl import Workbook

from portal.core.spreadsheets import xlsx_bytes
from portal.exchange.headings import Known, complete, heading_of, normal
from portal.exchange.numbers import AccountNumbers, bare, longest_spellings
from portal.exchange.tables import MAX_BYTES, MAX_ROWS, CellRefused, Remark, TableRefused, TableRow, read_table
from tests.people import Cast, make_account

COLUMNS = {"number": ("Лицевой счет", "Счёт"), "value": ("Показание",), "day": ("Дата",)}
KNOWN = Known.of(COLUMNS, ["number", "value"])
DAY = dt.date(2026, 11, 15)


def cell(value: object) -> TableRow:
    """A row with one cell."""
    return TableRow(2, {"x": value})


def refused(value: object, reader: str = "code", **options: object) -> tuple[str, str]:
    """The code of the refusal of a cell, and what it shows."""
    with pytest.raises(CellRefused) as caught:
        getattr(cell(value), reader)("x", **options)
    assert caught.value.column == "x"
    return caught.value.code, caught.value.value


def read(text: str) -> list[dict[str, object]]:
    return [row.cells for row in read_table(text.encode(), columns=COLUMNS, required=["number", "value"]).rows]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10001.0, "10001"),
        (10001, "10001"),
        ("  0010001 \u00a0", "0010001"),
        ("а\u202fб", "а б"),
        (None, ""),
        (1.5, "1.5"),
    ],
)
def test_a_cell_as_text(value: object, text: str) -> None:
    assert cell(value).text("x") == text
    assert cell(value).code("x") == text


def test_a_house_that_became_a_date_is_refused_with_both_numbers_it_may_have_been() -> None:
    with pytest.raises(CellRefused) as caught:
        cell(dt.datetime(2026, 5, 12)).text("x")
    assert (caught.value.code, caught.value.value, caught.value.hint) == ("turned_date", "12.05.2026", "12/5, 5/12")


@pytest.mark.parametrize("value", ["2026-05-12", "12.05.2026", "12.май", "май.26", "5 мая", "2026-05-12 00:00:00"])
def test_a_number_written_as_a_date_is_refused(value: str) -> None:
    assert refused(value) == ("turned_date", value)


@pytest.mark.parametrize("value", ["12/5", "12-5", "5а", "корп. 5", "12.05"])
def test_a_number_that_only_resembles_a_date_is_taken(value: str) -> None:
    assert cell(value).code("x") == value


@pytest.mark.parametrize("value", ["1,23457E+15", "1.2e15", "5Е+12", 1234567890123456, 1.5e20])
def test_a_number_that_lost_its_digits_is_refused(value: object) -> None:
    assert refused(value)[0] == "scientific"


def test_fifteen_digits_are_kept_whole() -> None:
    assert cell(123456789012345).code("x") == "123456789012345"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("141,455", "141.455"),
        ("1 240,50", "1240.50"),
        ("1\u00a0240,50", "1240.50"),
        (141.455, "141.455"),
        (0.1 + 0.2, "0.3"),
        (7, "7"),
        ("-3", "-3"),
    ],
)
def test_a_cell_as_a_number(value: object, number: str) -> None:
    assert cell(value).number_of("x") == Decimal(number)


def test_an_empty_cell_is_no_number_and_no_day() -> None:
    for value in (None, "", "   "):
        assert cell(value).number_of("x") is None
        assert cell(value).date("x") is None


@pytest.mark.parametrize("value", ["сто", "1,2,3", "nan", "Infinity", "1e400x", "--5"])
def test_words_are_no_number(value: str) -> None:
    assert refused(value, "number_of") == ("number", value)


def test_true_and_a_day_are_no_number() -> None:
    assert refused(True, "number_of")[0] == "number"
    assert refused(dt.datetime(2026, 1, 2), "number_of") == ("turned_date", "02.01.2026")


def test_a_bound_holds_on_both_sides_and_is_told() -> None:
    assert cell("1000").number_of("x", most=Decimal(1000)) == 1000
    for value in ("1000,01", "-1000,01"):
        with pytest.raises(CellRefused) as caught:
            cell(value).number_of("x", most=Decimal(1000))
        assert (caught.value.code, caught.value.limit) == ("above", "1000")


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2026, 11, 15, 10, 30),
        DAY,
        "15.11.2026",
        "2026-11-15",
        "15.11.26",
        "15.11.2026 10:30",
        "2026-11-15T10:30:00",
    ],
)
def test_a_cell_as_a_day(value: object) -> None:
    assert cell(value).date("x") == DAY


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("31.02.2026", "date"),
        ("ноябрь", "date"),
        ("11/10/2026", "date"),
        ("15.11", "date"),
        ("15.11.2206", "year"),
        ("01.01.1949", "year"),
    ],
)
def test_what_is_no_day_of_ours_is_refused(value: str, code: str) -> None:
    assert refused(value, "date") == (code, value)


def test_headings_are_compared_without_case_spaces_and_stops() -> None:
    assert normal("  ЛИЦЕВОЙ\u00a0 Счёт.:") == normal("лицевой счет")
    assert normal(None) == ""


def test_the_heading_stands_under_a_title_and_empty_rows_are_left_out() -> None:
    rows = read("Показания за ноябрь;;\n;;\nЛицевой счет;Показание;Дата\n1;2;3\n;;\n4;5;6\n")
    assert [row["number"] for row in rows] == ["1", "4"]


@pytest.mark.parametrize(("above", "is_found"), [(19, True), (20, False)])
def test_the_heading_is_looked_for_in_twenty_rows(above: int, is_found: bool) -> None:
    text = "слова;\n" * above + "Лицевой счет;Показание\n1;2\n"
    if is_found:
        assert len(read(text)) == 1
        return
    with pytest.raises(TableRefused) as caught:
        read(text)
    assert (caught.value.code, caught.value.detail) == ("no_heading", "Лицевой счет, Показание")


def test_a_row_has_the_number_that_the_spreadsheet_shows() -> None:
    table = read_table("Отчёт;\nСчёт;Показание\n\n1;2\n".encode(), columns=COLUMNS, required=["number", "value"])
    assert [row.number for row in table.rows] == [4]
    assert table.columns == {"number": "Счёт", "value": "Показание"}


def test_a_heading_of_two_rows_takes_the_names_of_the_upper_one() -> None:
    heading = heading_of(["", "Показание", "Дата"], ["Лицевой счет", "Прибор", ""], KNOWN)
    assert heading is not None
    assert (heading.rows, heading.places) == (2, {"number": [0], "value": [1], "day": [2]})


def test_a_second_row_completes_a_heading_but_data_does_not() -> None:
    heading = heading_of(["Лицевой счет", "Показание", ""], [], KNOWN)
    assert heading is not None
    longer = complete(heading, ["", "", "Дата"], KNOWN)
    assert longer is not None
    assert longer.places == {"number": [0], "value": [1], "day": [2]}
    assert complete(heading, ["0010001", "12", "Дата"], KNOWN) is None
    assert complete(heading, ["", "", ""], KNOWN) is None


def test_the_preferred_heading_of_a_column_is_read_first_and_a_difference_is_a_doubt() -> None:
    table = read_table(
        "Счёт;Лицевой счет;Показание\n7;1;2\n1;1;2\n".encode(), columns=COLUMNS, required=["number", "value"]
    )
    assert [row.cells["number"] for row in table.rows] == ["1", "1"]
    assert [row.doubts for row in table.rows] == [("number",), ()]


def test_two_columns_of_one_name_with_two_values_refuse_the_row() -> None:
    table = read_table(
        "Счёт;Показание;Показание\n1;2;3\n1;2;2\n1;;2\n".encode(), columns=COLUMNS, required=["number", "value"]
    )
    wrong, *right = table.rows
    with pytest.raises(CellRefused, match="two_values") as caught:
        wrong.require_sound()
    assert caught.value.value == "2 / 3"
    for row in right:
        row.require_sound()
        assert row.cells["value"] == "2"


def test_a_text_row_longer_than_its_heading_is_refused_and_a_workbook_tells_what_stands_beside() -> None:
    text = read_table("Счёт;Показание\n1;2;лишнее\n".encode(), columns=COLUMNS, required=["number", "value"])
    with pytest.raises(CellRefused, match="longer"):
        text.rows[0].require_sound()
    workbook = xlsx_bytes(heading=["Счёт", "Показание"], rows=[["1", "2", "заметка"]])
    table = read_table(workbook, columns=COLUMNS, required=["number", "value"])
    table.rows[0].require_sound()
    assert Remark("beside", "2") in table.remarks


def test_columns_that_no_import_knows_are_told_but_for_the_reasons_that_we_added() -> None:
    text = "Счёт;Показание;Примечание;Почему не принята\n1;2;3;4\n"
    table = read_table(text.encode(), columns=COLUMNS, required=["number", "value"])
    assert table.remarks == [Remark("unused", "Примечание")]


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    from io import BytesIO

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets:
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_the_table_is_found_on_a_later_sheet_and_other_tables_are_told() -> None:
    rows: list[list[object]] = [["Счёт", "Показание"], ["1", 2]]
    data = workbook(("Титул", [["Отчёт"]]), ("Ноябрь", rows), ("Октябрь", rows), ("Пусто", [["—"]]))
    table = read_table(data, columns=COLUMNS, required=["number", "value"])
    assert table.remarks == [Remark("sheet", "Ноябрь"), Remark("other_sheet", "Октябрь")]
    assert len(table.rows) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_a_text_is_read_in_each_encoding_and_with_each_separator(encoding: str, delimiter: str) -> None:
    text = f"Лицевой счет{delimiter}Показание\n0010001{delimiter}141.455\n"
    [row] = read_table(text.encode(encoding), columns=COLUMNS, required=["number", "value"]).rows
    assert (row.text("number"), row.number_of("value")) == ("0010001", Decimal("141.455"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"x" * (MAX_BYTES + 1), "too_big"),
        (b"\x00\x01\x02" * 50, "type"),
        (b"PK\x03\x04 not a zip", "type"),
    ],
)
def test_what_is_no_table(data: bytes, code: str) -> None:
    with pytest.raises(TableRefused) as caught:
        read_table(data, columns=COLUMNS, required=["number", "value"])
    assert caught.value.code == code


def test_a_table_has_so_many_rows_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ROWS == 200_000
    monkeypatch.setattr("portal.exchange.tables.MAX_ROWS", 3)
    assert len(read("Счёт;Показание\n1;2\n3;4\n")) == 2
    with pytest.raises(TableRefused, match="too_big"):
        read("Счёт;Показание\n1;2\n3;4\n5;6\n7;8\n")


def test_a_number_is_found_without_its_zeros_unless_two_fit(cast: Cast) -> None:
    numbers = AccountNumbers()
    anna = cast.anna.account
    assert [numbers.find(text) for text in ("0010001", "10001", "00 10001", "000010001")] == [anna.pk] * 4
    assert numbers.find("777") is None
    twin = make_account("10001", flat="40")
    numbers.add(twin.number, twin.pk)
    assert numbers.find("10001") == twin.pk, "the very same number goes before"
    assert numbers.fitting("010001") == ["0010001", "10001"]
    assert numbers.find("010001") is None


def test_lost_zeros_are_offered_for_a_number_shorter_than_all(cast: Cast) -> None:
    numbers = AccountNumbers()
    assert numbers.lost_zeros("10001") == "0010001"
    assert numbers.lost_zeros("0010001") == ""
    assert numbers.lost_zeros("10-01") == ""


@pytest.mark.django_db
def test_without_accounts_no_zeros_are_lost() -> None:
    assert AccountNumbers().lost_zeros("1") == ""


def test_the_longest_spelling_of_a_file_speaks_for_the_others() -> None:
    assert bare(" 00 10 001") == "10001"
    assert longest_spellings(["10001", "0010001", "010001", "2"]) == {"10001": "0010001", "2": "2"}

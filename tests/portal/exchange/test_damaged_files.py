"""Damaged and hostile tables are refused in words with the line; nothing of them is imported."""

import zipfile
from io import BytesIO

import pytest

from portal.core.spreadsheets import xlsx_bytes
from portal.exchange import readings
from portal.exchange.files import BrokenFile, csv_rows, xlsx_rows
from portal.exchange.reports import table_refusal_text
from portal.exchange.tables import TableRefused, read_table

COLUMNS = {"number": ("Лицевой счет",), "value": ("Показание",)}
XLSX = xlsx_bytes(heading=["Лицевой счет", "Показание"], rows=[["0010001", "141,455"]])


def damaged_at(share: float) -> bytes:
    """The workbook with a few bytes in the middle turned over."""
    place = int(len(XLSX) * share)
    return XLSX[:place] + bytes(byte ^ 0xFF for byte in XLSX[place : place + 40]) + XLSX[place + 40 :]


def without(name: str) -> bytes:
    """The workbook without one of its parts."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(XLSX)) as whole, zipfile.ZipFile(packed, "w") as rest:
        for item in whole.infolist():
            if not item.filename.endswith(name):
                rest.writestr(item, whole.read(item))
    return packed.getvalue()


DAMAGES = {f"at {n}0 %": lambda n=n: damaged_at(n / 10) for n in range(1, 10)} | {
    "no sheet": lambda: without("sheet1.xml"),
    "no workbook": lambda: without("workbook.xml"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_workbook_is_read_or_refused_but_never_fails(damage: str) -> None:
    assert outcome(DAMAGES[damage]()) in {"0010001", str(table_refusal_text(TableRefused("type")))}


def outcome(data: bytes) -> str:
    """The account of the only row, or why the file is refused."""
    try:
        [row] = read_table(data, columns=COLUMNS, required=["number", "value"]).rows
    except TableRefused as refusal:
        return table_refusal_text(refusal)
    return row.text("number")


def test_a_cut_workbook_is_refused() -> None:
    with pytest.raises(BrokenFile, match="type"):
        list(xlsx_rows(XLSX[: len(XLSX) // 2]))


def test_a_cell_of_300_kb_is_refused_with_its_line() -> None:
    data = b"\xd0\x9b;\xd0\x9f\n1;2\n" + b"x" * 300_000
    with pytest.raises(TableRefused) as refused:
        read_table(data, columns=COLUMNS, required=["number", "value"])
    assert (refused.value.code, refused.value.detail) == ("long_cell", "3")


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line() -> None:
    table = 'Лицевой счет;Показание\n0010001;1\n"0010002;2\n0010003;3\n'
    with pytest.raises(TableRefused) as refused:
        read_table(table.encode(), columns=COLUMNS, required=["number", "value"])
    assert (refused.value.code, refused.value.detail) == ("open_quote", "3")


@pytest.mark.parametrize(
    "table", ['a;b\n"x\ny";2\n', 'a;b\nтруба 1/2";2\n', 'a;b\nтруба 1/2";2\n3;4"\n', 'a;"б ""в"""\n']
)
def test_quotation_marks_that_are_closed_or_stand_inside_a_cell_are_read(table: str) -> None:
    rows = list(csv_rows(table, delimiter=";"))
    assert len(rows) >= 1
    assert rows[0][0] == "a"


@pytest.mark.django_db
def test_nothing_of_a_damaged_file_is_imported() -> None:
    with pytest.raises(TableRefused):
        readings.import_readings('Лицевой счет;Показание\n"0010001;5'.encode(), dry_run=False, today=None, by=None)  # type: ignore[arg-type]

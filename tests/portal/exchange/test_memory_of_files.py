"""Files that would fill the memory are refused before they do; a long honest one is read a row at a time."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.exchange.tables import MAX_BYTES
from tests.portal.exchange.reading_memory import read_file
from tests.processes import CONTEXT
from tests.workbooks import workbook

LEAST, MOST = 90, 45
"""Megabytes: what the control takes at least, what a refused file takes at most."""
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"


def memory_of(path: Path, *, guarded: bool = True) -> tuple[str, int]:
    """What came of reading a file, and the megabytes that it took."""
    answers = CONTEXT.Queue()
    process = CONTEXT.Process(target=read_file, args=(str(path), guarded, answers))
    process.start()
    answer: tuple[str, int] = answers.get(timeout=120)
    process.join()
    return answer


def bomb(path: Path, part: str, pieces: Iterator[bytes]) -> Path:
    """A workbook of Excel with one part replaced by what is far larger than it looks."""
    path.with_suffix(".plain").write_bytes(workbook([["Счет"], ["1"]]))
    with (
        zipfile.ZipFile(path.with_suffix(".plain")) as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for item in plain.infolist():
            if item.filename != part:
                packed.writestr(item, plain.read(item))
        with packed.open(part, "w") as out:
            for piece in pieces:
                out.write(piece)
    return path


def _sheet(body: bytes, times: int) -> Iterator[bytes]:
    yield b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    for _number in range(times):
        yield body
    yield b"</sheetData></worksheet>"


def one_cell() -> Iterator[bytes]:
    """One text of 60 MB."""
    yield b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    yield b'<c r="A1" t="inlineStr"><is><t>'
    for _number in range(60):
        yield b"x" * 1_000_000
    yield b"</t></is></c></row></sheetData></worksheet>"


def empty_rows() -> Iterator[bytes]:
    """Two million rows without a cell."""
    yield from _sheet(b"<row/>" * 100_000, 20)


def formats() -> Iterator[bytes]:
    """A million cell formats."""
    yield b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>'
    for _number in range(100):
        yield b"<xf/>" * 10_000
    yield b"</cellXfs></styleSheet>"


@pytest.mark.parametrize(("part", "pieces"), [(SHEET, one_cell), (SHEET, empty_rows), (STYLES, formats)])
def test_a_bomb_is_refused_before_memory_grows(
    tmp_path: Path, part: str, pieces: Callable[[], Iterator[bytes]]
) -> None:
    path = bomb(tmp_path / "bomb.xlsx", part, pieces())
    assert path.stat().st_size < MAX_BYTES
    code, megabytes = memory_of(path)
    assert code == "too_big"
    assert megabytes < MOST


def test_without_the_limits_a_bomb_fills_the_memory(tmp_path: Path) -> None:
    _code, megabytes = memory_of(bomb(tmp_path / "bomb.xlsx", SHEET, one_cell()), guarded=False)
    assert megabytes > LEAST


def test_a_workbook_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.write(workbook([["Счет"], ["1"]]))
        file.truncate(100 * 1024 * 1024)
    code, megabytes = memory_of(path)
    assert code == "too_big"
    assert megabytes < MOST


def test_a_long_text_is_read_a_row_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Счет;Примечание\n")
        for number in range(100_000):
            file.write(f"{number:07};{'длинное примечание ' * 5}\n")
    code, megabytes = memory_of(path)
    assert code == "rows"
    assert megabytes < MOST

"""The ways to read a file as rows: every sheet of a workbook, or every encoding and separator of a text."""

import codecs
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO

from portal.exchange.files import BrokenFile, csv_rows, sheet_titles, xlsx_rows

_ENCODINGS = ("cp1251", "cp866", "koi8-r", "mac-cyrillic")
_DELIMITERS = (";", "\t", ",", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One way to read a file as rows; `title` is a sheet's."""

    rows: Callable[[], Iterator[Sequence[object]]]
    is_text: bool
    title: str = ""


def sources_of(file: IO[bytes], *, sheet: str = "") -> list[Source]:
    """The ways to read a file, the likeliest first; of a workbook the one sheet that is named, when it is there.

    One way is read at a time: they share the file. Raises BrokenFile.
    """
    file.seek(0)
    start = file.read(2000)
    if start.startswith(b"PK"):
        titles = sheet_titles(file)
        named = [number for number, title in enumerate(titles) if title == sheet]
        return [
            Source(partial(xlsx_rows, file, sheet=number), False, titles[number])
            for number in named or range(len(titles))
        ]
    if b"\x00" in start and not start.startswith(_UTF16):
        raise BrokenFile("type")
    return [
        Source(partial(_text_rows, file, encoding, delimiter), is_text=True)
        for encoding in _encodings(file)
        for delimiter in _DELIMITERS
    ]


def _text_rows(file: IO[bytes], encoding: str, delimiter: str) -> Iterator[Sequence[object]]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        yield from csv_rows(text, delimiter=delimiter)
    finally:
        text.detach()


def _encodings(file: IO[bytes]) -> Sequence[str]:
    """Encodings that the text may be in: UTF-8 alone when the whole file is that."""
    file.seek(0)
    if file.read(2) in _UTF16:
        return ("utf-16",)
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _ENCODINGS
    return ("utf-8-sig",)

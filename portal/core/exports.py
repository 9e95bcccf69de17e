"""A list as a file: CSV or XLSX by the address's `export`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

from portal.core.files.downloads import as_download
from portal.core.spreadsheets import CSV, XLSX, Cell, csv_bytes, xlsx_bytes

Row = TypeVar("Row")
Item = TypeVar("Item")
Note = Callable[[HttpRequest, str, str, int], None]
_notes: list[Note] = []


def register_note(note: Note) -> None:
    """Have each exported list noted: request, name, format, number of rows (called once, from an AppConfig.ready)."""
    _notes.append(note)


def note_export(request: HttpRequest, *, name: str, kind: str, rows: int) -> None:
    """Tell those who keep account of it that somebody took a list away as a file."""
    for note in _notes:
        note(request, name, kind, rows)


@dataclass(frozen=True, slots=True)
class ExportColumn(Generic[Row]):
    """A heading and where its cell comes from."""

    heading: "str | Promise"
    value: Callable[[Row], Cell]


def table_response(
    request: HttpRequest, kind: str, name: str, columns: Sequence[ExportColumn[Row]], rows: Iterable[Row]
) -> HttpResponse:
    """The rows as an attachment, noted in the audit; 404 for a kind that is neither csv nor xlsx."""
    heading = [str(column.heading) for column in columns]
    counted = Counted([column.value(row) for column in columns] for row in rows)
    if kind == "csv":
        response = HttpResponse(csv_bytes(heading=heading, rows=counted), content_type=CSV)
    elif kind == "xlsx":
        response = HttpResponse(xlsx_bytes(heading=heading, rows=counted, title=name), content_type=XLSX)
    else:
        raise Http404
    note_export(request, name=name, kind=kind, rows=counted.count)
    return as_download(response, f"{name}.{kind}")


def row_columns(heading: Sequence[str]) -> list[ExportColumn[Sequence[Any]]]:
    """Columns of rows that are sequences of cells already, in the order of the heading."""
    return [ExportColumn(text, itemgetter(number)) for number, text in enumerate(heading)]


class Counted(Iterable[Item]):
    """Rows on their way into a file; `count` is how many have passed."""

    def __init__(self, rows: Iterable[Item]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Item]:
        for row in self._rows:
            self.count += 1
            yield row

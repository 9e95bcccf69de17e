"""A list as a file: CSV or XLSX by the address's `export`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

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
class Column(Generic[Row]):
    """A heading and where its cell comes from."""

    heading: "str | Promise"
    value: Callable[[Row], Cell]


def table_response(
    request: HttpRequest, kind: str, name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]
) -> HttpResponse:
    """The rows as an attachment, noted in the audit; 404 for a kind that is neither csv nor xlsx."""
    cells = ([column.value(row) for column in columns] for row in rows)
    return cells_response(request, kind, name, [str(column.heading) for column in columns], cells)


def cells_response(
    request: HttpRequest, kind: str, name: str, heading: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """The same for rows that are made of cells already."""
    counted = Counted(rows)
    if kind == "csv":
        response = HttpResponse(csv_bytes(heading=heading, rows=counted), content_type=CSV)
    elif kind == "xlsx":
        response = HttpResponse(xlsx_bytes(heading=heading, rows=counted), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    note_export(request, name=name, kind=kind, rows=counted.count)
    return response


class Counted(Iterable[Item]):
    """Rows on their way into a file; `count` is how many have passed."""

    def __init__(self, rows: Iterable[Item]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Item]:
        for row in self._rows:
            self.count += 1
            yield row

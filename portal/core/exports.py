"""A list as a file: CSV or XLSX by the address's `export`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import Http404, HttpResponse
from django.utils.functional import Promise

from portal.core.spreadsheets import CSV, XLSX, Cell, csv_bytes, xlsx_bytes

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A heading and where its cell comes from."""

    heading: "str | Promise"
    value: Callable[[Row], Cell]


def table_response(kind: str, name: str, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> HttpResponse:
    """The rows as an attachment; 404 for a kind that is neither csv nor xlsx."""
    heading = [str(column.heading) for column in columns]
    cells = ([column.value(row) for column in columns] for row in rows)
    if kind == "csv":
        response = HttpResponse(csv_bytes(heading=heading, rows=cells), content_type=CSV)
    elif kind == "xlsx":
        response = HttpResponse(xlsx_bytes(heading=heading, rows=cells), content_type=XLSX)
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response

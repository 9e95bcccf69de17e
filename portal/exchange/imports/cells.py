"""Cells of a row as JSON: text, numbers and days come back as they were."""

import datetime as dt
from collections.abc import Sequence

from portal.exchange.headings import Heading
from portal.exchange.models import Import, ImportRow
from portal.exchange.tables import Table, TableRow, row_of

_DAY = "day"


def encoded(cells: Sequence[object], *, width: int | None) -> list[object]:
    """Cells for a JSON column; `width` leaves out what stands beside the table, None keeps all."""
    trimmed = list(cells if width is None else cells[:width])
    while trimmed and trimmed[-1] in (None, ""):
        trimmed.pop()
    return [_encoded(cell) for cell in trimmed]


def _encoded(cell: object) -> object:
    if isinstance(cell, dt.datetime | dt.date):
        return {_DAY: cell.isoformat()}
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    return str(cell).replace("\0", "")


def decoded(cells: Sequence[object]) -> list[object]:
    """Cells of a JSON column as the file had them."""
    return [dt.datetime.fromisoformat(str(cell[_DAY])) if isinstance(cell, dict) else cell for cell in cells]


def table_of(imported: Import, rows: Sequence[ImportRow]) -> Table:
    """Rows of an import as a table."""
    heading = Heading(list(imported.texts), {name: list(places) for name, places in imported.places.items()})
    columns = {name: heading.texts[places[0]] for name, places in heading.places.items()}
    return Table(rows=[table_row(imported, heading, row) for row in rows], headings=heading.texts, columns=columns)


def table_row(imported: Import, heading: Heading, row: ImportRow) -> TableRow:
    """A row of an import under its headings."""
    return row_of(row.number, decoded(row.cells), heading, is_text=imported.is_text)

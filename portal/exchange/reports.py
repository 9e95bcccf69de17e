"""Report on a file: how many rows were taken, which not and why, which are asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.core.formatting import exact_text
from portal.exchange.tables import REASON_HEADING, CellRefused, Remark, Table, TableRefused, TableRow


@dataclass(slots=True)
class RowOutcome:
    """Outcome of a row; questions keep it from being taken until they are accepted."""

    new: bool
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    change: str = ""
    """What the row does, in words."""
    made: dict[str, int | str] = field(default_factory=dict)
    """Records that it made, for taking them back."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken, by its number in the spreadsheet, and why."""

    number: int
    subject: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """An import, or its dry run: nothing is stored in a dry run."""

    dry_run: bool
    rows: int = 0
    imported: int = 0
    repeated: int = 0
    bad: list[BadRow] = field(default_factory=list)
    asked: list[BadRow] = field(default_factory=list)
    """Rows that look like a slip: not taken before somebody says that they are right."""
    notes: list[BadRow] = field(default_factory=list)
    """Rows that were taken, but should be looked at."""
    remarks: list[str] = field(default_factory=list)
    """What was seen of the file as a whole."""
    table: Table = field(default_factory=Table, repr=False)
    outcomes: dict[int, RowOutcome] = field(default_factory=dict, repr=False)
    """What became of the rows that were not refused, by their numbers."""

    def refuse(self, number: int, subject: str, reason: str) -> None:
        """Note a row that is not taken."""
        self.bad.append(BadRow(number, subject, reason))

    def not_taken(self) -> list[BadRow]:
        """Rows that are refused or asked about, in the order of the file."""
        return sorted([*self.bad, *self.asked], key=lambda row: row.number)


def begin_report(table: Table, *, dry_run: bool) -> ImportReport:
    """The report of a table before its first row, with what was seen of the file."""
    remarks = [remark_text(remark) for remark in table.remarks]
    return ImportReport(dry_run=dry_run, rows=len(table.rows), remarks=remarks, table=table)


def errors_table(report: ImportReport) -> tuple[list[str], list[list[object]]]:
    """Headings and rows of the errors file: what was not taken, as it was written, with the reason in the last column.

    It can be corrected and loaded again: the column of reasons is passed over.
    """
    reasons = {row.number: row.reason for row in report.not_taken()}
    width = len(report.table.headings)
    rows = [[*_padded(row.raw, width), reasons[row.number]] for row in report.table.rows if row.number in reasons]
    return [*report.table.headings, REASON_HEADING], rows


def _padded(cells: Sequence[object], width: int) -> list[object]:
    shown = list(cells[:width])
    return [*shown, *[None] * (width - len(shown))]


def cell_refusal_text(refusal: CellRefused, headings: Mapping[str, str]) -> str:
    """Return what is wrong with a cell: its column as the file calls it, what stands there, what to do."""
    if refusal.code == "longer":
        return _(
            "The row has more values than the table has columns; beyond the last one: %(value)s. Is there a "
            "comma in a number or a name without quotation marks?"
        ) % {"value": refusal.value}
    messages = {
        "date": _("not a date. Write it as 15.11.2026."),
        "year": _("the year is not plausible. Write the date as 15.11.2026."),
        "number": _("not a number."),
        "turned_date": _("the spreadsheet made a date of it. Format the column as text and type the number again."),
        "scientific": _("the spreadsheet lost digits of it. Format the column as text and type the number again."),
        "two_values": _("two columns have this heading and different values. Leave one."),
        "above": _("more than is possible (%(limit)s at most). Check the digits and the comma."),
        "below_zero": _("less than zero."),
        "whole": _("not a whole number."),
        "kopecks": _("not whole kopecks."),
    }.get(refusal.code, refusal.code)
    limit = exact_text(Decimal(refusal.limit)) if refusal.limit else ""
    described = _("%(column)s «%(value)s»: %(reason)s") % {
        "column": headings.get(refusal.column, refusal.column),
        "value": refusal.value,
        "reason": messages % {"limit": limit},
    }
    hint = _("Was one of these meant: %(hint)s?") % {"hint": refusal.hint} if refusal.hint else ""
    return f"{described} {hint}".strip()


def several_accounts(numbers: Sequence[str]) -> str:
    """Several accounts differ from what is written in leading zeros only."""
    return _("Several accounts fit: %(numbers)s. Write the whole number.") % {"numbers": ", ".join(numbers)}


def doubt_texts(row: TableRow, table: Table) -> list[str]:
    """Return which columns of a row hold different values under headings of one meaning, and which value was taken."""
    return [
        _("Several columns are «%(column)s» with different values; used: %(value)s.")
        % {"column": table.columns[column], "value": row.shown(column)}
        for column in row.doubts
    ]


def remark_text(remark: Remark) -> str:
    """Return what was seen of a file as a whole."""
    if remark.code == "unused":
        return _("Columns that are not read: %(columns)s.") % {"columns": remark.detail}
    if remark.code == "beside":
        return _("Values beside the table, without a heading, are not read (row %(row)s).") % {"row": remark.detail}
    if remark.code == "sheet":
        return _("The table was found on the sheet «%(sheet)s».") % {"sheet": remark.detail}
    if remark.code == "other_sheet":
        return _("The sheet «%(sheet)s» has a table too; it was not read. Load it as a file of its own.") % {
            "sheet": remark.detail
        }
    return _("The headings take two rows, the second is row %(row)s: both were read.") % {"row": remark.detail}


def table_refusal_text(refusal: TableRefused) -> str:
    """Why a file cannot be read."""
    if refusal.code == "too_big":
        return _("The file is too big: 30 MB and 200,000 rows at most.")
    if refusal.code == "empty":
        return _("The file is empty.")
    if refusal.code == "no_heading":
        message = _("The columns were not found. The table needs at least: %(columns)s.") % {"columns": refusal.detail}
        partial = (
            _("One row has only these headings: %(columns)s.") % {"columns": refusal.headings}
            if refusal.headings
            else ""
        )
        return f"{message} {partial}".strip()
    if refusal.code == "long_cell":
        return _("Line %(line)s: a cell is too long to be one. Check the separator.") % {"line": refusal.detail}
    if refusal.code == "open_quote":
        return _("Line %(line)s: a quotation mark is opened and never closed.") % {"line": refusal.detail}
    return _("This is neither XLSX nor CSV. Save the table as one of them.")

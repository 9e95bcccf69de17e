"""What became of a file: how many rows were taken, which not and why."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.exchange.tables import CellRefused, TableRefused


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken, by its number in the spreadsheet, and why."""

    number: int
    subject: str
    reason: str


@dataclass(slots=True)
class Report:
    """An import, or its dry run: nothing is stored in a dry run."""

    dry_run: bool
    rows: int = 0
    taken: int = 0
    repeated: int = 0
    bad: list[BadRow] = field(default_factory=list)
    notes: list[BadRow] = field(default_factory=list)
    """Rows that were taken, but should be looked at."""

    def refuse(self, number: int, subject: str, reason: str) -> None:
        """Note a row that is not taken."""
        self.bad.append(BadRow(number, subject, reason))


def cell_words(refusal: CellRefused, heading: str) -> str:
    """What is wrong with a cell."""
    if refusal.code == "date":
        return _("%(column)s: not a date. Write it as 15.11.2026.") % {"column": heading}
    if refusal.code == "number":
        return _("%(column)s: not a number.") % {"column": heading}
    return _("%(column)s: %(reason)s") % {"column": heading, "reason": refusal.code}


def table_words(refusal: TableRefused) -> str:
    """Why a file cannot be read."""
    if refusal.code == "too_big":
        return _("The file is too big: 10 MB and 200,000 rows at most.")
    if refusal.code == "empty":
        return _("The file is empty.")
    if refusal.code == "no_heading":
        return _("The columns were not found. The table needs at least: %(columns)s.") % {"columns": refusal.detail}
    if refusal.code == "long_cell":
        return _("Line %(line)s: a cell is too long to be one. Check the separator.") % {"line": refusal.detail}
    if refusal.code == "open_quote":
        return _("Line %(line)s: a quotation mark is opened and never closed.") % {"line": refusal.detail}
    return _("This is neither XLSX nor CSV. Save the table as one of them.")

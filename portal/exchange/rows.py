"""Shared by the imports of rows: a row is taken whole, refused with a reason, or asked about."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from portal.accounts.models import User
from portal.exchange.reports import BadRow, ImportReport, RowOutcome, cell_refusal_text
from portal.exchange.tables import CellRefused, TableRow

RefusalTexts = Mapping[type[Exception], Callable[[Any], str]]


class RowRefused(Exception):
    """A row that is not taken; its text is for people."""


@dataclass(frozen=True, slots=True)
class RowContext:
    """What the rows of a part of a file are taken with besides the part itself."""

    today: dt.date
    by: User | None = None
    accept_asked: bool = False
    books_debts: bool = True
    """Whether debts of an accounts file are booked at once; else they are left to an import of balances."""
    others: Sequence[TableRow] = ()
    """Rows of other parts about the same accounts or meters: compared, not taken."""
    last_street: int | None = None
    """The last street that was there before the file; None: those that stand now."""


@contextmanager
def refusing(report: ImportReport, number: int, subject: str, refusals: RefusalTexts | None = None) -> Iterator[None]:
    """Report a row as refused when the work raises RowRefused, CellRefused or one of `refusals`, which have words."""
    messages: RefusalTexts = {
        RowRefused: str,
        CellRefused: lambda refusal: cell_refusal_text(refusal, report.table.columns),
        **(refusals or {}),
    }
    try:
        yield
    except tuple(messages) as refusal:
        reason = next(text for kind, text in messages.items() if isinstance(refusal, kind))
        report.refuse(number, subject, reason(refusal))


def take_row(
    report: ImportReport,
    number: int,
    subject: str,
    store: Callable[[], RowOutcome],
    *,
    accept_asked: bool,
    refusals: RefusalTexts,
) -> None:
    """Store a row in a transaction of its own and report what became of it.

    `refusals` are the exceptions with which `store` refuses a row besides RowRefused and CellRefused, with words.
    """
    with refusing(report, number, subject, refusals):
        with transaction.atomic():
            outcome = store()
            is_open = bool(outcome.questions) and not accept_asked
            if is_open:
                transaction.set_rollback(True)
        if is_open:
            report.outcomes[number] = outcome
            report.asked.append(BadRow(number, subject, " ".join(outcome.questions)))
            return
        report.outcomes[number] = outcome
        report.imported += outcome.new
        report.repeated += not outcome.new
        remarks = [*outcome.questions, *outcome.notes]
        if remarks:
            report.notes.append(BadRow(number, subject, " ".join(remarks)))

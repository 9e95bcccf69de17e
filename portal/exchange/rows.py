"""What the imports of rows have in common: a row is taken whole, refused with a reason, or asked about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from portal.exchange.reports import BadRow, Report, cell_words
from portal.exchange.tables import CellRefused

RefusalWords = Mapping[type[Exception], Callable[[Any], str]]


class RowRefused(Exception):
    """A row that is not taken; its text is for people."""


@dataclass(slots=True)
class Outcome:
    """What became of a row; questions keep it from being taken until they are accepted."""

    new: bool
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Asked(Exception):
    """A row that is asked about: nothing of it stays."""

    def __init__(self, questions: list[str]) -> None:
        super().__init__(*questions)
        self.questions = questions


def take_row(
    report: Report,
    number: int,
    subject: str,
    store: Callable[[], Outcome],
    *,
    accept_asked: bool,
    refusals: RefusalWords,
) -> None:
    """Store a row in a transaction of its own and report what became of it.

    `refusals` are the exceptions with which `store` refuses a row besides RowRefused and CellRefused, with words.
    """
    try:
        with transaction.atomic():
            outcome = store()
            if outcome.questions and not accept_asked:
                raise _Asked(outcome.questions)
    except RowRefused as refusal:
        report.refuse(number, subject, str(refusal))
    except CellRefused as refusal:
        report.refuse(number, subject, cell_words(refusal, report.table.columns))
    except _Asked as asked:
        report.asked.append(BadRow(number, subject, " ".join(asked.questions)))
    except tuple(refusals) as error:
        words = next(words for kind, words in refusals.items() if isinstance(error, kind))
        report.refuse(number, subject, words(error))
    else:
        report.taken += outcome.new
        report.repeated += not outcome.new
        words_of_row = [*outcome.questions, *outcome.notes]
        if words_of_row:
            report.notes.append(BadRow(number, subject, " ".join(words_of_row)))

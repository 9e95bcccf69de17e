"""Premises from a file: addresses before there are accounts. One row is one flat or private house."""

from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.exchange import accounts
from portal.exchange.addresses import last_places, made_places, premises_of
from portal.exchange.headings import normal
from portal.exchange.reports import ImportReport, RowOutcome
from portal.exchange.rows import RowContext, take_row
from portal.exchange.tables import TableRow

_NAMES = ("settlement", "street_kind", "street", "house", "premises", "area")
COLUMNS = {name: accounts.COLUMNS[name] for name in _NAMES}
REQUIRED = ("street", "house")
SAMPLES = [
    {
        "settlement": "Красногорск",
        "street_kind": "улица",
        "street": "Речная",
        "house": "4/2",
        "premises": "18",
        "area": "52,1",
    },
    {"street": "Новая", "house": "9"},
]


def take_premises(report: ImportReport, context: RowContext) -> None:
    """Make the premises of the report's rows, each in a transaction of its own; those that stand are repeats."""
    last = last_places()

    def store(row: TableRow) -> RowOutcome:
        row.require_sound()
        premises = premises_of(row)
        made = made_places(premises, last)
        return RowOutcome(
            new="premises" in made,
            change=_("New address %(address)s") % {"address": premises.address},
            made=made,
        )

    for row in report.table.rows:
        take_row(
            report,
            row.number,
            " ".join(filter(None, (row.shown("street"), row.shown("house"), row.shown("premises")))),
            partial(store, row),
            accept_asked=context.accept_asked,
            refusals={ValidationError: lambda error: " ".join(error.messages)},
        )


def premises_key(row: TableRow) -> str:
    """What rows about one address have in common."""
    return " ".join(normal(row.shown(name)) for name in ("street", "house", "premises"))

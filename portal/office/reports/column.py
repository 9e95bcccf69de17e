"""Columns of reports: formatted text on the screen, numbers and dates in an exported file."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from wagtail.admin.ui.tables import Column

from portal.accounts.models import Account
from portal.core.formatting import date_text, money_text
from portal.core.spreadsheets import Cell
from portal.office.accounts.lists import account_link

Value = Callable[[Any], Any]


class ReportColumn(Column):
    """A column: `value` reads a row, `show` formats the value as text or HTML, `export` as a cell of a file."""

    cell_template_name = "office/reports/_cell.html"

    def __init__(
        self,
        name: str,
        label: "str | Promise",
        value: Value,
        *,
        show: Callable[[Any], str] = str,
        export: Callable[[Any], Cell] | None = None,
        is_number: bool = False,
    ) -> None:
        super().__init__(name, label=label, accessor=value, classname="office-number" if is_number else "")
        self.show = show
        self.as_cell = export

    def get_value(self, instance: Any) -> str:
        value = super().get_value(instance)
        return "—" if value is None or value == "" else self.show(value)

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        first = next(iter(parent_context["table"].columns.values()))
        return {**context, "is_first": first is self}

    def exported(self, row: Any) -> Cell:
        """The cell of a file: numbers and dates as such."""
        value = super().get_value(row)
        return self.as_cell(value) if self.as_cell is not None and value is not None else value


def text(name: str, label: "str | Promise", value: Callable[[Any], str | None]) -> ReportColumn:
    """A column of text."""
    return ReportColumn(name, label, value)


def count(name: str, label: "str | Promise", value: Callable[[Any], int | None]) -> ReportColumn:
    """A column of whole numbers; None is unknown, not zero."""
    return ReportColumn(name, label, value, is_number=True)


def money(name: str, label: "str | Promise", value: Callable[[Any], Decimal | None]) -> ReportColumn:
    """A column of sums in ₽."""
    return ReportColumn(name, label, value, show=money_text, is_number=True)


def day(name: str, label: "str | Promise", value: Callable[[Any], dt.date | None]) -> ReportColumn:
    """A column of days."""
    return ReportColumn(name, label, value, show=lambda date: date_text(date, year=True))


def account(name: str, label: "str | Promise", value: Callable[[Any], Account]) -> ReportColumn:
    """A column of account numbers, each a link to the account's card."""
    return ReportColumn(name, label, value, show=account_link, export=lambda account: account.number)

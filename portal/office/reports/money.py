"""Reports on money."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from portal.billing.selectors.debt_ages import AgedDebt, debts_by_age, first_days
from portal.core import clock
from portal.core.formatting import money_text
from portal.core.money import ZERO
from portal.office.common.number_fields import DecimalField, DecimalInput
from portal.office.reports import column
from portal.office.reports.base import Report, ReportFilters, Total
from portal.office.reports.column import ReportColumn
from portal.office.reports.selectors import Debtor, accounts_matching, debtors

MAX_ROUBLES = Decimal(100_000_000)
OVERDUE = (
    _("1–30 days, ₽"),
    _("31–60 days, ₽"),
    _("61–90 days, ₽"),
    _("91–365 days, ₽"),
    _("More than 365 days, ₽"),
)
OVERDUE_FOR = (
    _("1 day or more"),
    _("31 days or more"),
    _("61 days or more"),
    _("91 days or more"),
    _("366 days or more"),
)


class DebtFilters(ReportFilters):
    """How old, how much, whose."""

    days = forms.TypedChoiceField(
        label=_("Overdue for"),
        required=False,
        coerce=int,
        initial=1,
        choices=list(zip(first_days(), OVERDUE_FOR, strict=True)),
    )
    least = DecimalField(
        label=_("Overdue sum from, ₽"),
        required=False,
        min_value=0,
        max_digits=11,
        decimal_places=2,
        initial=0,
        widget=DecimalInput,
        validators=[MaxValueValidator(MAX_ROUBLES)],
        help_text=_("Of the age chosen beside it."),
    )
    q = forms.CharField(label=_("Account, address or holder"), required=False, max_length=200, widget=forms.TextInput)


def _part(number: int) -> Callable[[Debtor], Decimal]:
    return lambda row: row.debt.overdue[number]


class DebtsByAge(Report):
    """Who owes how much for how long, and whom to call."""

    slug = "debts"
    page_title = _("Debts by age")
    description = _(
        "Debts as they stand today: payments go to the oldest month first. Overdue is what was not paid by its due "
        "day; the parts, what is not due yet, penalties and debts from before the portal add up to the balance."
    )
    empty = _("Nobody owes so much for so long.")
    header_icon = "warning"
    order = 10
    filters_class = DebtFilters
    columns: ClassVar[Sequence[ReportColumn]] = (
        column.account("account", _("Customer account"), lambda row: row.account),
        column.text("address", _("Address"), lambda row: row.account.premises.address),
        column.text("holder", _("Holder"), lambda row: row.names),
        column.text("phone", _("Phone"), lambda row: row.phones),
        column.money("overdue", _("Overdue, ₽"), lambda row: row.debt.overdue_from(1)),
        *(column.money(f"overdue_{number}", label, _part(number)) for number, label in enumerate(OVERDUE)),
        column.day("oldest", _("Overdue since"), lambda row: row.debt.oldest_due_on),
        column.money("not_due", _("Not due yet, ₽"), lambda row: row.debt.not_due),
        column.money("penalties", _("Penalties, ₽"), lambda row: row.debt.penalties),
        column.money("undated", _("Without a due day, ₽"), lambda row: row.debt.undated),
        column.money("balance", _("Owes, ₽"), lambda row: row.debt.balance),
    )

    def rows(self, filters: dict[str, Any]) -> Sequence[AgedDebt]:
        days, least = filters["days"], max(filters["least"], Decimal("0.01"))
        rows = [debt for debt in debts_by_age(today=clock.today()) if debt.overdue_from(days) >= least]
        if not filters["q"].strip():
            return rows
        accounts = accounts_matching(filters["q"])
        return [debt for debt in rows if debt.account_id in accounts]

    def totals(self, rows: Sequence[AgedDebt], filters: dict[str, Any]) -> Sequence[Total]:
        overdue = sum((debt.overdue_from(filters["days"]) for debt in rows), ZERO)
        return (
            Total(_("Accounts"), str(len(rows))),
            Total(_("Overdue for the age chosen"), money_text(overdue)),
            Total(_("Total owed"), money_text(sum((debt.balance for debt in rows), ZERO))),
        )

    def load(self, rows: Sequence[AgedDebt]) -> Sequence[Debtor]:
        return debtors(rows)


REPORTS: tuple[type[Report], ...] = (DebtsByAge,)

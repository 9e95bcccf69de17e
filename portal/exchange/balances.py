"""Opening balances from a file: what each account owes (or has paid in advance) from before the portal.

Booked many at a time. Who brings them may need a second person (portal.approvals): the import waits, not the rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.formatting import money_text
from portal.core.money import roubles
from portal.exchange import accounts
from portal.exchange.numbers import AccountNumbers, bare
from portal.exchange.readings import no_account_text
from portal.exchange.reports import BadRow, ImportReport, RowOutcome
from portal.exchange.rows import RowContext, RowRefused, refusing
from portal.exchange.tables import CellRefused, TableRow
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import opening_balances
from portal.ledger.services import NewEntry, lock_accounts, opening_keys, post_entries
from portal.payments.models import PaymentSettings

COLUMNS = {
    "account": accounts.COLUMNS["number"],
    "amount": ("Остаток", "Долг", "Сальдо", "Сумма", "Входящее сальдо", "Сальдо на начало"),
}
REQUIRED = ("account", "amount")
SAMPLES = [{"account": "0010001", "amount": "1240,50"}, {"account": "0010002", "amount": "-300,00"}]


@dataclass(frozen=True, slots=True)
class _Balance:
    """A balance that a row tells, ₽."""

    row: TableRow
    account_id: int
    amount: Decimal


def take_balances(report: ImportReport, context: RowContext, *, made_by: str = "", approved_by: str = "") -> None:
    """Book the balances of the report's rows; one that is booked already is a repeat, another sum is refused.

    For a caller that holds a transaction. `made_by`, `approved_by`: logins for the ledger.
    """
    numbers = AccountNumbers(row.shown("account") for row in (*report.table.rows, *context.others))
    balances = _balances(report, report.table.rows, numbers)
    elsewhere = _balances(ImportReport(dry_run=True, table=report.table), context.others, numbers)
    lock_accounts(sorted({balance.account_id for balance in balances}))
    accepted = _accepted(report, balances, elsewhere)
    ask_above = PaymentSettings.load().ask_above
    booked = []
    for balance in accepted:
        number, subject = balance.row.number, balance.row.shown("account")
        outcome = RowOutcome(new=True, change=_("Balance %(sum)s") % {"sum": money_text(balance.amount)})
        outcome.made = {"amount": str(balance.amount)}
        report.outcomes[number] = outcome
        if abs(balance.amount) > ask_above:
            outcome.questions.append(_("A debt of %(debt)s: is it right?") % {"debt": money_text(balance.amount)})
            if not context.accept_asked:
                report.asked.append(BadRow(number, subject, outcome.questions[0]))
                continue
        booked.append(balance)
    keys = opening_keys([balance.account_id for balance in booked])
    report.imported += post_entries(
        NewEntry(
            account_id=balance.account_id,
            kind=EntryKind.OPENING,
            amount=balance.amount,
            effective_on=context.today,
            key=keys[balance.account_id],
            source="opening",
            made_by=made_by,
            approved_by=approved_by,
        )
        for balance in booked
    )
    for balance in booked:
        report.outcomes[balance.row.number].made["entry"] = keys[balance.account_id]


def _balances(report: ImportReport, rows: Sequence[TableRow], numbers: AccountNumbers) -> list[_Balance]:
    """Return the balances that the rows state; rows that cannot be read are refused in the report."""
    balances = []
    for row in rows:
        with refusing(report, row.number, row.shown("account")):
            balances.append(_balance(row, numbers))
    return balances


def _balance(row: TableRow, numbers: AccountNumbers) -> _Balance:
    row.require_sound()
    account_id = numbers.find(row.code("account"))
    if account_id is None:
        raise RowRefused(no_account_text(row.code("account"), numbers))
    amount = row.number_of("amount", most=accounts.LARGEST_DEBT)
    if amount is None:
        raise RowRefused(_("There is no sum."))
    if roubles(amount) != amount:
        raise CellRefused("amount", "kopecks", value=row.shown("amount"))
    return _Balance(row, account_id, amount)


def _accepted(report: ImportReport, balances: list[_Balance], elsewhere: list[_Balance]) -> list[_Balance]:
    """Leave out zero balances, booked ones, and accounts with several rows or another balance."""
    rows_by_account: dict[int, list[int]] = defaultdict(list)
    for balance in (*balances, *elsewhere):
        rows_by_account[balance.account_id].append(balance.row.number)
    opening_sums = opening_balances([balance.account_id for balance in balances])
    accepted = []
    for balance in balances:
        number, subject = balance.row.number, balance.row.shown("account")
        others = [other for other in rows_by_account[balance.account_id] if other != number]
        booked = opening_sums.get(balance.account_id)
        if others:
            report.refuse(number, subject, _("The same account stands in row %(row)s. Leave one.") % {"row": others[0]})
        elif booked is not None and booked != balance.amount:
            report.refuse(
                number,
                subject,
                _("The account has a balance of %(booked)s already. Undo that import, or make a correction.")
                % {"booked": money_text(booked)},
            )
        elif booked is not None or balance.amount == 0:
            report.outcomes[number] = RowOutcome(new=False)
            report.repeated += 1
        else:
            accepted.append(balance)
    return accepted


def balance_key(row: TableRow) -> str:
    """What rows about one account have in common."""
    return bare(row.shown("account"))


def login_of(user: User | None) -> str:
    """The login that the ledger names; empty for nobody."""
    return user.get_username() if user is not None else ""

"""The line of a bill that a question is about, in words."""

from portal.accounts.models import Account
from portal.billing.selectors import BillLine, period_bill
from portal.core.formatting import money_text, period_text, volume_text
from portal.core.periods import Period


def quote(account: Account, *, month: str, line: str) -> str:
    """«Счёт за октябрь 2026, лицевой счёт 0010001. Холодное водоснабжение: 5,440 м³ × 64,84 ₽ = 352,73 ₽.»

    Empty unless the line is one of the account's own bill of the month. Russian: the company's staff read it.
    """
    try:
        period = Period.parse(month)
    except ValueError:
        return ""
    bill = period_bill(account, period)
    bill_line = (
        next((candidate for candidate in bill.lines if str(candidate.charge.pk) == line), None) if bill else None
    )
    if bill_line is None:
        return ""
    return f"Счёт за {period_text(period)}, лицевой счёт {account.number}. {bill_line.title}: {_sum(bill_line)}."


def _sum(line: BillLine) -> str:
    charge = line.charge
    if charge.volume is None or charge.price is None:
        return money_text(charge.amount)
    return f"{volume_text(charge.volume)} × {money_text(charge.price)} = {money_text(charge.amount)}"

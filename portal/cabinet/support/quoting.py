"""The line of a bill that a question is about, in words."""

from portal.accounts.models import Account
from portal.billing.selectors import BillLine, period_bill
from portal.core.formatting import money_text, period_text, volume_text
from portal.core.periods import Period


def bill_line(account: Account, *, month: str, line: str) -> BillLine | None:
    """The line of the account's own bill of a month («2026-10») by its key; None when it is none."""
    try:
        period = Period.parse(month)
    except ValueError:
        return None
    bill = period_bill(account, period)
    if bill is None:
        return None
    return next((candidate for candidate in bill.lines if str(candidate.charge.pk) == line), None)


def quote(account: Account, line: BillLine) -> str:
    """«Счёт за октябрь 2026, лицевой счёт 0010001. Холодное водоснабжение: 5,440 м³ × 64,84 ₽ = 352,73 ₽.»

    Russian: the company's staff read it.
    """
    period = Period.of(line.charge.period)
    return f"Счёт за {period_text(period)}, лицевой счёт {account.number}. {line.title}: {_sum(line)}."


def _sum(line: BillLine) -> str:
    charge = line.charge
    if charge.volume is None or charge.price is None:
        return money_text(charge.amount)
    return f"{volume_text(charge.volume)} × {money_text(charge.price)} = {money_text(charge.amount)}"

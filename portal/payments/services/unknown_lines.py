"""Unidentified payments: a person gives a line its account or dismisses it; what was decided is remembered."""

import datetime as dt

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.accounts.selectors import holds
from portal.payments.enums import DifferenceKind, FileState, LineState, PaymentChannel, RuleKind
from portal.payments.exceptions import BankFileRefused, LineSettled
from portal.payments.models import BankFileLine, Difference, IdentificationRule
from portal.payments.models.reconciliation import difference_key
from portal.payments.services.bank_files import normalised, payer_key
from portal.payments.services.recording import record_external_payment


@transaction.atomic
def settle_line(
    *, line: BankFileLine, account: Account, by: User, now: dt.datetime, remember: bool, note: str = ""
) -> BankFileLine:
    """Give an unidentified payment its account: it is credited; remembered for next time when asked.

    Raises LineSettled when somebody settled it before; BankFileRefused: "state" while its file is not imported,
    "own_account" when the employee holds the account themselves.
    """
    if holds(by, account):
        raise BankFileRefused("own_account")
    locked = _locked_line(line)
    if locked.amount is None or locked.paid_on is None or locked.amount <= 0:
        raise BankFileRefused("negative")
    payment = record_external_payment(
        account=account,
        amount=locked.amount,
        paid_on=locked.paid_on,
        for_period=locked.period,
        channel=PaymentChannel(locked.file.template.channel),
        key=f"registry:{locked.file_id}:{locked.number}",
        note=f"{locked.file.name}, строка {locked.number}"[:250],
    )
    locked.payment, locked.account, locked.state = payment, account, LineState.CREDITED
    locked.settled_by, locked.settled_at, locked.note = by, now, note[:250]
    locked.save()
    _off_the_list(locked, now)
    audit.money(account, by=by, what=f"Неопознанный платёж зачислен: {_named(locked)}", after=payment.amount)
    if remember:
        _remember(locked, account, by)
    return locked


@transaction.atomic
def dismiss_line(*, line: BankFileLine, by: User, now: dt.datetime, note: str, remember: bool) -> BankFileLine:
    """Say that a line is not a resident's payment, with the reason. Raises LineSettled, BankFileRefused."""
    if not note.strip():
        raise BankFileRefused("reason")
    locked = _locked_line(line)
    locked.state, locked.settled_by, locked.settled_at, locked.note = LineState.DISMISSED, by, now, note[:250]
    locked.save()
    _off_the_list(locked, now)
    audit.money(locked, by=by, what=f"Неопознанный платёж отклонён: {_named(locked)}", after=note[:250])
    if remember:
        _remember(locked, None, by)
    return locked


def _named(line: BankFileLine) -> str:
    return f"{line.file.name}, строка {line.number}"


def _off_the_list(line: BankFileLine, now: dt.datetime) -> None:
    """Resolve the differences of a settled line at once, without waiting for the next reconciliation."""
    key = difference_key(line, DifferenceKind.UNIDENTIFIED)
    Difference.objects.filter(key=key, resolved_at=None).update(resolved_at=now)


def _locked_line(line: BankFileLine) -> BankFileLine:
    locked = BankFileLine.objects.select_for_update(of=("self",)).select_related("file__template").get(pk=line.pk)
    if locked.state != LineState.UNKNOWN:
        raise LineSettled(str(line.pk))
    if locked.file.state != FileState.IMPORTED:
        raise BankFileRefused("state")
    return locked


def _remember(line: BankFileLine, account: Account | None, by: User) -> None:
    kind = RuleKind.ACCOUNT_TEXT if line.account_text else RuleKind.PAYER
    text = normalised(line.account_text) if line.account_text else payer_key(line)
    if text:
        IdentificationRule.objects.update_or_create(kind=kind, text=text, defaults={"account": account, "made_by": by})

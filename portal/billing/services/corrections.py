"""Entries that an accountant books by hand: debts from before, corrections with a reason and a document."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.approvals.enums import OperationKind, OperationState
from portal.approvals.models import MoneyOperation
from portal.approvals.services import NewOperation, submit
from portal.billing.exceptions import CorrectionInFuture, CorrectionTooEarly
from portal.billing.models import Correction, OpeningDebt
from portal.core import clock
from portal.core.formatting import NBSP, money_text
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry


@transaction.atomic
def bring_debt(*, account: Account, period: Period, due_on: dt.date, amount: Decimal) -> OpeningDebt:
    """Book an unpaid charge from before the portal, ₽; the same month brought twice is one debt."""
    debt, created = OpeningDebt.objects.get_or_create(
        account=account, period=period.first_day, defaults={"due_on": due_on, "amount": amount}
    )
    if created:
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.OPENING,
                amount=amount,
                effective_on=due_on,
                key=f"opening:{account.pk}:{period}",
                source=f"opening_debt:{debt.pk}",
                period=period.first_day,
            )
        )
    return debt


@transaction.atomic
def correct(
    *,
    account: Account,
    amount: Decimal,
    for_period: Period,
    reason: str,
    document: str,
    on: dt.date,
    by: User | None,
    service: str = "",
    approved_by: User | None = None,
) -> Correction:
    """Book a correction in ₽ (positive: the resident owes more) with its reason and document.

    What it takes off settles that month first, then the oldest debt; what it adds is owed with the next closed
    period. Employees come here through `submit_correction`, which asks for a
    second person. Raises IntegrityError without a reason, a document or a sum, or when one person is both.
    """
    correction = Correction.objects.create(
        account=account,
        service=service,
        for_period=for_period.first_day,
        amount=amount,
        reason=reason,
        document=document,
        booked_on=on,
        booked_by=by,
        approved_by=approved_by,
    )
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.CORRECTION,
            amount=amount,
            effective_on=on,
            key=f"correction:{correction.pk}",
            source=f"correction:{correction.pk}",
            period=for_period.first_day,
            note=reason,
            made_by=by.get_username() if by else "",
            approved_by=approved_by.get_username() if approved_by else "",
        )
    )
    audit.money(account, by=by, what=f"Исправление №{NBSP}{correction.pk}", after=f"{money_text(amount)}. {reason}")
    return correction


CLAIM_MONTHS = 36
"""For how long claims last: three years (Civil Code, art. 196)."""


def require_correction_month(*, account: Account, period: Period, today: dt.date) -> None:
    """Raise CorrectionInFuture for a month ahead, CorrectionTooEarly for one that can only be a typing error."""
    if period > Period.of(today):
        raise CorrectionInFuture
    earliest = max(Period.of(account.opened_on), Period.of(today).shift(-CLAIM_MONTHS))
    if period < earliest:
        raise CorrectionTooEarly(earliest=earliest)


@transaction.atomic
def submit_correction(
    *,
    account: Account,
    amount: Decimal,
    for_period: Period,
    reason: str,
    document: str,
    by: User,
    key: str,
    now: dt.datetime,
    service: str = "",
) -> MoneyOperation:
    """An employee corrects an account: booked at once within their limits, else when a second person approves.

    `key` makes a repeat of the same form harmless. The operation's state says what happened. Raises
    CorrectionInFuture, CorrectionTooEarly.
    """
    require_correction_month(account=account, period=for_period, today=clock.date_of(now))
    operation, created = submit(
        NewOperation(
            kind=OperationKind.CORRECTION,
            key=f"correction:{by.pk}:{key}",
            account=account,
            amount=amount,
            reason=reason,
            document=document,
            details={"for_period": str(for_period), "service": service},
        ),
        by=by,
        now=now,
    )
    if created and operation.state == OperationState.ALONE:
        book_operation(operation, now)
    return operation


def book_operation(operation: MoneyOperation, now: dt.datetime) -> None:
    """Book a correction that its maker may book alone, or that a second person has just approved."""
    correct(
        account=operation.account,
        amount=operation.amount,
        for_period=Period.parse(operation.details["for_period"]),
        reason=operation.reason,
        document=operation.document,
        on=clock.date_of(now),
        by=operation.made_by,
        service=operation.details["service"],
        approved_by=operation.decided_by,
    )

"""What an accountant books by hand: debts from before, corrections with a reason and a document."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Account, User
from portal.billing.models import Correction, OpeningDebt
from portal.core.formatting import money_text
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
) -> Correction:
    """Book a correction in ₽ (positive: the resident owes more) with its reason and document.

    It joins the debt of the next closed period. Raises IntegrityError without a reason, a document or a sum.
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
        )
    )
    audit.money(account, by=by, what=f"Корректировка № {correction.pk}", after=f"{money_text(amount)}. {reason}")
    return correction

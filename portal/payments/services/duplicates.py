"""Payments made twice by mistake: found when the second is paid, decided by staff."""

import datetime as dt

from django.db import transaction

from portal.accounts.models import User
from portal.core.money import ZERO
from portal.ledger.selectors import balance
from portal.payments.enums import DuplicateDecision, PaymentState
from portal.payments.exceptions import LineSettled
from portal.payments.models import Payment, PaymentSettings, PossibleDuplicate


def find_duplicate(*, payment: Payment, now: dt.datetime) -> PossibleDuplicate | None:
    """Suspect a payment that repeats the sum of an earlier one and leaves an advance.

    Looks back over the days of the setting, at the same account, in every channel. For callers in a transaction.
    """
    days = PaymentSettings.load().duplicate_days
    if payment.paid_on is None or not days:
        return None
    earlier = (
        Payment.objects.filter(
            account_id=payment.account_id,
            amount=payment.amount,
            state=PaymentState.SUCCEEDED,
            refunded=ZERO,
            paid_on__gte=payment.paid_on - dt.timedelta(days=days),
            paid_on__lte=payment.paid_on,
        )
        .exclude(pk=payment.pk)
        .order_by("-paid_at")
        .first()
    )
    if earlier is None or balance(payment.account) > -payment.amount:
        return None
    return PossibleDuplicate.objects.get_or_create(payment=payment, defaults={"earlier": earlier, "found_at": now})[0]


@transaction.atomic
def decide_duplicate(
    *, duplicate: PossibleDuplicate, decision: DuplicateDecision, by: User, now: dt.datetime
) -> PossibleDuplicate:
    """Write down what staff decided. Raises LineSettled when somebody decided before."""
    changed = PossibleDuplicate.objects.filter(pk=duplicate.pk, decision=DuplicateDecision.OPEN).update(
        decision=decision, decided_by=by, decided_at=now
    )
    if not changed:
        raise LineSettled(str(duplicate.pk))
    duplicate.refresh_from_db()
    return duplicate

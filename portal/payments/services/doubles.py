"""Payments made twice by mistake: found when the second is paid, decided by staff."""

import datetime as dt

from django.db import transaction

from portal.accounts.models import User
from portal.core.money import ZERO
from portal.ledger.selectors import balance
from portal.payments.enums import DoubleDecision, PaymentState
from portal.payments.exceptions import LineSettled
from portal.payments.models import Payment, PaymentSettings, PossibleDouble


def look_for_double(*, payment: Payment, now: dt.datetime) -> PossibleDouble | None:
    """Suspect a payment that repeats the sum of an earlier one and leaves an advance.

    Looks back over the days of the setting, at the same account, in every channel. For callers in a transaction.
    """
    days = PaymentSettings.load().double_days
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
    return PossibleDouble.objects.get_or_create(payment=payment, defaults={"earlier": earlier, "found_at": now})[0]


@transaction.atomic
def decide_double(*, double: PossibleDouble, decision: DoubleDecision, by: User, now: dt.datetime) -> PossibleDouble:
    """Write down what staff decided. Raises LineSettled when somebody decided before."""
    changed = PossibleDouble.objects.filter(pk=double.pk, decision=DoubleDecision.OPEN).update(
        decision=decision, decided_by=by, decided_at=now
    )
    if not changed:
        raise LineSettled(str(double.pk))
    double.refresh_from_db()
    return double

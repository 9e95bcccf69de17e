"""The demo bank's own book: what its page writes and its API reads. The portal never looks here directly."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from portal.payments.gateways.demo import cards
from portal.payments.models import DemoBankPayment

SLOW = dt.timedelta(seconds=30)
LIVES = dt.timedelta(hours=1)


def settle(payment: DemoBankPayment, *, now: dt.datetime) -> DemoBankPayment:
    """Let time pass at the bank: what it thought about is decided, what nobody paid expires."""
    if payment.state != "pending":
        return payment
    if payment.decides_at is not None and payment.decides_at <= now:
        _finish(payment, now=payment.decides_at)
    elif payment.expires_at <= now:
        _close(payment, state="canceled", reason="expired_on_confirmation")
    payment.refresh_from_db()
    return payment


def _close(payment: DemoBankPayment, *, state: str, reason: str = "", captured_at: dt.datetime | None = None) -> None:
    DemoBankPayment.objects.filter(Q(state="pending"), pk=payment.pk).update(
        state=state, reason=reason, captured_at=captured_at, decides_at=None
    )


def _finish(payment: DemoBankPayment, *, now: dt.datetime) -> None:
    if payment.capture:
        _close(payment, state="succeeded", captured_at=now)
    else:
        _close(payment, state="waiting_for_capture")


@transaction.atomic
def present_card(*, payment: DemoBankPayment, card: cards.TestCard) -> DemoBankPayment:
    """Remember which card was given; money moves in `decide`."""
    DemoBankPayment.objects.filter(pk=payment.pk, state="pending").update(
        network=card.network, last4=card.number[-4:], scenario=card.outcome, attempts=0
    )
    payment.refresh_from_db()
    return payment


def give_up(*, payment: DemoBankPayment) -> DemoBankPayment:
    """The payer goes back to the shop without paying. What the bank already decides about goes on."""
    if payment.decides_at is None and payment.scenario != "silent":
        _close(payment, state="canceled", reason="canceled_by_payer")
    payment.refresh_from_db()
    return payment


@transaction.atomic
def wrong_code(*, payment: DemoBankPayment) -> int:
    """Count a wrong code of 3-D Secure; the last one declines. Returns how many tries are left."""
    payment.attempts += 1
    payment.save(update_fields=["attempts"])
    left = max(0, cards.WRONG_CODES - payment.attempts)
    if left == 0:
        _close(payment, state="canceled", reason="3d_secure_failed")
    return left


@transaction.atomic
def decide(*, payment: DemoBankPayment, card: cards.TestCard, now: dt.datetime) -> DemoBankPayment:
    """The bank's answer to a card: by its scenario, or by the sum."""
    reason = cards.decline_by_sum(payment.amount) or card.reason
    if reason:
        _close(payment, state="canceled", reason=reason)
    elif card.outcome == "slow":
        DemoBankPayment.objects.filter(pk=payment.pk, state="pending").update(decides_at=now + SLOW)
    elif card.outcome != "silent":
        _finish(payment, now=now)
    payment.refresh_from_db()
    return payment


def notices_of(payment: DemoBankPayment) -> list[dict[str, Any]]:
    """The notices that the bank sends about a finished payment, in the order in which they arrive."""
    if payment.state == "pending" or payment.scenario == "lost":
        return []
    last = notice(payment, payment.state)
    if payment.scenario == "twice":
        return [last, last]
    if payment.scenario == "reordered":
        return [last, notice(payment, "waiting_for_capture")]
    return [last]


def notice(payment: DemoBankPayment, state: str) -> dict[str, Any]:
    """A notice in the shape of YooKassa's."""
    return {
        "type": "notification",
        "event": f"payment.{state}",
        "object": {
            "id": str(payment.pk),
            "status": state,
            "amount": {"value": str(payment.amount), "currency": "RUB"},
            "metadata": {"reference": payment.reference},
        },
    }

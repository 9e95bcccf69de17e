"""Notifications to residents about their money: a payment, a refund."""

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from portal.accounts.recipients import holders_on
from portal.core.clock import date_of
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, money, register
from portal.notifications.services import notify
from portal.notifications.texts import Text
from portal.payments.models import Payment, Refund
from portal.payments.reasons import lazy_reason_text

PAYMENT_PAGE = Link("cabinet:payment", (UUID(int=0),))
AMOUNT = money(_("Sum of the payment or refund"), Decimal("1240.50"))

PAYMENT_RECEIVED = register(
    NotificationKind(
        code="payment_received",
        name=_("Payment received"),
        category=categories.PAYMENT,
        icon="card",
        link=PAYMENT_PAGE,
        placeholders={"amount": AMOUNT},
        russian=Text("Платёж: получен", "Получили {amount}. Подтверждение можно скачать в личном кабинете."),
        english=Text("Payment received", "We received {amount}. You can download the confirmation in your account."),
    )
)
PAYMENT_FAILED = register(
    NotificationKind(
        code="payment_failed",
        name=_("Payment failed"),
        category=categories.PAYMENT,
        icon="card",
        link=PAYMENT_PAGE,
        placeholders={
            "amount": AMOUNT,
            "reason": Placeholder(_("Why, and what to do"), lazy_reason_text("insufficient_funds")),
        },
        russian=Text("Платёж: не прошёл", "{amount} не списаны. {reason}"),
        english=Text("Payment failed", "{amount} was not charged. {reason}"),
    )
)
REFUND_REQUESTED = register(
    NotificationKind(
        code="refund_requested",
        name=_("Refund requested"),
        category=categories.PAYMENT,
        icon="card",
        link=PAYMENT_PAGE,
        placeholders={"amount": AMOUNT},
        russian=Text(
            "Платёж: просьба о возврате", "Приняли просьбу вернуть {amount}. Бухгалтер ответит в течение 10 дней."
        ),
        english=Text(
            "Refund requested", "We received your request to refund {amount}. An accountant answers within 10 days."
        ),
    )
)
REFUND_PAID = register(
    NotificationKind(
        code="refund_paid",
        name=_("Refund paid"),
        category=categories.PAYMENT,
        icon="card",
        link=PAYMENT_PAGE,
        placeholders={"amount": AMOUNT},
        russian=Text(
            "Платёж: возврат выполнен",
            "Вернули {amount}. На карту деньги приходят в течение нескольких дней.",
        ),
        english=Text("Refund paid", "We refunded {amount}. Money reaches a card within a few days."),
    )
)
REFUND_REJECTED = register(
    NotificationKind(
        code="refund_rejected",
        name=_("Refund rejected"),
        category=categories.PAYMENT,
        icon="card",
        link=PAYMENT_PAGE,
        placeholders={
            "amount": AMOUNT,
            "answer": Placeholder(_("The accountant's answer"), "Платёж уже вернул банк."),
        },
        russian=Text("Платёж: возврат отклонён", "Вернуть {amount} не можем. {answer}"),
        english=Text("Refund rejected", "We cannot refund {amount}. {answer}"),
    )
)


def _notify(kind: NotificationKind, payment: Payment, event: str, **values: object) -> None:
    notify(
        kind=kind,
        event=event,
        recipients=holders_on(payment.account, date_of(payment.created_at)),
        context=values,
        link_args=(payment.reference,),
    )


def paid(payment: Payment) -> None:
    """The money has come."""
    _notify(PAYMENT_RECEIVED, payment, f"payment:{payment.pk}:paid", amount=payment.amount)


def not_paid(payment: Payment) -> None:
    """The bank refused, or the time ran out."""
    reason = lazy_reason_text(payment.cancel_reason)
    _notify(PAYMENT_FAILED, payment, f"payment:{payment.pk}:canceled", amount=payment.amount, reason=reason)


def refund_asked(refund: Refund) -> None:
    """The resident's own request was received."""
    _notify(REFUND_REQUESTED, refund.payment, f"refund:{refund.pk}:asked", amount=refund.amount)


def returned(refund: Refund) -> None:
    """The money is on its way back."""
    _notify(REFUND_PAID, refund.payment, f"refund:{refund.pk}:returned", amount=refund.amount)


def refund_rejected(refund: Refund) -> None:
    """Staff said no, with a reason."""
    _notify(
        REFUND_REJECTED,
        refund.payment,
        f"refund:{refund.pk}:rejected",
        amount=refund.amount,
        answer=refund.answer,
    )

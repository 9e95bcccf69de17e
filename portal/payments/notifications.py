"""What residents are told about their money. The texts are Russian content, not translations."""

from portal.accounts.recipients import holders_on
from portal.core.clock import MOSCOW
from portal.core.formatting import money_text
from portal.notifications.enums import Kind
from portal.notifications.services import notify
from portal.payments.models import Payment, Refund
from portal.payments.reasons import reason_text


def _notify(payment: Payment, event: str, state: str, text: str) -> None:
    notify(
        kind=Kind.PAYMENT,
        event=event,
        recipients=holders_on(payment.account, payment.created_at.astimezone(MOSCOW).date()),
        context={"state": state, "text": text},
        link=f"/personal/pay/{payment.reference}/",
    )


def paid(payment: Payment) -> None:
    """The money has come."""
    text = f"Получили {money_text(payment.amount)}. Подтверждение можно скачать в личном кабинете."
    _notify(payment, f"payment:{payment.pk}:paid", "получен", text)


def not_paid(payment: Payment) -> None:
    """The bank refused, or the time ran out."""
    text = f"{money_text(payment.amount)} не списаны. {reason_text(payment.cancel_reason)}"
    _notify(payment, f"payment:{payment.pk}:canceled", "не прошёл", text)


def refund_asked(refund: Refund) -> None:
    """The resident's own request was received."""
    text = f"Приняли просьбу вернуть {money_text(refund.amount)}. Бухгалтер ответит в течение 10 дней."
    _notify(refund.payment, f"refund:{refund.pk}:asked", "просьба о возврате", text)


def returned(refund: Refund) -> None:
    """The money is on its way back."""
    text = f"Вернули {money_text(refund.amount)}. На карту деньги приходят в течение нескольких дней."
    _notify(refund.payment, f"refund:{refund.pk}:returned", "возврат выполнен", text)


def refund_rejected(refund: Refund) -> None:
    """Staff said no, with a reason."""
    text = f"Вернуть {money_text(refund.amount)} не можем. {refund.answer}".strip()
    _notify(refund.payment, f"refund:{refund.pk}:rejected", "возврат отклонён", text)

"""The confirmation of a payment as a PDF. Its text is Russian content."""

from portal.accounts.selectors import current_holder
from portal.core.pdf.documents import render_document
from portal.payments.enums import PaymentChannel
from portal.payments.models import Payment

MEANS = {
    PaymentChannel.CARD: "Карта",
    PaymentChannel.BANK: "Через банк",
    PaymentChannel.POST: "Почта",
    PaymentChannel.OFFICE: "Касса",
    PaymentChannel.TRANSFER: "Банковский перевод",
}


def confirmation_pdf(*, payment: Payment) -> bytes:
    """A paid payment on the letterhead: who, for what account, how much, when, how, what was returned."""
    context = {
        "payment": payment,
        "account": payment.account,
        "holder": current_holder(payment.account, on=payment.paid_on) or current_holder(payment.account),
        "means": MEANS[PaymentChannel(payment.channel)],
        "refunds": payment.refunds.filter(state="succeeded").order_by("returned_on"),
    }
    return render_document("payments/confirmation.html", context)

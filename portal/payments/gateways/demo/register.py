"""The demo bank's cash register: numbers of a receipt that no tax service knows, made from the payment's own."""

from dataclasses import dataclass
from decimal import Decimal

from portal.core import clock
from portal.core.money import roubles
from portal.payments.models import DemoBankPayment

STORAGE = "9999078900000001"


@dataclass(frozen=True, slots=True)
class FiscalNumbers:
    """Storage (16 digits), document, sign (10 digits)."""

    storage: str
    document: str
    sign: str


def numbers_of(payment: DemoBankPayment) -> FiscalNumbers:
    """The numbers of a payment's receipt, the same whenever it is asked for."""
    whole = payment.pk.int
    return FiscalNumbers(STORAGE, str(1 + whole % 99_999), f"{whole // 100_000 % 10**10:010}")


def code_of(payment: DemoBankPayment) -> str:
    """The text of a receipt's QR code: moment, sum, storage, document, sign, kind (1: a sale)."""
    numbers = numbers_of(payment)
    moment = (payment.captured_at or payment.created_at).astimezone(clock.MOSCOW)
    return (
        f"t={moment:%Y%m%dT%H%M}&s={payment.amount:.2f}&fn={numbers.storage}&i={numbers.document}&fp={numbers.sign}&n=1"
    )


def vat_of(payment: DemoBankPayment) -> Decimal | None:
    """The VAT within the sum, ₽; None when there is none."""
    if payment.receipt_vat is None:
        return None
    return roubles(payment.amount * payment.receipt_vat / (100 + payment.receipt_vat))

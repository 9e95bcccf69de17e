"""The demo bank's cash register: slips whose numbers no tax service knows, made from the money's own."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from portal.core import clock
from portal.core.money import included_vat
from portal.payments.models import DemoBankPayment, DemoBankRefund

STORAGE = "9999078900000001"
SALE, RETURN = 1, 2  # kinds of the calculation, as the QR code of a receipt names them


@dataclass(frozen=True, slots=True)
class FiscalNumbers:
    """Storage (16 digits), document, sign (10 digits)."""

    storage: str
    document: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A receipt as it is printed: of a sale, or of its return; sums in ₽, no `vat` where there is none."""

    kind: int
    moment: dt.datetime
    amount: Decimal
    item: str
    contact: str
    vat_percent: Decimal | None
    vat: Decimal | None
    numbers: FiscalNumbers
    back_url: str

    @property
    def is_return(self) -> bool:
        return self.kind == RETURN

    @property
    def code(self) -> str:
        """The text of the QR code: moment, sum, storage, document, sign, kind."""
        local, numbers = self.moment.astimezone(clock.MOSCOW), self.numbers
        return (
            f"t={local:%Y%m%dT%H%M}&s={self.amount:.2f}&fn={numbers.storage}&i={numbers.document}"
            f"&fp={numbers.sign}&n={self.kind}"
        )


def numbers_of(money: DemoBankPayment | DemoBankRefund) -> FiscalNumbers:
    """The numbers of a receipt, the same whenever it is asked for."""
    whole = money.pk.int
    return FiscalNumbers(STORAGE, str(1 + whole % 99_999), f"{whole // 100_000 % 10**10:010}")


def slip_of(payment: DemoBankPayment, refund: DemoBankRefund | None = None) -> Slip:
    """The receipt of a payment, or of one of its refunds (with the VAT of the sale)."""
    amount = refund.amount if refund else payment.amount
    percent = payment.receipt_vat
    return Slip(
        kind=RETURN if refund else SALE,
        moment=refund.created_at if refund else payment.captured_at or payment.created_at,
        amount=amount,
        item=payment.receipt_item,
        contact=payment.receipt_contact,
        vat_percent=percent,
        vat=None if percent is None else included_vat(amount, percent),
        numbers=numbers_of(refund or payment),
        back_url=payment.return_url,
    )

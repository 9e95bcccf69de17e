"""Exceptions of payments."""

import datetime as dt
from decimal import Decimal


class PaymentError(Exception):
    """Any refusal of this app."""


class AmountRefused(PaymentError):
    """A sum that cannot be paid; `code` is one of: zero, negative, kopecks, too_small, too_big, not_a_number."""

    def __init__(self, code: str, *, limit: Decimal | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


class KeyReused(PaymentError):
    """The key of this form was used already for a payment of another sum or account."""


class SimilarPaymentOpen(PaymentError):
    """An open payment of the same sum was begun a short while ago; the resident is asked before a second one."""

    def __init__(self, *, payment_id: int, begun_at: dt.datetime) -> None:
        super().__init__(str(payment_id))
        self.payment_id = payment_id
        self.begun_at = begun_at


class GatewayNotReady(PaymentError):
    """The gateway has no keys: residents see no payment button, staff see a warning."""


class ContactNeeded(PaymentError):
    """The electronic receipt needs an e-mail address or a phone number of the buyer."""


class AddressIncomplete(ContactNeeded):
    """The e-mail address for the electronic receipt is not valid."""


class RefundRefused(PaymentError):
    """A refund that is refused; `code` is one of: not_paid, too_much, state, reason, sum."""

    def __init__(self, code: str, *, left: Decimal | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.left = left


class NoticeRefused(PaymentError):
    """A notice that is not from the gateway, or not readable; `code` is one of: source, body, gateway."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BankFileRefused(PaymentError):
    """A bank file that is refused as a whole; `code` is the reason, `detail` the value at fault."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


class LineSettled(PaymentError):
    """This line was settled already."""

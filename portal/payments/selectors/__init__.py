"""Reads of payments, starting from who asks."""

from portal.payments.selectors.residents import payment_of, payments_of
from portal.payments.selectors.settling import Settlement, settlement

__all__ = ["Settlement", "payment_of", "payments_of", "settlement"]

"""Reads of payments, starting from who asks."""

from portal.payments.selectors.residents import payment_of, payments_of, references_of
from portal.payments.selectors.settling import Settlement, open_debts, settle

__all__ = ["Settlement", "open_debts", "payment_of", "payments_of", "references_of", "settle"]

"""Writes of payments; the ones that other apps call are offered here."""

from portal.payments.services.recording import ExternalPayment, record_external_payment, record_external_payments

__all__ = ["ExternalPayment", "record_external_payment", "record_external_payments"]

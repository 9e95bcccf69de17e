"""Payments, what passed with the gateways, refunds, bank payment files, reconciliation."""

from portal.payments.models.bank_file import (
    BankFile,
    BankFileChunk,
    BankFileColumn,
    BankFileImport,
    BankFileLine,
    BankFileTemplate,
    IdentificationRule,
)
from portal.payments.models.demo_bank import DemoBankPayment, DemoBankRefund
from portal.payments.models.gateway_state import GatewayState
from portal.payments.models.payment import GatewayEvent, Payment, PossibleDuplicate
from portal.payments.models.reconciliation import Difference, ReconciliationRun
from portal.payments.models.refund import Refund
from portal.payments.models.terms import PaymentSettings

__all__ = [
    "BankFile",
    "BankFileChunk",
    "BankFileColumn",
    "BankFileImport",
    "BankFileLine",
    "BankFileTemplate",
    "DemoBankPayment",
    "DemoBankRefund",
    "Difference",
    "GatewayEvent",
    "GatewayState",
    "IdentificationRule",
    "Payment",
    "PaymentSettings",
    "PossibleDuplicate",
    "ReconciliationRun",
    "Refund",
]

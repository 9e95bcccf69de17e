"""Payments, what passed with the gateways, refunds, bank registries, reconciliation."""

from portal.payments.models.demo_bank import DemoBankPayment, DemoBankRefund
from portal.payments.models.payment import GatewayEvent, Payment, PossibleDuplicate
from portal.payments.models.reconciliation import Difference, ReconciliationRun
from portal.payments.models.refund import Refund
from portal.payments.models.registry import (
    IdentificationRule,
    RegistryColumn,
    RegistryFile,
    RegistryLine,
    RegistryTemplate,
)
from portal.payments.models.terms import PaymentSettings

__all__ = [
    "DemoBankPayment",
    "DemoBankRefund",
    "Difference",
    "GatewayEvent",
    "IdentificationRule",
    "Payment",
    "PaymentSettings",
    "PossibleDuplicate",
    "ReconciliationRun",
    "Refund",
    "RegistryColumn",
    "RegistryFile",
    "RegistryLine",
    "RegistryTemplate",
]

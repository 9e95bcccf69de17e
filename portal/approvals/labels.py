"""Texts of the audit about money operations. Russian content, whatever language the process runs in."""

from enum import StrEnum

from portal.approvals.models import MoneyOperation
from portal.core.formatting import NBSP

TITLES = {"refund": "возврат", "correction": "исправление", "recalculation": "перерасчёт"}
NEUTER = ("correction",)
TAKEN_BACK = "Отозвано тем, кто оформил."
"""The answer of an operation that its maker took back."""


class OperationEvent(StrEnum):
    """Events of an operation."""

    WAITS = "waits"
    APPROVED = "approved"
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"


MASCULINE_LABELS = {
    OperationEvent.APPROVED: "Подтверждён",
    OperationEvent.REJECTED: "Отклонён",
    OperationEvent.TAKEN_BACK: "Отозван",
}
NUMBER_LABELS = {
    OperationEvent.WAITS: "ждёт утверждения",
    OperationEvent.APPROVED: "утверждено",
    OperationEvent.REJECTED: "отклонено",
    OperationEvent.TAKEN_BACK: "забрано обратно",
}
"""What happened to a number that waits for a second person."""
NEUTER_LABELS = {
    OperationEvent.APPROVED: "Подтверждено",
    OperationEvent.REJECTED: "Отклонено",
    OperationEvent.TAKEN_BACK: "Отозвано",
}


def numbered(operation: MoneyOperation) -> str:
    """«исправление № 2»."""
    return f"{TITLES[operation.kind]} №{NBSP}{operation.pk}"


def event_text(operation: MoneyOperation, event: OperationEvent) -> str:
    """«Подтверждено исправление № 2», «Исправление № 2 ждёт второго сотрудника»."""
    if event == OperationEvent.WAITS:
        named = numbered(operation)
        return f"{named[:1].upper()}{named[1:]} ждёт второго сотрудника"
    endings = NEUTER_LABELS if operation.kind in NEUTER else MASCULINE_LABELS
    return f"{endings[event]} {numbered(operation)}"

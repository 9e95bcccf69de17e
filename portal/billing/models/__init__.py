"""Dated numbers, interruptions, closings and what they booked."""

from portal.billing.models.charges import AccountClosing, Charge, Correction, OpeningDebt
from portal.billing.models.events import Interruption, TamperingReport
from portal.billing.models.numbers import (
    BillingSettings,
    KeyRate,
    KeyRateCap,
    Norm,
    RaisingCoefficient,
    Rate,
    VatRate,
    WorkdayException,
    WorkdayYear,
)
from portal.billing.models.previews import ClosingReview, ClosingSettings, PreviewChunk, PreviewRun
from portal.billing.models.reminders import DebtReminder, DebtReminderSettings
from portal.billing.models.runs import (
    CalendarStep,
    LedgerCheck,
    PeriodRun,
    ReversalChunk,
    ReversalRun,
    RunChunk,
    RunFailure,
)

__all__ = [
    "AccountClosing",
    "BillingSettings",
    "CalendarStep",
    "Charge",
    "ClosingReview",
    "ClosingSettings",
    "Correction",
    "DebtReminder",
    "DebtReminderSettings",
    "Interruption",
    "KeyRate",
    "KeyRateCap",
    "LedgerCheck",
    "Norm",
    "OpeningDebt",
    "PeriodRun",
    "PreviewChunk",
    "PreviewRun",
    "RaisingCoefficient",
    "Rate",
    "ReversalChunk",
    "ReversalRun",
    "RunChunk",
    "RunFailure",
    "TamperingReport",
    "VatRate",
    "WorkdayException",
    "WorkdayYear",
]

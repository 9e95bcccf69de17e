"""Dated numbers, interruptions, closings and what they booked."""

from portal.billing.models.charges import AccountClosing, Charge, Correction, OpeningDebt
from portal.billing.models.events import Interruption, TamperingAct
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
from portal.billing.models.runs import CalendarStep, PeriodRun, RunChunk, RunFailure

__all__ = [
    "AccountClosing",
    "BillingSettings",
    "CalendarStep",
    "Charge",
    "Correction",
    "Interruption",
    "KeyRate",
    "KeyRateCap",
    "Norm",
    "OpeningDebt",
    "PeriodRun",
    "RaisingCoefficient",
    "Rate",
    "RunChunk",
    "RunFailure",
    "TamperingAct",
    "VatRate",
    "WorkdayException",
    "WorkdayYear",
]

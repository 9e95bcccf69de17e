"""Reads of billing, starting from an account that the caller may see. Other parts import from here."""

from portal.billing.selectors.bills import (
    AmountDue,
    BillLine,
    ClosedPeriod,
    PeriodBill,
    closed_periods,
    current_bill,
    neighbours,
    period_bill,
)
from portal.billing.selectors.calendar import CalendarRow, calendar_of, workday_gaps
from portal.billing.selectors.closing_previews import (
    ClosingPreview,
    PreviewChanges,
    changes_since_preview,
    is_running,
    open_review,
    open_reviews,
    result_of,
    reviews_of,
    stored_preview,
)
from portal.billing.selectors.consumption import MonthOfWater, consumption
from portal.billing.selectors.debts import DebtRow, DebtState, debt_state
from portal.billing.selectors.estimates import Estimate, EstimatedLine, WithoutReading, estimate, without_readings
from portal.billing.selectors.interruptions import interruptions_decided, interruptions_waiting
from portal.billing.selectors.number_changes import (
    ChangePreview,
    Withdrawal,
    preview_number_change,
    preview_rate_withdrawal,
)
from portal.billing.selectors.numbers import norms_in_force, rates_in_force, vat_percent
from portal.billing.selectors.previews import (
    KeyRatePreview,
    NumberPreview,
    last_closed_month,
    preview_key_rate,
    preview_number,
    preview_rate,
)
from portal.billing.selectors.runs import (
    RunResult,
    is_closed,
    run_result,
)
from portal.billing.selectors.warnings import (
    WATCHED_DAYS,
    NoReadings,
    VerificationExpires,
    Warnings,
    account_warnings,
)

__all__ = [
    "WATCHED_DAYS",
    "AmountDue",
    "BillLine",
    "CalendarRow",
    "ChangePreview",
    "ClosedPeriod",
    "ClosingPreview",
    "DebtRow",
    "DebtState",
    "Estimate",
    "EstimatedLine",
    "KeyRatePreview",
    "MonthOfWater",
    "NoReadings",
    "NumberPreview",
    "PeriodBill",
    "PreviewChanges",
    "RunResult",
    "VerificationExpires",
    "Warnings",
    "Withdrawal",
    "WithoutReading",
    "account_warnings",
    "calendar_of",
    "changes_since_preview",
    "closed_periods",
    "consumption",
    "current_bill",
    "debt_state",
    "estimate",
    "interruptions_decided",
    "interruptions_waiting",
    "is_closed",
    "is_running",
    "last_closed_month",
    "neighbours",
    "norms_in_force",
    "open_review",
    "open_reviews",
    "period_bill",
    "preview_key_rate",
    "preview_number",
    "preview_number_change",
    "preview_rate",
    "preview_rate_withdrawal",
    "rates_in_force",
    "result_of",
    "reviews_of",
    "run_result",
    "stored_preview",
    "vat_percent",
    "without_readings",
    "workday_gaps",
]

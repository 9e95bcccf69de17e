"""Writes of billing. Other parts import from here."""

from portal.billing.number_types import NumberChange
from portal.billing.services.calendar import NotYet, Ran, run_due_steps, run_step
from portal.billing.services.closing import close_chunk, close_period, progress, sweep_runs
from portal.billing.services.closing_checks import (
    close_after_check,
    current_findings,
    findings_of_closed,
    preview_for_closing,
    require_checked,
)
from portal.billing.services.corrections import bring_debt, correct, submit_correction
from portal.billing.services.interruptions import (
    approve_interruption,
    change_decision,
    propose_interruption,
    reject_interruption,
    reject_together,
)
from portal.billing.services.number_requests import change_of, submit_change
from portal.billing.services.numbers import (
    apply_change,
    check_change,
    existing_number,
    first_open_day,
    lock_numbers,
    require_open,
    require_unused,
)
from portal.billing.services.previewing import (
    AT_ONCE,
    preview_chunk,
    preview_closing,
    preview_progress,
    start_preview,
    sweep_previews,
)
from portal.billing.services.rates import AdoptedRates, NewRate, adopt_rates, unused_rates, withdraw_page_rates
from portal.billing.services.recalculation import (
    RecalculatedMonth,
    preview_recalculation,
    recalculate,
    submit_recalculation,
)
from portal.billing.services.reminders import remind_of_debts
from portal.billing.services.reversal import (
    begin_reversal,
    continue_reversals,
    reversal_progress,
    reverse_chunk,
    reverse_closing,
    sweep_reversals,
    waiting_for_reversal,
)
from portal.billing.services.tampering_reports import (
    NewTamperingReport,
    TamperingReportLine,
    TamperingReportPreview,
    enter_report,
    preview_report,
    require_report,
)
from portal.core.runs.engine import Executor

__all__ = [
    "AT_ONCE",
    "AdoptedRates",
    "Executor",
    "NewRate",
    "NewTamperingReport",
    "NotYet",
    "NumberChange",
    "Ran",
    "RecalculatedMonth",
    "TamperingReportLine",
    "TamperingReportPreview",
    "adopt_rates",
    "apply_change",
    "approve_interruption",
    "begin_reversal",
    "bring_debt",
    "change_decision",
    "change_of",
    "check_change",
    "close_after_check",
    "close_chunk",
    "close_period",
    "continue_reversals",
    "correct",
    "current_findings",
    "enter_report",
    "existing_number",
    "findings_of_closed",
    "first_open_day",
    "lock_numbers",
    "preview_chunk",
    "preview_closing",
    "preview_for_closing",
    "preview_progress",
    "preview_recalculation",
    "preview_report",
    "progress",
    "propose_interruption",
    "recalculate",
    "reject_interruption",
    "reject_together",
    "remind_of_debts",
    "require_checked",
    "require_open",
    "require_report",
    "require_unused",
    "reversal_progress",
    "reverse_chunk",
    "reverse_closing",
    "run_due_steps",
    "run_step",
    "start_preview",
    "submit_change",
    "submit_correction",
    "submit_recalculation",
    "sweep_previews",
    "sweep_reversals",
    "sweep_runs",
    "unused_rates",
    "waiting_for_reversal",
    "withdraw_page_rates",
]

"""Writes of billing. Other parts import from here."""

from portal.billing.services.closing import Executor, Progress, close_chunk, close_period, progress, sweep_runs
from portal.billing.services.corrections import bring_debt, correct
from portal.billing.services.interruptions import approve_interruption, propose_interruption, reject_interruption
from portal.billing.services.rates import AdoptedRates, NewRate, adopt_rates

__all__ = [
    "AdoptedRates",
    "Executor",
    "NewRate",
    "Progress",
    "adopt_rates",
    "approve_interruption",
    "bring_debt",
    "close_chunk",
    "close_period",
    "correct",
    "progress",
    "propose_interruption",
    "reject_interruption",
    "sweep_runs",
]

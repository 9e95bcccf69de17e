"""Entry points of the timetable: one call each."""

from portal.core import clock
from portal.operations import failed_jobs, ledger_check, retention


def check_ledger() -> str:
    """Prove that the ledger agrees with everything that was booked."""
    result = ledger_check.check_ledger()
    return f"{result.entries} entries, {result.problems} problems"


def sweep_retention() -> str:
    """Erase what has had its time."""
    counts = retention.sweep(today=clock.date_of(clock.real_now()))
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def notify_failures() -> str:
    """Tell staff of jobs that broke and of letters that were given up."""
    now = clock.real_now()
    return f"messages {failed_jobs.notify_failures(now=now) + failed_jobs.notify_undelivered(now=now)}"

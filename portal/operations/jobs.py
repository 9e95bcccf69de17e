"""Entry points of the timetable: one call each."""

from portal.operations import ledger_check


def check_ledger() -> str:
    """Prove that the ledger agrees with everything that was booked."""
    result = ledger_check.check_ledger()
    return f"{result.entries} entries, {result.problems} problems"

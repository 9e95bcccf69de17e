"""Entry points of the timetable."""

from portal.core import clock
from portal.integrity import services


def seal_day() -> str:
    """Seal the ledger and the receipts, once a day."""
    seal = services.seal_day(now=clock.real_now())
    return f"seal {seal.number}: {seal.entries} entries, {seal.receipts} receipts" if seal else "sealed already"

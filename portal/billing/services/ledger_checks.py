"""Results of the check of the ledger, for the admin."""

import datetime as dt
from collections.abc import Sequence

from portal.billing.models import LedgerCheck

LISTED = 50
"""So many of the problems are kept with the result."""


def store_ledger_check(*, ran_at: dt.datetime, entries: int, problems: Sequence[Sequence[object]]) -> LedgerCheck:
    """Store how many entries were checked, how many problems were found, and the first of them."""
    return LedgerCheck.objects.create(
        ran_at=ran_at, entries=entries, problems=len(problems), listed=[list(parts) for parts in problems[:LISTED]]
    )

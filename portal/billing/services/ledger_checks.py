"""Results of the check of the ledger, for the admin."""

import datetime as dt
from collections.abc import Collection, Sequence

from portal.billing.models import LedgerCheck

LISTED = 50
"""So many of the problems are kept with the result."""


def store_ledger_check(
    *,
    ran_at: dt.datetime,
    entries: int,
    problems: int,
    listed: Sequence[Sequence[object]],
    last_seal: int,
    broken_seals: Collection[int],
) -> LedgerCheck:
    """Store how many entries were checked, how many problems were found, and the first of them (`listed`).

    `last_seal`: number of the last seal that was compared; `broken_seals`: numbers of those that do not agree.
    """
    return LedgerCheck.objects.create(
        ran_at=ran_at,
        entries=entries,
        problems=problems,
        listed=[list(parts) for parts in listed[:LISTED]],
        last_seal=last_seal,
        broken_seals=sorted(broken_seals),
    )

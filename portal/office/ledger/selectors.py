"""The daily checks of the ledger."""

from collections.abc import Sequence

from portal.accounts.models import Account
from portal.billing.models import LedgerCheck

SHOWN = 30


def last_checks() -> list[LedgerCheck]:
    """The last checks, the newest first."""
    return list(LedgerCheck.objects.order_by("-ran_at")[:SHOWN])


def numbers_of(ids: Sequence[int]) -> dict[int, str]:
    """Numbers of accounts by their keys."""
    return dict(Account.objects.filter(pk__in=ids).values_list("pk", "number"))

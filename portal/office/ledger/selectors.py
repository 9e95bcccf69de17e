"""The daily checks of the ledger, and the seals with what the last check found."""

from collections.abc import Sequence
from enum import StrEnum

from django.db.models import Case, CharField, QuerySet, Value, When

from portal.accounts.models import Account
from portal.billing.models import LedgerCheck
from portal.integrity.models import Seal

SHOWN = 30


class SealState(StrEnum):
    """What the last check says of a seal."""

    AGREES = "agrees"
    BROKEN = "broken"
    UNCHECKED = "unchecked"


def last_checks() -> list[LedgerCheck]:
    """The last checks, the newest first."""
    return list(LedgerCheck.objects.order_by("-ran_at")[:SHOWN])


def last_check() -> LedgerCheck | None:
    """The newest check."""
    return LedgerCheck.objects.order_by("-ran_at").first()


def numbers_of(ids: Sequence[int]) -> dict[int, str]:
    """Numbers of accounts by their keys."""
    return dict(Account.objects.filter(pk__in=ids).values_list("pk", "number"))


def with_state(seals: QuerySet[Seal]) -> QuerySet[Seal]:
    """Seals with `state`, a SealState (one query for the last check)."""
    check = last_check()
    broken = check.broken_seals if check else []
    return seals.annotate(
        state=Case(
            When(number__in=broken, then=Value(SealState.BROKEN.value)),
            When(number__lte=check.last_seal if check else 0, then=Value(SealState.AGREES.value)),
            default=Value(SealState.UNCHECKED.value),
            output_field=CharField(),
        )
    )

"""Reads of receipts, starting from who asks."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from portal.accounts.models import Account
from portal.accounts.own_time import in_own_time
from portal.billing.models import AccountClosing
from portal.core.periods import Period
from portal.receipts.models import Receipt
from portal.receipts.snapshot import ReceiptData

Viewer = AbstractBaseUser | AnonymousUser


def current_receipts() -> QuerySet[Receipt]:
    """Receipts that were not annulled."""
    return Receipt.objects.filter(replaced_by=None)


def receipts_visible_to(user: Viewer) -> QuerySet[Receipt]:
    """Receipts of the months in which a resident holds, or held, the account, annulled ones too (one query).

    A receipt names its payer: whoever held the account on the month's last day.
    """
    own = in_own_time(user, month="period", held_now=False)
    return Receipt.objects.filter(own).select_related("account", "replaces", "replaced_by")


def closed_later(account_ids: Sequence[int], period: Period) -> set[int]:
    """Accounts of which a later month is closed: what was booked since is on its receipt (one query)."""
    later = AccountClosing.objects.filter(account_id__in=account_ids, period__gt=period.first_day, reversed_at=None)
    return set(later.order_by().values_list("account_id", flat=True).distinct())


def _shown_to(viewer: Viewer | None) -> QuerySet[Receipt]:
    """Current receipts that a resident may see; all of them for staff (no viewer)."""
    current = current_receipts()
    return current if viewer is None else current.filter(in_own_time(viewer, month="period", held_now=False))


def receipts_of(account: Account, *, year: int | None = None, viewer: Viewer | None = None) -> list[Receipt]:
    """Current receipts of an account, newest first, of one year of periods when given (one query).

    With a `viewer`, a resident, only those of their own time, a former holder's too; without one for staff.
    """
    receipts = _shown_to(viewer).filter(account=account).select_related("replaces").defer("data")
    if year is not None:
        receipts = receipts.filter(period__year=year)
    return list(receipts.order_by("-period"))


def receipt_years(account: Account, *, viewer: Viewer | None = None) -> list[int]:
    """Years for which an account has receipts that a resident may see, newest first (one query)."""
    days = _shown_to(viewer).filter(account=account).order_by().dates("period", "year", order="DESC")
    return [day.year for day in days]


def latest_receipt(account: Account, *, viewer: Viewer | None = None) -> Receipt | None:
    """The current receipt of the latest period that a resident may see (one query)."""
    return _shown_to(viewer).filter(account=account).order_by("-period").first()


def receipt_of(account: Account, period: Period, *, viewer: Viewer | None = None) -> Receipt | None:
    """The current receipt of a period, if a resident may see it (one query)."""
    return _shown_to(viewer).filter(account=account, period=period.first_day).first()


def data_of(receipt: Receipt) -> ReceiptData:
    """Return what a receipt says."""
    return ReceiptData.model_validate(receipt.data)


def has_receipts(period: Period) -> int:
    """Return how many receipts of a period were issued: with any, its closing is not reversed."""
    return Receipt.objects.filter(period=period.first_day).count()


def files_made(period: Period) -> int:
    """Return how many current receipts of a period have their PDF made (one query)."""
    return current_receipts().filter(period=period.first_day).exclude(document=None).count()

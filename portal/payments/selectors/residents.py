"""What a resident sees of payments: those of accounts that the login holds now."""

import datetime as dt
import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from portal.accounts.models import Account
from portal.payments.models import Payment


def payments_of(
    user: AbstractBaseUser | AnonymousUser, *, account: Account | None = None, year: int | None = None, state: str = ""
) -> QuerySet[Payment]:
    """Payments of the login's accounts, newest first, with their refunds; narrowed when asked (two queries)."""
    found = Payment.objects.filter(account__in=Account.objects.visible_to(user)).select_related("account")
    if account is not None:
        found = found.filter(account=account)
    if year is not None:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        found = found.filter(Q(paid_on__range=(first, last)) | Q(paid_on=None, created_at__year=year))
    if state:
        found = found.filter(state=state)
    return found.order_by("-created_at", "-pk") if state == "pending" else found.order_by("-paid_on", "-created_at")


def payment_of(user: AbstractBaseUser | AnonymousUser, reference: uuid.UUID) -> Payment | None:
    """One payment of the login's own accounts, or None as if it did not exist (one query)."""
    own = Account.objects.visible_to(user)
    related = Payment.objects.select_related("account__premises__house__street")
    return related.filter(account__in=own, reference=reference).first()


def years_of(user: AbstractBaseUser | AnonymousUser, *, account: Account) -> list[int]:
    """Years in which something was paid on one of the login's accounts, newest first (one query)."""
    found = payments_of(user, account=account).filter(paid_on__isnull=False)
    return sorted({day.year for day in found.order_by().dates("paid_on", "year")}, reverse=True)

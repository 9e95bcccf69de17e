"""Payments visible to a resident: their own, and those made on their accounts while they hold them.

A payment names a card and a mailbox: those of a former holder are not shown to the next one.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from portal.accounts.models import Account
from portal.accounts.own_time import in_own_time
from portal.payments.enums import OPEN_STATES, PaymentState
from portal.payments.models import Payment, Refund


def payments_of(
    user: AbstractBaseUser | AnonymousUser, *, account: Account | None = None, year: int | None = None, state: str = ""
) -> QuerySet[Payment]:
    """Payments of the login's accounts, newest first, narrowed when asked; `pending` is whatever has not ended."""
    payments = _own(user).select_related("account")
    if account is not None:
        payments = payments.filter(account=account)
    if year is not None:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        payments = payments.filter(Q(paid_on__range=(first, last)) | Q(paid_on=None, created_at__year=year))
    if state:
        payments = payments.filter(state__in=OPEN_STATES if state == PaymentState.PENDING else [state])
    return payments.order_by(Coalesce("paid_on", TruncDate("created_at")).desc(), "-created_at", "-pk")


def payments_before(
    user: AbstractBaseUser | AnonymousUser,
    account: Account,
    *,
    before: tuple[dt.datetime, int] | None = None,
    limit: int,
) -> list[Payment]:
    """The login's payments of an account in the order of their beginning, the newest first (one query).

    `before` is the moment and key of a payment: only older ones.
    """
    payments = _own(user).filter(account=account).order_by("-created_at", "-pk")
    if before is not None:
        moment, pk = before
        payments = payments.filter(Q(created_at__lt=moment) | Q(created_at=moment, pk__lt=pk))
    return list(payments[:limit])


def payment_of(user: AbstractBaseUser | AnonymousUser, reference: uuid.UUID) -> Payment | None:
    """One payment of the login's own accounts, or None as if it did not exist (one query)."""
    return _own(user).select_related("account__premises__house__street").filter(reference=reference).first()


def _own(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Payment]:
    """Made on an account now held, in its own time; what the login paid itself stays after it left the account.

    Of a former holder's time also what came without a login: over the counter, from a bank.
    """
    if not user.is_authenticated:
        return Payment.objects.none()
    held_then = in_own_time(user, moment="created_at", held_now=False)
    own = Q(payer=user.pk) | Q(held_then, payer=None)
    return Payment.objects.filter(own | in_own_time(user, moment="created_at", author="payer"))


def years_of(user: AbstractBaseUser | AnonymousUser, *, account: Account) -> list[int]:
    """Years in which something was paid on one of the login's accounts, newest first (one query)."""
    payments = payments_of(user, account=account).filter(paid_on__isnull=False)
    return sorted({day.year for day in payments.order_by().dates("paid_on", "year")}, reverse=True)


def open_payments(user: AbstractBaseUser | AnonymousUser, account: Account) -> list[Payment]:
    """The login's newest payments of an account whose end the bank has yet to say, three at most (one query).

    Those that their payer gave up are left out.
    """
    waiting = _own(user).filter(account=account, state__in=OPEN_STATES, abandoned_at=None)
    return list(waiting.order_by("-created_at")[:3])


def references_of(
    user: AbstractBaseUser | AnonymousUser, account: Account, sources: Sequence[str]
) -> dict[str, uuid.UUID]:
    """The login's payments behind entries of an account, by the entry's source: «payment:7» (two queries)."""
    numbers: dict[str, list[int]] = {"payment": [], "refund": []}
    for kind, _colon, number in (source.partition(":") for source in sources):
        if kind in numbers and number.isdigit():
            numbers[kind].append(int(number))
    own = _own(user).filter(account=account)
    paid = own.filter(pk__in=numbers["payment"]).values_list("pk", "reference")
    back = Refund.objects.filter(payment__in=own, pk__in=numbers["refund"])
    references = {f"payment:{pk}": reference for pk, reference in paid}
    return references | {f"refund:{pk}": reference for pk, reference in back.values_list("pk", "payment__reference")}


def payment_numbered(pk: int) -> Payment:
    """A payment that a service named. Raises Payment.DoesNotExist."""
    return Payment.objects.get(pk=pk)

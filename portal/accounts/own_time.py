"""Visibility of an account that others held too: records of the time in which they hold it.

Charges, payments' sums, meters and readings belong to the account and stay visible. What names or shows a former
holder (requests, documents, receipts, payments with their cards, photos) does not.
"""

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import DateField, DateTimeField, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import TruncDate, TruncMonth

from portal.accounts.models import Holder
from portal.core.clock import MOSCOW

Viewer = AbstractBaseUser | AnonymousUser


def in_own_time(
    user: Viewer,
    *,
    day: str = "",
    moment: str = "",
    month: str = "",
    account: str = "account",
    author: str = "",
    held_now: bool = True,
) -> Q:
    """Condition for records that fall into the time in which a login holds their account.

    The login must hold the account now, unless `held_now` is False: then a former holder's time counts too.

    One of `day`, `moment` (Moscow time) and `month` names the record's field, `account` the path to its account. A
    month, named by its first day, belongs to whoever holds the account on its last day: its receipt names them. With
    `author`, the path to a login, what a former holder wrote is left out even when it was written after the day of the
    move. False for everybody for an anonymous user.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    own = Holder.objects.filter(account=OuterRef(account), person__user=user.pk)
    condition = Q(Exists(_at_the_time(own, day, moment, month)))
    if held_now:
        condition &= Q(Exists(own.filter(until=None)))
    return condition & ~Q(_by_a_former_holder(account, author)) if author else condition


def _at_the_time(own: QuerySet[Holder], day: str, moment: str, month: str) -> QuerySet[Holder]:
    """A person whose role changed has two holdings, one after the other."""
    if month:
        after = ExpressionWrapper(F("until") + dt.timedelta(days=1), output_field=DateField())
        months = own.annotate(first=TruncMonth("since"), left=TruncMonth(after))
        return months.filter(Q(until=None) | Q(left__gt=OuterRef(month)), first__lte=OuterRef(month))
    at: Combinable = TruncDate(_moment(moment), tzinfo=MOSCOW) if moment else OuterRef(day)
    return own.filter(Q(until=None) | Q(until__gte=at), since__lte=at)


def _moment(path: str) -> ExpressionWrapper:
    return ExpressionWrapper(OuterRef(path), output_field=DateTimeField())


def _by_a_former_holder(account: str, author: str) -> Exists:
    holdings = Holder.objects.filter(account=OuterRef(account), person__user=OuterRef(author), until__isnull=False)
    holds_now = Holder.objects.filter(account=OuterRef("account"), person=OuterRef("person"), until=None)
    return Exists(holdings.exclude(Exists(holds_now)))


def record_in_own_time(
    user: Viewer, record: Model, *, day: str = "", moment: str = "", account: str = "account", author: str = ""
) -> bool:
    """Whether one stored record passes `in_own_time` (one query)."""
    own = in_own_time(user, day=day, moment=moment, account=account, author=author)
    return bool(type(record)._default_manager.filter(own, pk=record.pk).exists())

"""Accounts that a run could not do: storing them, listing them, counting them by reason."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.db.models import Count, QuerySet


class Reason(Protocol):
    """Why an account could not be done: a code, with what it is about."""

    code: str
    detail: str


def store_failures(model: type[Any], run: Any, account_ids: Sequence[int], failures: Mapping[int, Reason]) -> None:
    """Store why accounts could not be done, in place of what an earlier try stored of `account_ids` (two queries).

    `model` is a subclass of AccountFailure.

    For a caller that holds a transaction.
    """
    if not account_ids:
        return
    tried = set(account_ids)
    earlier = model._default_manager.filter(
        run=run, account_id__gte=min(account_ids), account_id__lte=max(account_ids)
    ).order_by()
    replaced = [pk for pk, account_id in earlier.values_list("pk", "account_id") if account_id in tried]
    if replaced:
        model._default_manager.filter(pk__in=replaced).delete()
    model._default_manager.bulk_create(
        model(run=run, account_id=pk, code=reason.code, detail=reason.detail[:250]) for pk, reason in failures.items()
    )


def failures_of(run: Any) -> "QuerySet[Any]":
    """Accounts that a run, of any kind with failures, could not do, by number, accounts loaded (one query)."""
    failures: QuerySet[Any] = run.failures.select_related("account").order_by("account__number")
    return failures


def failures_by_reason(run: Any) -> dict[str, int]:
    """Return how many accounts of a run, of any kind with failures, wait for which reason (one query)."""
    return dict(run.failures.order_by("code").values_list("code").annotate(count=Count("pk")))

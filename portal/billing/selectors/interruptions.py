"""Breaks of supply as an accountant decides on them."""

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from portal.accounts.models import Account
from portal.billing.calculation.outages import hours_beyond, months_of
from portal.billing.enums import InterruptionStatus
from portal.billing.loading.interruptions import span_of
from portal.billing.models import Interruption


def interruptions_waiting() -> list[Interruption]:
    """Return what waits for a decision, by outage, oldest first, each with `hours` above the allowed, `accounts`, and
    whether another break of the house `overlaps` it, whose common hours would count twice (one query).

    The hours are those of the break alone: with other breaks of its month there may be more.
    """
    supplied = Account.objects.filter(premises__house=OuterRef("house"), closed_on=None, services__until=None)
    counted = supplied.filter(services__service=OuterRef("service")).order_by().values("premises__house")
    rows = Interruption.objects.filter(status=InterruptionStatus.PROPOSED).select_related("house__street")
    others = Interruption.objects.filter(
        house=OuterRef("house"),
        service=OuterRef("service"),
        started_at__lt=OuterRef("ended_at"),
        ended_at__gt=OuterRef("started_at"),
    )
    others = others.exclude(pk=OuterRef("pk")).exclude(status=InterruptionStatus.REJECTED)
    interruptions: list[Interruption] = list(
        rows.annotate(
            accounts=Coalesce(Subquery(counted.annotate(number=Count("pk", distinct=True)).values("number")), 0),
            overlaps=Exists(others),
        ).order_by("started_at", "source", "house__street__name", "house__number", "service", "pk")
    )
    for row in interruptions:
        row.hours = _hours(row)  # type: ignore[attr-defined]  # an annotation of ours
    return interruptions


def _hours(row: Interruption) -> int:
    span = span_of(row.service, row.started_at, row.ended_at)
    return sum(hours_beyond([span], month) for month in months_of(span))


def interruptions_decided() -> QuerySet[Interruption]:
    """Decided ones, the latest decision first."""
    decided = Interruption.objects.exclude(status=InterruptionStatus.PROPOSED)
    return decided.select_related("house__street", "decided_by").order_by("-decided_at", "-pk")

"""Effect of approving interruptions on the charges."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Sum

from portal.billing.calculation.facts import InterruptionSpan
from portal.billing.calculation.months import first_day, month_of
from portal.billing.calculation.outages import hours_beyond, months_of, reduction
from portal.billing.enums import ChargeKind, InterruptionStatus
from portal.billing.loading.interruptions import span_of
from portal.billing.models import Charge, Interruption, PeriodRun
from portal.core.clock import start_of
from portal.core.money import from_kopecks
from portal.core.periods import Period
from portal.ledger.selectors import IN_KOPECKS

Key = tuple[int, str]
"""House and service."""


@dataclass(frozen=True, slots=True)
class ReductionEffect:
    """`amount` in ₽ that is taken off (not negative) and the accounts and months that it touches.

    `estimated`: a month is not closed, so the charges of the last closed one stand for it.
    """

    amount: Decimal
    accounts: int
    months: tuple[Period, ...]
    longest_days: int
    estimated: bool


def preview_reduction(rows: Sequence[Interruption]) -> ReductionEffect:
    """Return what approving these interruptions together would take off, beyond what is approved already (three
    queries).
    """
    last = PeriodRun.objects.active().aggregate(last=Max("period"))["last"]
    added = _spans(rows)
    if last is None or not added:
        return ReductionEffect(Decimal(0), 0, (), _longest(rows), estimated=False)
    months = sorted({month for spans in added.values() for span in spans for month in months_of(span)})
    approved = _approved(added, months, {row.pk for row in rows})
    charged, latest = _charged(added, min(months[0], month_of(last))), month_of(last)
    total, accounts, touched = 0, set(), set()
    for key, spans in added.items():
        for month in {month for span in spans for month in months_of(span)}:
            before = hours_beyond(approved[key], month)
            after = hours_beyond([*approved[key], *spans], month)
            for account, amount in charged.get((*key, min(month, latest)), {}).items():
                off = reduction(amount, before) - reduction(amount, after)
                if off:
                    total += off
                    accounts.add(account)
                    touched.add(month)
    return ReductionEffect(
        amount=from_kopecks(total),
        accounts=len(accounts),
        months=tuple(Period.of(first_day(month)) for month in sorted(touched)),
        longest_days=_longest(rows),
        estimated=any(month > latest for month in touched),
    )


def _longest(rows: Iterable[Interruption]) -> int:
    return max(((row.ended_at - row.started_at).days for row in rows), default=0)


def _spans(rows: Iterable[Interruption]) -> dict[Key, list[InterruptionSpan]]:
    spans: defaultdict[Key, list[InterruptionSpan]] = defaultdict(list)
    for row in rows:
        spans[row.house_id, row.service].append(span_of(row.service, row.started_at, row.ended_at))
    return spans


def _approved(added: Iterable[Key], months: Sequence[int], new: set[int]) -> defaultdict[Key, list[InterruptionSpan]]:
    rows = Interruption.objects.filter(
        house_id__in={house for house, _ in added},
        status=InterruptionStatus.APPROVED,
        started_at__lt=start_of(first_day(months[-1] + 1)),
        ended_at__gt=start_of(first_day(months[0])),
    ).exclude(pk__in=new)
    return defaultdict(list, _spans(rows))


def _charged(added: Iterable[Key], first: int) -> dict[tuple[int, str, int], dict[int, int]]:
    """Kopecks charged by house, service and month, of each account."""
    lines = Charge.objects.filter(
        account__premises__house_id__in={house for house, _ in added},
        kind=ChargeKind.CHARGE,
        reversed_at=None,
        for_period__gte=first_day(first),
    ).order_by()
    columns = ("account__premises__house_id", "service", "for_period", "account_id")
    kopecks: defaultdict[tuple[int, str, int], dict[int, int]] = defaultdict(dict)
    rows: Iterable[tuple[int, str, dt.date, int, int]] = lines.values_list(*columns).annotate(total=Sum(IN_KOPECKS))
    for house, service, month, account, total in rows:
        kopecks[house, service, month_of(month)][account] = total
    return kopecks

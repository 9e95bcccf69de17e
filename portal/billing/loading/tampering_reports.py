"""Tampering reports with what stands charged for their months, and what was booked for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from portal.billing.calculation.facts import Tampering
from portal.billing.calculation.months import month_of
from portal.billing.calculation.stored_explanations import report_of
from portal.billing.enums import ChargeKind
from portal.billing.loading.raw import day, fetch
from portal.billing.models import Charge, TamperingReport
from portal.core.periods import Period


def load_tampering_reports(account_ids: Sequence[int], *, period: Period) -> dict[int, tuple[Tampering, ...]]:
    """Reports drawn up by the end of a period, by account (one query, one more when there are any)."""
    drawn_up = TamperingReport.objects.filter(drawn_on__lte=period.last_day)
    reports = [
        (pk, number, service, day(since), day(until))
        for pk, number, service, since, until in fetch(
            drawn_up, "account_id", account_ids, "account_id", "number", "service", "since", "until"
        )
    ]
    if not reports:
        return {}
    charged: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    booked: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    lines = Charge.objects.filter(
        account_id__in={report[0] for report in reports},
        reversed_at=None,
        for_period__gte=min(report[3] for report in reports).replace(day=1),
        kind__in=[ChargeKind.CHARGE, ChargeKind.RECALCULATION],
        for_period__lt=period.first_day,
    )
    columns = ("account_id", "service", "for_period", "volume", "explanation")
    for pk, service, month, volume, why in lines.values_list(*columns):
        report = report_of(why)
        of_month = charged[pk, service] if report is None else booked[report]
        of_month[month_of(month)] += int((volume or 0) * 1000)
    tampering_by_account: dict[int, list[Tampering]] = defaultdict(list)
    for pk, number, service, since, until in reports:
        covered = range(month_of(since), month_of(until) + 1)
        tampering_by_account[pk].append(
            Tampering(
                number, service, since, until, _within(covered, charged[pk, service]), _within(covered, booked[number])
            )
        )
    return {pk: tuple(listed) for pk, listed in tampering_by_account.items()}


def _within(covered: range, months: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple((month, months[month]) for month in sorted(months) if month in covered)

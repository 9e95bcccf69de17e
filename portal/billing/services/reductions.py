"""Reductions for interruptions by two people: above the limits of one person they wait for another."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import translation

from portal.accounts.models import User
from portal.approvals.enums import NumberRule, OperationState
from portal.approvals.models import NumberRequest
from portal.approvals.services import NewNumberRequest, above_one_person, request_number
from portal.billing.enums import InterruptionStatus
from portal.billing.models import Interruption
from portal.billing.selectors.reductions import ReductionEffect, preview_reduction
from portal.billing.services.interruptions import approve_interruption, change_decision
from portal.core import clock
from portal.core.formatting import money_text, period_text

OWNER = "billing.reduction"


def lessened_by(by: User, day: dt.date) -> Decimal:
    """₽ that a person has taken off by reductions decided alone on a business day."""
    start = clock.start_of(day)
    own = Interruption.objects.filter(
        status=InterruptionStatus.APPROVED, decided_by=by, decided_at__gte=start, decided_at__lt=start + dt.timedelta(1)
    )
    return preview_reduction(list(own)).amount


def waits_for_second(amount: Decimal, *, by: User, now: dt.datetime) -> bool:
    """Whether a reduction of a sum, ₽, goes above what one person may take off in a day."""
    day = clock.date_of(now)
    return above_one_person(NumberRule.REDUCTION, amount, lessened_by(by, day), by=by, day=day)


@transaction.atomic
def submit_reduction(
    rows: Sequence[Interruption], *, subject: str, by: User, now: dt.datetime
) -> NumberRequest | ReductionEffect:
    """Approve interruptions that wait or were rejected, or let them wait for a second person; `subject` names them.

    Returns the request that waits, or what was approved.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    preview = preview_reduction(rows)
    if not waits_for_second(preview.amount, by=by, now=now):
        _approve(rows, by=by, now=now)
        return preview
    with translation.override("ru"):
        title = f"Снижение платы: {subject}, −{money_text(preview.amount)}"
        facts = [
            ["Снижение", f"−{money_text(preview.amount)}"],
            ["Лицевых счетов", str(preview.accounts)],
            ["Месяцы", ", ".join(period_text(month.first_day) for month in preview.months)],
        ]
    request, _created = request_number(
        NewNumberRequest(
            rule=NumberRule.REDUCTION,
            owner=OWNER,
            title=title,
            details={"interruptions": sorted(row.pk for row in rows), "facts": facts},
        ),
        by=by,
        now=now,
    )
    return request


def book_request(request: NumberRequest, now: dt.datetime) -> None:
    """Approve the interruptions that a second person has just agreed to; those decided on since stay as they are."""
    rows = Interruption.objects.filter(pk__in=request.details["interruptions"])
    if request.decided_by is not None:
        _approve(list(rows), by=request.decided_by, now=now)


def _approve(rows: Sequence[Interruption], *, by: User, now: dt.datetime) -> None:
    for row in rows:
        if row.status == InterruptionStatus.REJECTED:
            change_decision(interruption=row, by=by, moment=now)
        else:
            approve_interruption(interruption=row, by=by, moment=now)


def waiting_reductions() -> dict[int, int]:
    """Interruptions whose reduction waits for a second person, each with its request (one query)."""
    waiting = NumberRequest.objects.filter(rule=NumberRule.REDUCTION, state=OperationState.WAITING)
    return {pk: request for request, details in waiting.values_list("pk", "details") for pk in details["interruptions"]}

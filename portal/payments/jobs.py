"""django-q2 entry points and the timed jobs of payments."""

import datetime as dt

from django.db.models import F, Max, Min

from portal.core import clock
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.models import Difference, ReconciliationRun
from portal.payments.services import paying, sending_refunds
from portal.payments.services.bank_files import import_chunk
from portal.payments.services.reconciliation import reconcile

WEEK = dt.timedelta(days=7)


def import_bank_file_chunk(chunk_id: int) -> str:
    """Import some lines of a bank file."""
    return f"imported {import_chunk(chunk_id=chunk_id)}"


def poll_open_payments() -> int:
    """Poll the gateways about payments and refunds that are due."""
    moment = clock.now()
    polled = paying.poll_open_payments(gateway_of=gateway_by_code, now=moment)
    return polled + sending_refunds.poll_open_refunds(gateway_of=gateway_by_code, now=moment)


def reconcile_recent_days() -> int:
    """Compare all books for the last week, today too, and for what no timed run has compared (a year at most).

    It goes back to a week before the last timed run that the gateway answered (the worker or the gateway may have been
    away since), and to the oldest open difference. Returns how many differences there are.
    """
    today = clock.today()
    days = [today]
    timed = ReconciliationRun.objects.filter(
        started_by=None, gateway_answered=True, finished_at__isnull=False, first_day__lte=F("last_day") - WEEK
    )
    if (compared := timed.aggregate(day=Max("last_day"))["day"]) is not None:
        days.append(compared)
    first = min(days) - WEEK
    if (oldest := Difference.objects.filter(resolved_at=None).aggregate(day=Min("day"))["day"]) is not None:
        first = min(first, oldest)
    first = max(first, today - dt.timedelta(days=366))
    run = reconcile(first_day=first, last_day=today, gateway=current_gateway(), now=clock.now())
    return run.difference_count

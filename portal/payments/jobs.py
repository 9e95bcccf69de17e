"""django-q2 entry points and the timed jobs of payments."""

import datetime as dt

from django.db.models import Min

from portal.core import clock
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.models import Difference
from portal.payments.services import paying, sending_refunds
from portal.payments.services.bank_files import import_chunk
from portal.payments.services.reconciliation import reconcile


def import_bank_file_chunk(chunk_id: int) -> str:
    """Import some lines of a bank file."""
    return f"imported {import_chunk(chunk_id=chunk_id)}"


def poll_open_payments() -> int:
    """Ask the gateways about payments and refunds whose time has come."""
    moment = clock.now()
    polled = paying.poll_open_payments(gateway_of=gateway_by_code, now=moment)
    return polled + sending_refunds.poll_open_refunds(gateway_of=gateway_by_code, now=moment)


def reconcile_recent_days() -> int:
    """Compare all books for the last week, today too, and back to the oldest difference that stands (a year at most).

    Returns how many differences there are.
    """
    last = clock.today()
    week = last - dt.timedelta(days=7)
    oldest = Difference.objects.filter(resolved_at=None).aggregate(day=Min("day"))["day"] or week
    first = max(min(oldest, week), last - dt.timedelta(days=366))
    run = reconcile(first_day=first, last_day=last, gateway=current_gateway(), now=clock.now())
    return run.found

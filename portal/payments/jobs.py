"""django-q2 entry points and the timed jobs of payments."""

import datetime as dt

from portal.core import clock
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.services import paying, refunds
from portal.payments.services.reconciliation import reconcile


def ask_about_open_payments() -> int:
    """Ask the gateways about payments and refunds whose time has come."""
    moment = clock.now()
    asked = paying.ask_about_open_payments(gateway_of=gateway_by_code, now=moment)
    return asked + refunds.ask_about_open_refunds(gateway_of=gateway_by_code, now=moment)


def reconcile_recent_days() -> int:
    """Compare all books for the last week, today too; returns how many differences there are."""
    last = clock.today()
    run = reconcile(first_day=last - dt.timedelta(days=7), last_day=last, gateway=current_gateway(), now=clock.now())
    return run.found

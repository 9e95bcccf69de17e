"""django-q2 entry points and the timed jobs of payments."""

from portal.core import clock
from portal.payments.gateways import gateway_by_code
from portal.payments.services import paying, refunds


def ask_about_open_payments() -> int:
    """Ask the gateways about payments and refunds whose time has come."""
    moment = clock.now()
    asked = paying.ask_about_open_payments(gateway_of=gateway_by_code, now=moment)
    return asked + refunds.ask_about_open_refunds(gateway_of=gateway_by_code, now=moment)

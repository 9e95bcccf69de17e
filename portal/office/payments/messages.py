"""Sending an approved refund from a screen."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core import clock
from portal.payments.enums import RefundState
from portal.payments.gateways import gateway_by_code
from portal.payments.models import Refund
from portal.payments.services.sending_refunds import send_refund


def send_and_report(request: HttpRequest, refund: Refund) -> None:
    """Send a refund to the bank and say what it answered."""
    refund = send_refund(refund=refund, gateway_of=gateway_by_code, now=clock.now())
    if refund.state == RefundState.CANCELED:
        messages.error(request, _("The bank refused the refund: %(code)s.") % {"code": refund.cancel_reason})
    else:
        messages.success(request, _("The refund: %(state)s.") % {"state": refund.get_state_display()})

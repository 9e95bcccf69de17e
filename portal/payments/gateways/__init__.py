"""Ways to take cards behind one protocol: those of PAYMENT_GATEWAYS, one of them chosen for new payments; or none."""

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from portal.payments.gateways.base import Gateway
from portal.payments.gateways.measuring import MeasuredGateway
from portal.payments.gateways.none import NoGateway, RemovedGateway


def gateway_class(code: str) -> type[Gateway]:
    """The class of a gateway's code, as PAYMENT_GATEWAYS names it. Raises LookupError."""
    gateway: type[Gateway] = import_string(settings.PAYMENT_GATEWAYS[code])
    return gateway


def gateway_by_code(code: str) -> Gateway:
    """The gateway of a payment's code, its calls measured; one that PAYMENT_GATEWAYS no longer names raises
    GatewayRemoved at each call.
    """
    return _measured(code) if code in settings.PAYMENT_GATEWAYS else RemovedGateway(code)


def current_gateway() -> Gateway:
    """The gateway that new payments go to (PAYMENT_GATEWAY), never ready where none is set. Raises LookupError."""
    return _measured(settings.PAYMENT_GATEWAY) if settings.PAYMENT_GATEWAY else NoGateway()


def _measured(code: str) -> Gateway:
    return cast("Gateway", MeasuredGateway(gateway_class(code).from_settings()))

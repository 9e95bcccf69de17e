"""Ways to take cards: `demo` (a bank of our own) and `yookassa`, behind one protocol, chosen in settings; or none."""

from django.conf import settings

from portal.payments.gateways.base import Gateway
from portal.payments.gateways.none import NoGateway


def gateway_by_code(code: str) -> Gateway:
    """The gateway of a code. Raises LookupError."""
    if code == "demo":
        from portal.payments.gateways.demo.gateway import DemoGateway

        return DemoGateway()
    if code == "yookassa":
        from portal.payments.gateways.yookassa.gateway import YooKassaGateway

        return YooKassaGateway.from_settings()
    raise LookupError(code)


def current_gateway() -> Gateway:
    """The gateway that new payments go to (PAYMENT_GATEWAY), never ready where none is set. Raises LookupError."""
    return gateway_by_code(settings.PAYMENT_GATEWAY) if settings.PAYMENT_GATEWAY else NoGateway()

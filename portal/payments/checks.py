"""System checks of the gateway's settings."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from portal.core.checks import CONFIGURATION
from portal.payments.gateways import gateway_class


@checks.register(CONFIGURATION)
def check_gateway(**_kwargs: Any) -> list[checks.CheckMessage]:
    """PAYMENT_GATEWAY is empty (no cards) or one that these settings allow, and has its keys."""
    return [checks.Error(text, id="payments.E001") for text in _problems()]


def _problems() -> Iterator[str]:
    chosen, allowed = settings.PAYMENT_GATEWAY, settings.PAYMENT_GATEWAYS
    if chosen and chosen not in allowed:
        reason = "the demo's bank credits test cards" if chosen == "demo" else "it is not known"
        yield f"PAYMENT_GATEWAY={chosen} is refused: {reason}. Write {' or '.join(allowed)}, or leave it empty."
        return
    if chosen:
        yield from gateway_class(chosen).setting_problems()

"""System checks of the gateway's settings."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from portal.core.checks import CONFIGURATION, invalid_networks


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
    if chosen == "yookassa":
        yield from _problems_of_yookassa()


def _problems_of_yookassa() -> Iterator[str]:
    for name in ("YOOKASSA_SHOP_ID", "YOOKASSA_SECRET_KEY"):
        if not getattr(settings, name):
            yield f"PAYMENT_GATEWAY=yookassa needs {name}: see docs/guide/yookassa.md, or leave PAYMENT_GATEWAY empty."
    parts = urlsplit(settings.YOOKASSA_API_URL)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        yield f"YOOKASSA_API_URL={settings.YOOKASSA_API_URL}: only https:// may carry the shop's keys."
    for text in invalid_networks(settings.YOOKASSA_NOTICE_NETWORKS):
        yield f"YOOKASSA_NOTICE_NETWORKS: «{text}» is not an IP network. Write them as 185.71.76.0/27,77.75.153.0/25."

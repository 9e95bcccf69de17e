"""YooKassa as the gateway."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.portal.payments.kassa import SECRET, SHOP, Kassa, running_kassa


@pytest.fixture
def kassa(settings: Any) -> Iterator[Kassa]:
    """A server that answers as YooKassa does, and the settings that lead to it."""
    with running_kassa() as server:
        settings.PAYMENT_GATEWAY = "yookassa"
        settings.YOOKASSA_SHOP_ID, settings.YOOKASSA_SECRET_KEY = SHOP, SECRET
        settings.YOOKASSA_API_URL = server.url
        settings.YOOKASSA_NOTICE_NETWORKS = ["127.0.0.1/32"]
        yield server

"""No gateway: cards are not taken. Every call is refused, so nothing can be begun by mistake."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NoReturn

from portal.payments.gateways.base import (
    GatewayMisconfigured,
    GatewayNotice,
    Order,
    PaymentAnswer,
    ReceiptAnswer,
    RefundAnswer,
    RefundOrder,
)


def _refuse() -> NoReturn:
    raise GatewayMisconfigured("no_gateway")


class NoGateway:
    """Stands where PAYMENT_GATEWAY is empty."""

    code = ""
    give_up_after = dt.timedelta(hours=24)
    page_origins: tuple[str, ...] = ()
    notice_networks: tuple[str, ...] = ()
    is_ready = False

    @classmethod
    def from_settings(cls) -> "NoGateway":
        return cls()

    @classmethod
    def setting_problems(cls) -> Iterable[str]:
        return ()

    def create(self, *, order: Order) -> PaymentAnswer:
        _refuse()

    def fetch(self, *, gateway_id: str) -> PaymentAnswer:
        _refuse()

    def capture(self, *, gateway_id: str, amount: Decimal, key: str) -> PaymentAnswer:
        _refuse()

    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        _refuse()

    def fetch_refund(self, *, gateway_id: str) -> RefundAnswer:
        _refuse()

    def fetch_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        _refuse()

    def fetch_refund_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        _refuse()

    def list_payments(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[PaymentAnswer]:
        _refuse()

    def read_notice(self, *, body: dict[str, Any]) -> GatewayNotice:
        raise ValueError("no gateway is set")

"""Gateways that cannot be called: none is chosen, or the one of an earlier payment was removed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from portal.payments.gateways.base import (
    GatewayError,
    GatewayMisconfigured,
    GatewayNotice,
    GatewayRemoved,
    Order,
    PaymentAnswer,
    ReceiptAnswer,
    RefundAnswer,
    RefundOrder,
)


class NoGateway:
    """Stands where PAYMENT_GATEWAY is empty: cards are not taken. Every call is refused."""

    code = ""
    give_up_after = dt.timedelta(hours=24)
    page_origins: tuple[str, ...] = ()
    notice_networks: tuple[str, ...] = ()
    is_ready = False
    error: ClassVar[type[GatewayError]] = GatewayMisconfigured

    @classmethod
    def from_settings(cls) -> "NoGateway":
        return cls()

    @classmethod
    def setting_problems(cls) -> Iterable[str]:
        return ()

    def create(self, *, order: Order) -> PaymentAnswer:
        self._refuse()

    def fetch(self, *, gateway_id: str) -> PaymentAnswer:
        self._refuse()

    def capture(self, *, gateway_id: str, amount: Decimal, key: str) -> PaymentAnswer:
        self._refuse()

    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        self._refuse()

    def fetch_refund(self, *, gateway_id: str) -> RefundAnswer:
        self._refuse()

    def fetch_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        self._refuse()

    def fetch_refund_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        self._refuse()

    def list_payments(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[PaymentAnswer]:
        self._refuse()

    def read_notice(self, *, body: dict[str, Any]) -> GatewayNotice:
        raise ValueError("no gateway is set")

    def _refuse(self) -> NoReturn:
        raise self.error("no_gateway")


class RemovedGateway(NoGateway):
    """Stands for a gateway that PAYMENT_GATEWAYS no longer names, for its earlier payments and refunds."""

    give_up_after = dt.timedelta(days=30)
    error = GatewayRemoved

    def __init__(self, code: str) -> None:
        self.code = code

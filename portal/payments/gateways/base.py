"""Interface of a gateway, as plain data in and out. Amounts in ₽; nothing here knows our models."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

RUB = "RUB"


class GatewayError(Exception):
    """A call that did not end with a good answer; `status` and `raw` are what came back, if anything."""

    problem = ""
    """The code of `portal.payments.problems` that a payment gets at once; empty where a later call may succeed."""

    def __init__(self, code: str, *, status: int | None = None, raw: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.raw = raw or {}


class GatewayUnknown(GatewayError):
    """Nobody knows whether it was done (no answer, 5xx, 409, 429): repeat with the same key and data."""


class GatewayRemoved(GatewayUnknown):
    """PAYMENT_GATEWAYS no longer names the payment's gateway, so nobody can ask it until it is configured again."""

    problem = "gateway_removed"


class GatewayRefusal(GatewayError):
    """It was certainly not done (4xx): a new try needs a new key."""


class GatewayMissing(GatewayRefusal):
    """The gateway has no such payment or refund (404)."""

    problem = "not_at_gateway"


class GatewayMisconfigured(GatewayRefusal):
    """Our keys are wrong or may not do this (401, 403): staff must look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalReceipt:
    """Data of the electronic receipt (54-ФЗ): one item for the whole sum; no percent: without VAT."""

    email: str = ""
    phone: str = ""
    item: str = ""
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A payment to be created."""

    key: str
    reference: str
    amount: Decimal
    description: str
    return_url: str
    receipt: FiscalReceipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """A refund to be created."""

    key: str
    gateway_id: str
    amount: Decimal
    description: str
    receipt: FiscalReceipt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAnswer:
    """A payment as the gateway's own API shows it.

    `state` is one of pending, waiting_for_capture, succeeded, canceled.
    """

    gateway_id: str
    state: str
    amount: Decimal
    currency: str
    reference: str
    confirmation_url: str = ""
    network: str = ""
    last4: str = ""
    cancel_reason: str = ""
    captured_at: dt.datetime | None = None
    created_at: dt.datetime | None = None
    refunded: Decimal = Decimal("0.00")
    is_test: bool = False
    """No money moved: a payment of a test shop."""
    is_unpaid: bool = False
    """The gateway says itself that it was not paid, whatever its state."""
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """A refund as the gateway's own API shows it. `state` is one of pending, succeeded, canceled."""

    gateway_id: str
    payment_gateway_id: str
    state: str
    amount: Decimal
    currency: str
    cancel_reason: str = ""
    created_at: dt.datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAnswer:
    """The electronic receipt of a payment or a refund as the gateway shows it, with its numbers at the tax service.

    `state` is one of pending, succeeded, canceled; `url` is empty where the gateway has no page of the receipt.
    """

    state: str
    storage: str = ""
    document: str = ""
    sign: str = ""
    registered_at: dt.datetime | None = None
    url: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayNotice:
    """Content of a gateway's notice; a hint, never a proof. `refund_id` is set for notices about refunds."""

    event: str
    payment_id: str
    refund_id: str = ""
    reference: str = ""


class Gateway(Protocol):
    """A payment gateway: cards are entered on its own page."""

    code: str
    give_up_after: dt.timedelta
    page_origins: tuple[str, ...]
    notice_networks: tuple[str, ...]

    @classmethod
    def from_settings(cls) -> "Gateway":
        """Make the gateway with the keys of the settings."""

    @classmethod
    def setting_problems(cls) -> Iterable[str]:
        """Say what is wrong with its settings: each sentence stops the start of the site."""

    @property
    def is_ready(self) -> bool:
        """Whether the keys are there."""

    def create(self, *, order: Order) -> PaymentAnswer:
        """Create a payment, or return the existing one with the order's key. Raises GatewayError."""

    def fetch(self, *, gateway_id: str) -> PaymentAnswer:
        """The payment as it is now. Raises GatewayError."""

    def capture(self, *, gateway_id: str, amount: Decimal, key: str) -> PaymentAnswer:
        """Capture the sum that is held on the card. Raises GatewayError."""

    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        """Give back a payment, whole or in part. Raises GatewayError."""

    def fetch_refund(self, *, gateway_id: str) -> RefundAnswer:
        """The refund as it is now. Raises GatewayError."""

    def fetch_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        """The electronic receipt of a payment; None while there is none. Raises GatewayError."""

    def fetch_refund_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        """The electronic receipt of a refund, by the refund's number; None while there is none. Raises GatewayError."""

    def list_payments(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[PaymentAnswer]:
        """Every payment created in a span, `until` exclusive. Raises GatewayError."""

    def read_notice(self, *, body: dict[str, Any]) -> GatewayNotice:
        """Return what a notice is about. Raises ValueError when it is not one of this gateway's."""

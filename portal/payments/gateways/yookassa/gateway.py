"""YooKassa behind the gateway protocol."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from portal.core.checks import invalid_networks
from portal.payments.calculation import network_of
from portal.payments.enums import Network
from portal.payments.gateways.base import (
    FiscalReceipt,
    GatewayMisconfigured,
    GatewayNotice,
    GatewayUnknown,
    Order,
    PaymentAnswer,
    ReceiptAnswer,
    RefundAnswer,
    RefundOrder,
)
from portal.payments.gateways.yookassa.client import Client, Payments, Refunds, bound

NETWORKS = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.154.128/25",
    "77.75.156.11/32",
    "77.75.156.35/32",
    "2a02:5180::/32",
)
EVENTS = ("payment.waiting_for_capture", "payment.succeeded", "payment.canceled", "refund.succeeded")
PAGE = 100
LARGEST = 10**10
YEARS = range(2000, 2200)  # a moment outside is no moment of a payment
# https://yookassa.ru/developers/payment-acceptance/receipts: codes of VAT included in the price.
_VAT_CODES: dict[Decimal | None, int] = {
    None: 1,
    Decimal(0): 2,
    Decimal(10): 3,
    Decimal(20): 4,
    Decimal(5): 7,
    Decimal(7): 8,
    Decimal(22): 11,
}
_CARD_TYPES = {"mir": Network.MIR, "visa": Network.VISA, "mastercard": Network.MASTERCARD}


class YooKassaGateway:
    """One shop at YooKassa."""

    code = "yookassa"
    give_up_after = dt.timedelta(hours=24)  # so long a key of idempotence lives
    page_origins: tuple[str, ...] = ("https://yoomoney.ru", "https://*.yoomoney.ru", "https://*.yookassa.ru")

    def __init__(
        self, *, shop_id: str, secret_key: str, api_url: str, notice_networks: tuple[str, ...] = NETWORKS
    ) -> None:
        self._shop_id, self._secret_key = shop_id, secret_key
        self._api_url = api_url
        self.notice_networks = notice_networks

    @classmethod
    def from_settings(cls) -> "YooKassaGateway":
        """The shop whose keys stand in the environment."""
        networks = tuple(settings.YOOKASSA_NOTICE_NETWORKS) or NETWORKS
        return cls(
            shop_id=settings.YOOKASSA_SHOP_ID,
            secret_key=settings.YOOKASSA_SECRET_KEY,
            api_url=settings.YOOKASSA_API_URL,
            notice_networks=networks,
        )

    @classmethod
    def setting_problems(cls) -> Iterator[str]:
        """Missing keys, an address that is not https, networks that are none."""
        for name in ("YOOKASSA_SHOP_ID", "YOOKASSA_SECRET_KEY"):
            if not getattr(settings, name):
                yield (
                    f"PAYMENT_GATEWAY=yookassa needs {name}: see docs/guide/yookassa.md, "
                    "or leave PAYMENT_GATEWAY empty."
                )
        parts = urlsplit(settings.YOOKASSA_API_URL)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
            yield f"YOOKASSA_API_URL={settings.YOOKASSA_API_URL}: only https:// may carry the shop's keys."
        for text in invalid_networks(settings.YOOKASSA_NOTICE_NETWORKS):
            yield (
                f"YOOKASSA_NOTICE_NETWORKS: «{text}» is not an IP network. Write them as 185.71.76.0/27,77.75.153.0/25."
            )

    @property
    def is_ready(self) -> bool:
        return bool(self._shop_id and self._secret_key)

    def create(self, *, order: Order) -> PaymentAnswer:
        data: dict[str, Any] = {
            "amount": _amount(order.amount),
            "capture": True,
            "confirmation": {"type": "redirect", "return_url": order.return_url},
            "description": order.description[:128],
            "metadata": {"reference": order.reference},
        }
        if order.receipt is not None:
            data["receipt"] = _receipt(order.receipt, order.amount)
        return _payment(self._call(Payments, "create", data, order.key))

    def fetch(self, *, gateway_id: str) -> PaymentAnswer:
        return _payment(self._call(Payments, "find_one", gateway_id))

    def capture(self, *, gateway_id: str, amount: Decimal, key: str) -> PaymentAnswer:
        return _payment(self._call(Payments, "capture", gateway_id, {"amount": _amount(amount)}, key))

    def refund(self, *, order: RefundOrder) -> RefundAnswer:
        data: dict[str, Any] = {
            "payment_id": order.gateway_id,
            "amount": _amount(order.amount),
            "description": order.description[:250],
        }
        if order.receipt is not None:
            data["receipt"] = _receipt(order.receipt, order.amount)
        return _refund(self._call(Refunds, "create", data, order.key))

    def fetch_refund(self, *, gateway_id: str) -> RefundAnswer:
        return _refund(self._call(Refunds, "find_one", gateway_id))

    def fetch_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        return self._receipt("payment", gateway_id)

    def fetch_refund_receipt(self, *, gateway_id: str) -> ReceiptAnswer | None:
        return self._receipt("refund", gateway_id)

    def _receipt(self, kind: str, number: str) -> ReceiptAnswer | None:
        page = self._client().request("GET", "/receipts", {f"{kind}_id": number, "limit": PAGE})
        receipts = [item for item in page.get("items") or [] if isinstance(item, dict) and item.get("type") == kind]
        return _fiscal(receipts[-1]) if receipts else None

    def list_payments(self, *, since: dt.datetime, until: dt.datetime) -> Iterator[PaymentAnswer]:
        query: dict[str, Any] = {"created_at.gte": _moment(since), "created_at.lt": _moment(until), "limit": PAGE}
        while True:
            page = self._client().request("GET", "/payments", query)
            for item in page.get("items") or []:
                yield _payment(item)
            cursor = page.get("next_cursor")
            if not cursor or cursor == query.get("cursor"):
                return
            query["cursor"] = cursor

    def read_notice(self, *, body: dict[str, Any]) -> GatewayNotice:
        content = body.get("object")
        event = body.get("event")
        if body.get("type") != "notification" or not isinstance(event, str) or not isinstance(content, dict):
            raise ValueError("not a notice of YooKassa")
        number = content.get("id")
        if not isinstance(number, str) or not number:
            raise ValueError("a notice without a number")
        if event.startswith("refund."):
            payment = content.get("payment_id")
            if not isinstance(payment, str):
                raise ValueError("a notice of a refund without its payment")
            return GatewayNotice(event=event, payment_id=payment, refund_id=number)
        metadata = content.get("metadata")
        reference = metadata.get("reference", "") if isinstance(metadata, dict) else ""
        return GatewayNotice(event=event, payment_id=number, reference=str(reference))

    def _call(self, resource: type[Any], method: str, *arguments: Any) -> dict[str, Any]:
        """Call the SDK and give the answer as it came: the SDK's own classes drop what they do not know."""
        client = self._client()
        try:
            getattr(bound(resource, client), method)(*arguments)
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            if not client.answer:
                raise
            raise GatewayUnknown("unreadable", status=200, raw=client.answer) from error
        return client.answer

    def _client(self) -> Client:
        if not self.is_ready:
            raise GatewayMisconfigured("no_keys")
        return Client(shop_id=self._shop_id, secret_key=self._secret_key, api_url=self._api_url)


def _amount(amount: Decimal) -> dict[str, str]:
    return {"value": f"{amount:.2f}", "currency": "RUB"}


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def _receipt(receipt: FiscalReceipt, amount: Decimal) -> dict[str, Any]:
    vat_code = _VAT_CODES.get(receipt.vat_percent)
    if vat_code is None:
        raise GatewayMisconfigured("vat", raw={"vat_percent": str(receipt.vat_percent)})
    customer = {"email": receipt.email} if receipt.email else {"phone": receipt.phone.removeprefix("+")}
    return {
        "customer": customer,
        "items": [
            {
                "description": receipt.item[:128],
                "quantity": "1.00",
                "amount": _amount(amount),
                "vat_code": vat_code,
                "payment_mode": "full_payment",
                "payment_subject": "service",
            }
        ],
    }


def _money(raw: Any) -> tuple[Decimal, str]:
    """A sum that may come as text or as a number. Raises GatewayUnknown when it is neither."""
    try:
        amount = Decimal(str(raw["value"]))
        if not amount.is_finite() or abs(amount) >= LARGEST:
            raise InvalidOperation
        return amount.quantize(Decimal("0.01")) if amount == round(amount, 2) else amount, str(raw["currency"])
    except (KeyError, TypeError, InvalidOperation) as error:
        raise GatewayUnknown("unreadable", status=200) from error


def _when(text: Any) -> dt.datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _inner(raw: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        value = raw.get(name)
        raw = value if isinstance(value, dict) else {}
    return raw


def _page(url: str) -> str:
    """The gateway's page; whatever is no address of the web is none, because we show it as a link."""
    return url if url.startswith("https://") and len(url) <= 500 else ""


def _payment(raw: dict[str, Any]) -> PaymentAnswer:
    if not isinstance(raw.get("id"), str) or not isinstance(raw.get("status"), str):
        raise GatewayUnknown("unreadable", status=200, raw=raw)
    amount, currency = _money(raw.get("amount"))
    card = _inner(raw, "payment_method", "card")
    named = str(card.get("card_type", "")).lower().replace(" ", "")
    network = _CARD_TYPES.get(named) or network_of(str(card.get("first6", ""))) or ""
    return PaymentAnswer(
        gateway_id=raw["id"],
        state=raw["status"],
        amount=amount,
        currency=currency,
        reference=str(_inner(raw, "metadata").get("reference", "")),
        confirmation_url=_page(str(_inner(raw, "confirmation").get("confirmation_url", ""))),
        network=str(network),
        last4=str(card.get("last4", "")),
        cancel_reason=str(_inner(raw, "cancellation_details").get("reason", "")),
        captured_at=_when(raw.get("captured_at")),
        created_at=_when(raw.get("created_at")),
        is_test=raw.get("test") is True,
        is_unpaid=raw.get("paid") is False,
        refunded=_money(raw["refunded_amount"])[0] if raw.get("refunded_amount") else Decimal("0.00"),
        raw=raw,
    )


def _refund(raw: dict[str, Any]) -> RefundAnswer:
    if not isinstance(raw.get("id"), str) or not isinstance(raw.get("status"), str):
        raise GatewayUnknown("unreadable", status=200, raw=raw)
    amount, currency = _money(raw.get("amount"))
    return RefundAnswer(
        gateway_id=raw["id"],
        payment_gateway_id=str(raw.get("payment_id", "")),
        state=raw["status"],
        amount=amount,
        currency=currency,
        cancel_reason=str(_inner(raw, "cancellation_details").get("reason", "")),
        created_at=_when(raw.get("created_at")),
        raw=raw,
    )


def _fiscal(raw: dict[str, Any]) -> ReceiptAnswer:
    """A receipt as the cash register made it; YooKassa sends it to the buyer and has no page of it."""
    return ReceiptAnswer(
        state=str(raw.get("status", "")),
        storage=str(raw.get("fiscal_storage_number") or ""),
        document=str(raw.get("fiscal_document_number") or ""),
        sign=str(raw.get("fiscal_attribute") or ""),
        registered_at=_when(raw.get("registered_at")),
        raw=raw,
    )

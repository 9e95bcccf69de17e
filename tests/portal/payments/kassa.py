"""A server on loopback that behaves as YooKassa's documentation says, and can misbehave on demand.

It checks method, path, Basic authorisation, Idempotence-Key and body, and answers what a wrong call deserves.
"""

import base64
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SHOP, SECRET = "100500", "test_secret_of_the_shop"
CREATED = "2026-11-15T09:12:31.827Z"


class Kassa:
    """What the server knows and was asked; `misbehave` is a list of answers to give instead, in order."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[dict[str, Any]] = []
        self.payments: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.receipts: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, tuple[str, dict[str, Any]]] = {}
        self.misbehave: list[tuple[int, Any]] = []
        self.do_first = False
        self.lock = threading.Lock()

    def pay(self, number: str, *, network: str = "Mir", last4: str = "0004") -> None:
        """The buyer pays."""
        self.payments[number] |= {
            "status": "succeeded",
            "paid": True,
            "captured_at": "2026-11-15T09:15:00.000Z",
            "payment_method": {"type": "bank_card", "card": {"card_type": network, "first6": "220000", "last4": last4}},
        }

    def register_receipt(self, number: str, status: str = "succeeded", kind: str = "payment") -> None:
        """The cash register makes the receipt of a payment or a refund, or fails."""
        facts = {
            "fiscal_document_number": "3986",
            "fiscal_storage_number": "9288000100115785",
            "fiscal_attribute": "2617603921",
            "registered_at": "2026-11-15T09:15:07.000Z",
        }
        self.receipts[number] = {
            "id": "rt-" + number,
            "type": kind,
            f"{kind}_id": number,
            "status": status,
            "items": [],
            **(facts if status == "succeeded" else {}),
        }

    def answer(self, method: str, path: str, headers: Any, body: dict[str, Any] | None) -> tuple[int, Any]:
        if headers.get("Authorization") != "Basic " + base64.b64encode(f"{SHOP}:{SECRET}".encode()).decode():
            return 401, _error("invalid_credentials")
        key = headers.get("Idempotence-Key")
        if method == "POST":
            if not key or len(key) > 64:
                return 400, _error("invalid_request", parameter="Idempotence-Key")
            if headers.get("Content-Type") != "application/json":
                return 415, None
            if key in self.keys:
                before, known = self.keys[key]
                if before != json.dumps([path, body], sort_keys=True):
                    return 400, _error("invalid_request", parameter="Idempotence-Key")
                return 200, known
        status, answer = self._route(method, urlsplit(path), body or {})
        if method == "POST" and status == 200:
            self.keys[str(key)] = (json.dumps([path, body], sort_keys=True), answer)
        return status, answer

    def _route(self, method: str, url: Any, body: dict[str, Any]) -> tuple[int, Any]:
        parts = url.path.removeprefix("/v3/").split("/")
        if (method, parts) == ("POST", ["payments"]):
            return self._create(body)
        if (method, parts) == ("GET", ["payments"]):
            return self._list(parse_qs(url.query))
        if (method, parts) == ("GET", ["receipts"]):
            wanted = {name: parse_qs(url.query).get(name, [None])[0] for name in ("payment_id", "refund_id")}
            receipts = [row for row in self.receipts.values() if any(row.get(n) == w for n, w in wanted.items() if w)]
            return 200, {"type": "list", "items": receipts}
        if (method, parts) == ("POST", ["refunds"]):
            return self._create_refund(body)
        records = {"payments": self.payments, "refunds": self.refunds}.get(parts[0], {})
        record = records.get(parts[1]) if len(parts) > 1 else None
        if record is None:
            return 404, _error("not_found")
        if method == "GET" and len(parts) == 2:
            return 200, record
        if method == "POST" and parts[2:] in (["capture"], ["cancel"]):
            if record["status"] != "waiting_for_capture":
                return 400, _error("invalid_request")
            record["status"] = "succeeded" if parts[2] == "capture" else "canceled"
            record["paid"] = record["status"] == "succeeded"
            record["captured_at"] = CREATED
            return 200, record
        return 405, None

    def _create(self, body: dict[str, Any]) -> tuple[int, Any]:
        value = body.get("amount", {}).get("value")
        wrong = (
            not isinstance(value, str)
            or Decimal(value) <= 0
            or body["amount"].get("currency") != "RUB"
            or body.get("confirmation", {}).get("type") != "redirect"
            or not body["confirmation"].get("return_url")
            or len(body.get("description", "")) > 128
            or not all(isinstance(text, str) for text in body.get("metadata", {}).values())
            or _bad_receipt(body.get("receipt"), value)
        )
        if wrong:
            return 400, _error("invalid_request", parameter="body")
        number = str(uuid.uuid4())
        self.payments[number] = {
            "id": number,
            "status": "pending",
            "paid": False,
            "amount": body["amount"],
            "created_at": CREATED,
            "description": body.get("description"),
            "metadata": body.get("metadata", {}),
            "test": True,
            "confirmation": {"type": "redirect", "confirmation_url": f"https://yoomoney.ru/checkout?orderId={number}"},
            "recipient": {"account_id": SHOP, "gateway_id": "1"},
            "refundable": False,
            "refunded_amount": {"value": "0.00", "currency": "RUB"},
            "field_of_next_year": {"new": [1]},
        }
        return 200, self.payments[number]

    def _create_refund(self, body: dict[str, Any]) -> tuple[int, Any]:
        payment = self.payments.get(body.get("payment_id", ""))
        if payment is None:
            return 404, _error("not_found")
        value, returned = Decimal(body["amount"]["value"]), Decimal(payment["refunded_amount"]["value"])
        too_much = value + returned > Decimal(payment["amount"]["value"])
        if payment["status"] != "succeeded" or too_much or _bad_receipt(body.get("receipt"), value):
            return 400, _error("invalid_request")
        payment["refunded_amount"] = {"value": f"{value + returned:.2f}", "currency": "RUB"}
        number = str(uuid.uuid4())
        self.refunds[number] = {
            "id": number,
            "payment_id": payment["id"],
            "status": "succeeded",
            "created_at": CREATED,
            "amount": body["amount"],
            "description": body.get("description", ""),
        }
        return 200, self.refunds[number]

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        since, until = query["created_at.gte"][0], query["created_at.lt"][0]
        payments = [row for row in self.payments.values() if since <= row["created_at"] < until]
        start, limit = int(query.get("cursor", ["0"])[0]), min(int(query["limit"][0]), 2)
        page: dict[str, Any] = {"type": "list", "items": payments[start : start + limit]}
        if start + limit < len(payments):
            page["next_cursor"] = str(start + limit)
        return 200, page


def _error(code: str, **more: str) -> dict[str, Any]:
    return {"type": "error", "id": str(uuid.uuid4()), "code": code, "description": code, **more}


def _bad_receipt(receipt: Any, value: Any) -> bool:
    if receipt is None:
        return False
    customer, items = receipt.get("customer", {}), receipt.get("items", [])
    total = sum(Decimal(item["amount"]["value"]) * Decimal(str(item["quantity"])) for item in items)
    return (
        not (customer.get("email") or str(customer.get("phone", "")).isdigit())
        or total != Decimal(value)
        or any(not 1 <= item.get("vat_code", 0) <= 12 or not 0 < len(item["description"]) <= 128 for item in items)
        or any(item.get("payment_subject") != "service" or not item.get("payment_mode") for item in items)
    )


@contextmanager
def running_kassa() -> Iterator[Kassa]:
    """The server on a free port of loopback."""
    kassa = Kassa()

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            with kassa.lock:
                kassa.calls.append(
                    {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
                )
                if kassa.misbehave:
                    status, answer = kassa.misbehave.pop(0)
                    if kassa.do_first:
                        kassa.answer(self.command, self.path, self.headers, body)
                else:
                    status, answer = kassa.answer(self.command, self.path, self.headers, body)
            if status == 0:
                self.close_connection = True
                return
            data = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = handle_one  # noqa: N815 (names of the standard library)

        def log_message(self, *_arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kassa.url = f"http://127.0.0.1:{server.server_port}/v3"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield kassa
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

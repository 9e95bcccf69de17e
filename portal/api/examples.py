"""Examples of the OpenAPI schema: bodies, answers, parameters. A test holds each against its schema."""

from typing import Any

WINDOW = {"opens_on": "2026-12-10", "closes_on": "2026-12-20", "is_open": False}
READING = {
    "number": "12-31",
    "meter": 31,
    "value": "141.455",
    "taken_on": "2026-11-15",
    "source": "cabinet",
    "status": "accepted",
    "volume": "6.335",
}
ACCOUNT = {
    "id": 17,
    "number": "0020714",
    "address": "ул. Речная, д. 8, кв. 14",
    "balance": "700.14",
    "opened_on": "2019-04-01",
    "closed_on": None,
}
PAYMENT = {
    "reference": "5b1f1f0e-6a52-4a3c-9a3e-0f6f0a5f5a11",
    "state": "pending",
    "amount": "700.14",
    "refunded": "0.00",
    "channel": "card",
    "created_at": "2026-11-15T08:12:00+03:00",
    "paid_on": None,
    "page": "https://bank.example/pay/5b1f1f0e",
}
ANSWERS: dict[str, Any] = {
    "list_accounts": [ACCOUNT],
    "get_account": ACCOUNT | {"due_on": "2026-12-10", "window": WINDOW},
    "list_meters": [
        {
            "id": 31,
            "service": "cold_water",
            "place": "Кухня",
            "serial_number": "K-20714",
            "digits": 5,
            "verified_until": "2029-05-31",
            "last_value": "135.120",
            "last_taken_on": "2026-10-15",
        }
    ],
    "list_readings": [READING],
    "send_reading": READING
    | {
        "result": "accepted",
        "message": "Принято. Начислим 25 ноября; до 20 ноября можно передать другое значение.",
        "flags": [],
        "counts_for": "2026-11-01",
        "counts_on": "2026-11-25",
        "may_change_until": "2026-11-20",
        "next_window": WINDOW,
    },
    "list_entries": [
        {
            "id": 501,
            "date": "2026-10-21",
            "kind": "charge",
            "amount": "700.14",
            "balance_after": "700.14",
            "period": "2026-10-01",
        }
    ],
    "list_outages": [
        {
            "id": 4,
            "kind": "planned",
            "services": ["cold_water"],
            "starts_at": "2026-11-20T09:00:00+03:00",
            "ends_at": "2026-11-20T15:00:00+03:00",
            "reason": "Замена задвижки",
            "delivery": "",
        }
    ],
    "list_charges": [
        {
            "period": "2026-10-01",
            "closed_on": "2026-10-25",
            "due_on": "2026-11-15",
            "total": "700.14",
            "charges": [
                {
                    "title": "Холодное водоснабжение",
                    "kind": "charge",
                    "service": "cold_water",
                    "for_month": "2026-10-01",
                    "volume": "6.335",
                    "price": "58.2300",
                    "amount": "368.89",
                    "reasons": [
                        "По счётчику № K-20714: 135,120 − 128,785 = 6,335 м³.",
                        "6,335 м³ × 58,23 ₽ = 368,89 ₽.",
                    ],
                }
            ],
        }
    ],
    "list_receipts": [
        {
            "id": 88,
            "number": "0020714-2026-10",
            "period": "2026-10-01",
            "issued_on": "2026-11-01",
            "due_on": "2026-11-15",
            "to_pay": "700.14",
            "pdf": "https://portal.example/api/v1/accounts/17/receipts/88/pdf/",
        }
    ],
    "list_payments": [PAYMENT],
    "get_payment": PAYMENT,
    "create_payment": PAYMENT,
}
BODIES: dict[str, Any] = {
    "send_reading": {
        "reading": {"value": {"meter": 31, "value": "141.455"}},
        "confirmed": {"value": {"meter": 31, "value": "341.455", "confirmed_high": True}},
    },
    "create_payment": {"payment": {"value": {"amount": "700.14", "contact": "resident@mail.example"}}},
}
PARAMETERS: dict[str, Any] = {
    "account": 17,
    "receipt": 88,
    "reference": "5b1f1f0e-6a52-4a3c-9a3e-0f6f0a5f5a11",
    "limit": 10,
    "cursor": "",
    "since": "2026-01-01",
    "Idempotency-Key": "2026-11-15.kitchen.141-455",
}
PROBLEMS: dict[str, Any] = {
    "invalid": {"errors": [{"pointer": "#/value", "detail": "Нужно число с точкой, например 141.455."}]},
    "reading_window_closed": {
        "detail": "Показания принимаются с 10 по 20 декабря.",
        "next_window": WINDOW,
    },
    "lower_than_previous": {
        "detail": "Меньше прошлого показания (135,120 м³ 15 октября).",
        "next_window": WINDOW,
    },
}

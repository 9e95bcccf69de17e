"""What every answer of the API keeps to: problem details, languages, pages, ETag, limits, repeated requests."""

import datetime as dt
import json
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from portal.api.idempotency import RETENTION, sweep
from portal.api.models import IdempotentAnswer
from portal.core.rate_limits.models import RateLimits
from portal.metering.models import Reading
from tests.people import Cast
from tests.portal.api.conftest import Program
from tests.portal.api.test_use_the_api import charge

pytestmark = pytest.mark.django_db
READINGS = "/accounts/ACCOUNT/readings/"


def is_problem(answer: object, status: int, code: str) -> bool:
    content = json.loads(answer.content)  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/problem+json"  # type: ignore[index]
    assert answer["Cache-Control"] == "private, no-store"  # type: ignore[index]
    assert content["type"].endswith(f"/api/v1/docs/#{code}")
    assert content["instance"] == f"urn:request:{answer['X-Request-ID']}"  # type: ignore[index]
    assert content["title"]
    assert content["detail"]
    return (answer.status_code, content["status"], content["code"]) == (status, status, code)  # type: ignore[attr-defined]


def test_every_error_is_problem_details(anna: Program, settings: object) -> None:
    post, meter = anna.post, anna.meter()
    raw = {"content_type": "application/json"}
    assert is_problem(anna.client.post(anna.url(READINGS), "{", **raw), 400, "bad_request")
    assert is_problem(anna.get("/accounts/\0/"), 400, "bad_request")
    assert is_problem(Client().get("/api/v1/accounts/"), 401, "unauthorized")
    assert is_problem(anna.get("/nothing/"), 404, "not_found")
    assert is_problem(anna.get("/accounts/999999/"), 404, "not_found")
    wrong_method = anna.client.delete("/api/v1/accounts/")
    assert is_problem(wrong_method, 405, "method_not_allowed")
    assert wrong_method["Allow"] == "GET"
    assert is_problem(anna.get("/accounts/", accept="text/html"), 406, "not_acceptable")
    assert is_problem(post(READINGS, {"x": "y" * 17_000}), 413, "too_large")
    assert is_problem(anna.client.post(anna.url(READINGS), {"meter": meter}), 415, "unsupported_media_type")
    assert is_problem(post(READINGS, {"meter": meter}), 422, "invalid")
    with patch("portal.api.endpoints.accounts.accounts_of", side_effect=RuntimeError):
        assert is_problem(anna.get("/accounts/"), 500, "server_error")
    with patch("portal.api.endpoints.accounts.accounts_of", side_effect=OperationalError):
        away = anna.get("/accounts/")
    assert is_problem(away, 503, "unavailable")
    assert away["Retry-After"] == "30"
    settings.PAYMENT_GATEWAY = ""  # type: ignore[attr-defined]
    no_bank = post("/accounts/ACCOUNT/payments/", {"amount": "5"}, **{"idempotency-key": "no-gateway"})
    assert is_problem(no_bank, 503, "unavailable")


def test_an_error_is_logged_once(anna: Program, caplog: pytest.LogCaptureFixture) -> None:
    with patch("portal.api.endpoints.accounts.accounts_of", side_effect=RuntimeError):
        anna.get("/accounts/")
    assert [record.exc_info is not None for record in caplog.records if record.name == "django.request"] == [True]


def test_wrong_fields_are_named_by_pointers_and_parameters(anna: Program) -> None:
    body = {"meter": True, "value": "1e400", "confirmed_high": "yes", "a/b": 1}
    errors = anna.post(READINGS, body).json()["errors"]
    assert {error["pointer"] for error in errors} == {"#/meter", "#/value", "#/confirmed_high", "#/a~1b"}
    assert next(e["detail"] for e in errors if e["pointer"] == "#/a~1b") == "Такого поля нет."
    for query in ("limit=0", "limit=x", "cursor=forged", "since=2026-13-01"):
        (error,) = anna.get(f"{READINGS}?{query}").json()["errors"]
        assert error["parameter"] == query.partition("=")[0]
    assert anna.get(f"{READINGS}?page=2").status_code == 422
    assert anna.get(f"{READINGS}?limit=1&limit=2").status_code == 422


def test_words_follow_accept_language_and_leave_the_thread_alone(anna: Program) -> None:
    english = anna.get("/accounts/0/", accept_language="en-GB, ru;q=0.5")
    assert (english["Content-Language"], english.json()["title"]) == ("en", "Fields are missing or wrong")
    for header in ({}, {"accept_language": "de"}):
        russian = anna.get("/accounts/0/", **header)
        assert (russian["Content-Language"], russian.json()["title"]) == (
            "ru",
            "Поля не заполнены или заполнены неверно",
        )


def test_pages_by_cursor_name_each_row_once_while_rows_are_added(anna: Program, cast: Cast) -> None:
    for number in range(5):
        charge(cast, number)
    seen, url = [], "/accounts/ACCOUNT/ledger/?limit=2"
    while url:
        answer = anna.get(url)
        seen += [entry["id"] for entry in answer.json()]
        link = answer.get("Link", "")
        url = link[1:].partition(">")[0]
        if len(seen) == 2:
            charge(cast, 99)  # the newest: it shifts every offset
            first = link
    assert len(seen) == len(set(seen)) == 5
    stolen = first.partition("cursor=")[2].partition(">")[0]
    assert anna.get(f"/accounts/ACCOUNT/payments/?cursor={stolen}").status_code == 404


def test_what_has_not_changed_is_not_sent_again(anna: Program, cast: Cast) -> None:
    first = anna.get("/accounts/")
    assert first["Cache-Control"] == "private, no-cache"
    again = anna.get("/accounts/", if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    charge(cast, 1)
    assert anna.get("/accounts/", if_none_match=first["ETag"]).status_code == 200


def test_head_answers_as_get_without_a_body(anna: Program) -> None:
    head = anna.client.head("/api/v1/accounts/")
    assert (head.status_code, head.content) == (200, b"")


def test_limits_are_told_before_they_are_reached(anna: Program) -> None:
    RateLimits.load()
    RateLimits.objects.update(api_login_minute=2)
    first, second, third = (anna.get("/accounts/") for _call in range(3))
    assert first["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert first["RateLimit"].startswith('"minute";r=1;t=')
    assert second["RateLimit"].startswith('"minute";r=0;t=')
    assert is_problem(third, 429, "throttled")
    assert int(third["Retry-After"]) > 0


def test_a_repeated_request_is_done_once_and_answered_the_same(anna: Program) -> None:
    body, key = {"meter": anna.meter(), "value": "141.455"}, {"idempotency-key": "morning"}
    first, again = anna.post(READINGS, body, **key), anna.post(READINGS, body, **key)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    other = anna.post(READINGS, body | {"value": "142"}, **key)
    assert is_problem(other, 409, "idempotency_key_reused")
    assert Reading.objects.count() == 1


def test_a_repeated_refusal_is_the_same_refusal(anna: Program) -> None:
    body, key = {"meter": anna.meter(), "value": "1"}, {"idempotency-key": "morning"}
    first, again = anna.post(READINGS, body, **key), anna.post(READINGS, body, **key)
    assert first.json() == again.json()
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")


def test_a_request_that_is_being_answered_is_not_done_twice(anna: Program) -> None:
    body, key = {"meter": anna.meter(), "value": "141.455"}, {"idempotency-key": "morning"}
    anna.post(READINGS, body, **key)
    IdempotentAnswer.objects.update(status=None, claimed_at=timezone.now())
    waiting = anna.post(READINGS, body, **key)
    assert is_problem(waiting, 409, "idempotency_key_in_use")
    assert waiting["Retry-After"] == "5"
    IdempotentAnswer.objects.update(claimed_at=timezone.now() - dt.timedelta(minutes=2))  # its process was killed
    assert anna.post(READINGS, body, **key).status_code == 200


def test_what_failed_may_be_sent_again_and_a_day_later_is_forgotten(anna: Program) -> None:
    body, key = {"meter": anna.meter(), "value": "141.455"}, {"idempotency-key": "morning"}
    with patch("portal.api.endpoints.readings.submit_readings", side_effect=RuntimeError):
        assert anna.post(READINGS, body, **key).status_code == 500
    assert anna.post(READINGS, body, **key).status_code == 200
    assert sweep(moment=timezone.now()) == 0
    assert sweep(moment=timezone.now() + RETENTION) == 1


def test_keys_of_others_have_answers_of_their_own(anna: Program, cast: Cast, program: Callable[..., Program]) -> None:
    key = {"idempotency-key": "morning"}
    anna.post(READINGS, {"meter": anna.meter(), "value": "141.455"}, **key)
    second = program(cast.anna)
    answer = second.post(READINGS, {"meter": second.meter(), "value": "141.455"}, **key)
    assert "Idempotency-Replayed" not in answer

"""A whole journey of a resident, with its errors: none of the log lines names them, or opens anything."""

import uuid
from collections.abc import Iterator

import pytest
from captcha.models import CaptchaStore
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django_q.tasks import async_task

from portal.accounts.models import User
from portal.cabinet.views import readings
from portal.core.logs import JsonLineFormatter
from portal.metering.models import Meter
from portal.notifications.services import send_due
from portal.payments.models import Payment
from tests.conftest import SetDate
from tests.people import PASSWORD, Cast
from tests.portal.core.test_logs import Lines, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
PHONE, TYPED_NAME, WRONG = "8 916 1234567", "Констанция", "guessed-password-1"


@pytest.fixture
def lines() -> Iterator[Lines]:
    yield from written(JsonLineFormatter())


def question() -> dict[str, object]:
    key = CaptchaStore.generate_key()
    return {
        "name": TYPED_NAME,
        "email": "constance@mail.example",
        "account_number": "0010001",
        "text": f"Почему мой телефон {PHONE} не принят?",
        "captcha_0": key,
        "captcha_1": CaptchaStore.objects.get(hashkey=key).response,
        "form_token": str(uuid.uuid4()),
    }


def break_readings(error: Exception) -> object:
    def broken(**_sent: object) -> None:
        raise error

    return broken


def failing_letter(email: str) -> None:
    """A job of the test that breaks over a resident."""
    raise ValueError(f"Иванова Анна, Речная 4-17: {email}, {PHONE}")


def journey(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Log in, wrong and right; send, pay, ask; what is missing and what breaks. Returns the secrets met on the way."""
    browser.get("/personal/readings/", follow=True)
    for password in (WRONG, PASSWORD):
        browser.post("/accounts/login/", {"login": "anna@mail.example", "password": password})
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    form = {f"meter_{cold.pk}": "141,455", f"meter_{hot.pk}": "83,210"}
    assert browser.post("/personal/readings/", form).status_code == 302
    paying = {"form_token": uuid.uuid4().hex, "choice": "other", "contact": PHONE, "amount": "100"}
    browser.post("/personal/pay/", paying)
    payment = Payment.objects.get()
    browser.get(f"/payments/demo/{payment.gateway_id}/")
    asked = {"form_token": "abc", "kind": "no_water", "account": cast.anna.account.pk, "text": "Нет", "phone": PHONE}
    browser.post("/personal/requests/new/", asked)
    browser.post("/support/", question())
    browser.post("/support/", question() | {"captcha_1": "wrong"})
    browser.post("/accounts/password/reset/", {"login": "anna@mail.example", "email": "anna@mail.example"})
    send_due()
    token = "MQ-cx1abc-0123456789abcdef0123456789abcdef"
    for address in (
        f"/accounts/password/reset/key/{token}/",
        f"/accounts/email/confirm/{token}/?email=anna@mail.example",
        f"/files/{uuid.uuid4()}/?name=Иванова",
        "/нет-такой-страницы/Речная/",
        "/personal/bills/0010001/",
        "/api/v1/accounts/0010001/",
        "/search/?q=Иванова+Речная",
    ):
        browser.get(address)
    for error in (
        ValueError("could not convert 'Иванова Анна', 0010001, anna@mail.example"),
        IntegrityError("DETAIL:  Key (username)=(anna) already exists. Failing row contains (1, anna, Речная)."),
    ):
        monkeypatch.setattr(readings, "submit_readings", break_readings(error))
        assert browser.post("/personal/readings/", form).status_code == 500
    with pytest.raises(ValueError, match="Иванова"):
        async_task(f"{__name__}.failing_letter", "anna@mail.example", sync=True)
    session = browser.session.session_key
    assert session is not None
    browser.post("/accounts/logout/")
    return [session, token, str(payment.gateway_id)]


def test_no_line_of_a_journey_names_the_resident(
    cast: Cast, lines: Lines, business_date: SetDate, monkeypatch: pytest.MonkeyPatch
) -> None:
    business_date("2026-11-15")
    secrets = journey(cast, Client(raise_request_exception=False), monkeypatch)
    statuses = {line["status"] for line in lines.objects if line["logger"] == "portal.access"}
    assert {200, 302, 404, 500} <= statuses, "the control: the journey was logged, its errors too"
    assert any("ValueError" in str(line.get("exception")) for line in lines.objects)
    assert mail.outbox, "letters went out on the way"
    anna = User.objects.get(pk=cast.anna.user.pk)
    forbidden = [
        *secrets,
        *(PHONE, "9161234567", TYPED_NAME, WRONG, PASSWORD, anna.password),
        *("anna@", "constance@", "mail.example", "Иванова", "Анна", "Речная", "0010001", "A-1001"),
        *("Key (username)=(anna)", "q=", "token="),
    ]
    leaks = {text: line for text in forbidden for line in lines.text.splitlines() if text.lower() in line.lower()}
    assert leaks == {}

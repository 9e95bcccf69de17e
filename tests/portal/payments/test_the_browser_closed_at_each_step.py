"""The resident vanishes in the middle of paying: the payment ends right without the browser, and the pages say how.

The session is dropped at each step, the bank's answer is never followed; after logging in again the pages tell the
truth and what to do next. One credit at most, whether the bank's notice or the asking job brings the end.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from portal.core import clock
from portal.ledger.models import Entry
from portal.payments.gateways.demo.cards import NO_ANSWER_SUM, SMS_CODE
from portal.payments.jobs import poll_open_payments
from portal.payments.models import DemoBankPayment, Payment
from tests.people import Cast
from tests.portal.payments.bank import MIR

pytestmark = pytest.mark.django_db
PAY = "/personal/pay/"
LOST = "4000000000000127"  # the bank's notices about this card never come
SILENT = f"{NO_ANSWER_SUM:.2f}"  # the bank makes the payment, its answer is lost


class Browser:
    """Anna's browser: it does one step after another and forgets everything when it is closed."""

    def __init__(self, cast: Cast, card: str) -> None:
        self.anna, self.card, self.client = cast.anna, card, Client()

    def log_in(self) -> None:
        self.client = Client()
        self.client.force_login(self.anna.user)

    def press_pay(self, amount: str = "700.14") -> None:
        self.log_in()
        form = {"form_token": "form-1", "choice": "other", "amount": amount, "contact": "anna@mail.example"}
        assert self.client.post(PAY, form).status_code == 302

    def open_the_bank(self) -> None:
        assert "Оплата картой" in self.text(self.bank_page)

    def give_the_card(self) -> None:
        form = {"number": self.card, "expiry": "12/30", "csc": "123"}
        assert self.client.post(self.bank_page, form).url == f"{self.bank_page}code/"

    def give_the_code(self) -> None:
        assert self.client.post(f"{self.bank_page}code/", {"code": SMS_CODE}).url.endswith(self.own_page)

    def text(self, url: str) -> str:
        return self.client.get(url).content.decode().replace("\u00a0", " ")

    @property
    def payment(self) -> Payment:
        return Payment.objects.get()

    @property
    def own_page(self) -> str:
        return f"{PAY}{self.payment.reference}/"

    @property
    def bank_page(self) -> str:
        return self.payment.confirmation_url


STEPS: list[Callable[[Browser], None]] = [
    Browser.press_pay,
    Browser.open_the_bank,
    Browser.give_the_card,
    Browser.give_the_code,
]


def let_the_job_ask() -> None:
    """Time passes for the asking job alone."""
    Payment.objects.exclude(next_poll_at=None).update(
        next_poll_at=clock.now() - dt.timedelta(seconds=1), claimed_at=None
    )
    poll_open_payments()


def vanish_after(cast: Cast, steps: int, *, card: str) -> Browser:
    browser = Browser(cast, card)
    for step in STEPS[:steps]:
        step(browser)
    return browser


@pytest.mark.parametrize("card", [MIR, LOST], ids=["by notice", "by job"])
@pytest.mark.parametrize("steps", [1, 2, 3, 4], ids=["pay pressed", "bank's page", "card given", "code given"])
def test_whoever_comes_back_ends_what_was_begun_and_pays_once(cast: Cast, steps: int, card: str) -> None:
    browser = vanish_after(cast, steps, card=card)
    if steps < 4:
        assert not Entry.objects.exists()
        browser.log_in()
        for page in (PAY, browser.own_page):
            assert f'href="{browser.bank_page}"' in browser.text(page)
        for step in STEPS[2:]:
            step(browser)
    notified = browser.payment.state
    assert notified == ("succeeded" if card == MIR else "pending")  # before any page of ours was opened again
    for _again in range(2):
        let_the_job_ask()
    assert (browser.payment.state, Entry.objects.count()) == ("succeeded", 1)
    browser.log_in()
    shown = browser.text(browser.own_page)
    assert "<span>Оплачен</span>" in shown
    assert "Подтверждение, PDF" in shown
    assert "ещё не закончен" not in browser.text(PAY)


@pytest.mark.parametrize("steps", [1, 2, 3], ids=["pay pressed", "bank's page", "card given"])
def test_who_never_comes_back_owes_what_was_owed(cast: Cast, steps: int) -> None:
    browser = vanish_after(cast, steps, card=MIR)
    DemoBankPayment.objects.update(expires_at=clock.now())
    let_the_job_ask()
    assert (browser.payment.state, browser.payment.cancel_reason) == ("canceled", "expired_on_confirmation")
    assert not Entry.objects.exists()
    browser.log_in()
    shown = browser.text(browser.own_page)
    assert "Время на оплату вышло" in shown
    assert "Попробовать ещё раз" in shown
    assert "ещё не закончен" not in browser.text(PAY)


def test_when_the_bank_never_opened_its_page_the_way_there_comes_later(cast: Cast) -> None:
    browser = Browser(cast, MIR)
    browser.press_pay(SILENT)
    browser.log_in()
    assert browser.payment.state == "created"
    assert "Банк ещё не открыл свою страницу" in browser.text(PAY)
    let_the_job_ask()
    assert f'href="{browser.bank_page}"' in browser.text(browser.own_page)
    assert (DemoBankPayment.objects.count(), Entry.objects.count()) == (1, 0)

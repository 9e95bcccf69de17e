"""Back from the bank without paying: it is said so, nothing is charged, and the next try is not held up."""

import re
import uuid

import pytest
from django.test import Client

from portal.payments.enums import PaymentState
from portal.payments.models import DemoBankPayment, Payment
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(cast: Cast, client: Client) -> Client:
    client.force_login(cast.anna.user)
    return client


def begin(client: Client, amount: str = "100") -> Payment:
    """A payment whose bank page is open."""
    sent = {"choice": "other", "amount": amount, "contact": "anna@mail.example", "form_token": uuid.uuid4().hex}
    answer = client.post("/personal/pay/", sent)
    assert answer.status_code == 302
    return Payment.objects.latest("pk")


def words(client: Client, address: str) -> str:
    html = client.get(address).content.decode().split("<main")[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def test_going_back_without_paying_is_said_and_may_be_tried_again(anna: Client) -> None:
    payment = begin(anna)
    assert "Вернуться, не оплачивая" in anna.get(payment.confirmation_url).content.decode()
    back = anna.post(f"{payment.confirmation_url}give-up/")
    assert back.status_code == 302
    said = words(anna, f"/personal/pay/{payment.reference}/")
    assert "Вы не заплатили" in said
    assert "Деньги не списаны" in said
    assert "Попробовать ещё раз" in said
    assert "Не платите второй раз" not in said
    payment.refresh_from_db()
    assert payment.state == PaymentState.CANCELED
    assert begin(anna).pk != payment.pk


def test_a_waiting_payment_says_what_happens_and_the_first_page_names_it(anna: Client) -> None:
    payment = begin(anna)
    said = words(anna, f"/personal/pay/{payment.reference}/")
    assert "Ввели карту и код? Тогда подождите" in said
    assert "Не платили? Деньги не списаны" in said
    assert "Платёж на 100,00 ₽" in words(anna, "/personal/")


def test_a_payment_given_up_holds_up_no_other_and_is_booked_when_it_is_paid_after_all(anna: Client) -> None:
    payment = begin(anna)
    anna.post(f"/personal/pay/{payment.reference}/abandon/")
    payment.refresh_from_db()
    assert (payment.state, payment.abandoned_at is None) == (PaymentState.PENDING, False)
    assert "Вы отказались от этого платежа" in words(anna, f"/personal/pay/{payment.reference}/")
    assert "Платёж на 100,00" not in words(anna, "/personal/")
    assert begin(anna).pk != payment.pk
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(state="succeeded", captured_at=payment.created_at)
    Payment.objects.filter(pk=payment.pk).update(claimed_at=None)
    assert "Оплачен" in words(anna, f"/personal/pay/{payment.reference}/")
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED


def test_giving_up_a_paid_payment_changes_nothing(anna: Client) -> None:
    payment = begin(anna)
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(state="succeeded", captured_at=payment.created_at)
    anna.post(f"/personal/pay/{payment.reference}/abandon/")
    payment.refresh_from_db()
    assert (payment.state, payment.abandoned_at) == (PaymentState.SUCCEEDED, None)


def test_a_stranger_cannot_give_it_up(anna: Client, cast: Cast) -> None:
    payment = begin(anna)
    anna.force_login(cast.stranger.user)
    assert anna.post(f"/personal/pay/{payment.reference}/abandon/").status_code == 404
    payment.refresh_from_db()
    assert payment.abandoned_at is None


def test_a_bank_that_decides_already_is_not_interrupted(anna: Client) -> None:
    payment = begin(anna)
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(decides_at=payment.created_at.replace(year=2099))
    anna.post(f"{payment.confirmation_url}give-up/")
    payment.refresh_from_db()
    assert payment.state == PaymentState.PENDING


def test_the_button_names_the_sum(anna: Client) -> None:
    sent = {"choice": "other", "amount": "1782,77", "contact": "anna@mail.example", "preview": "1"}
    page = anna.post("/personal/pay/", sent).content.decode().replace("\u00a0", " ")
    assert "Оплатить 1 782,77 ₽" in page

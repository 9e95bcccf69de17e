"""A question to support is followed in the cabinet: list, thread, one word more; nobody else sees it."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from portal.core.clock import MOSCOW
from portal.notifications.models import Message
from portal.service_requests.support import services
from portal.service_requests.support.enums import QuestionState
from portal.service_requests.support.models import SupportQuestion
from tests import people

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 12, 9, 0, tzinfo=MOSCOW)


def _asked(cast: people.Cast) -> SupportQuestion:
    return services.ask(
        form_token=uuid.uuid4(),
        name="Анна",
        email="anna@mail.example",
        account_number="",
        text="Где мой счётчик?",
        now=NOW,
        user=cast.anna.user,
    )


def test_the_letter_leads_to_the_thread_and_the_answer_stands_there(cast: people.Cast, client: Client) -> None:
    question = _asked(cast)
    services.answer(question=question, actor=cast.boris.user, text="На складе.", message_count=1, now=NOW)
    client.force_login(cast.anna.user)
    for link in Message.objects.filter(user=cast.anna.user).values_list("link", flat=True).distinct():
        html = client.get(link).content.decode()
        assert "Где мой счётчик?" in html
        assert "На складе." in html
    listed = client.get("/personal/support/", {"q": "счётчик"}).content.decode()
    assert f"/personal/support/{question.pk}/" in listed
    assert f"/personal/support/{question.pk}/" not in client.get("/personal/support/", {"q": "яхта"}).content.decode()


def test_a_word_more_opens_the_question_once_however_often_it_is_sent(
    cast: people.Cast, client: Client, business_date: object
) -> None:
    business_date("2026-11-20")  # type: ignore[operator]
    question = _asked(cast)
    services.answer(question=question, actor=cast.boris.user, text="На складе.", message_count=1, now=NOW)
    client.force_login(cast.anna.user)
    address = f"/personal/support/{question.pk}/"
    assert "Напишите" in client.post(address, {"text": " "}).content.decode()
    for _time in range(2):
        assert client.post(address, {"text": "А когда привезут?"}).status_code == 302
    question.refresh_from_db()
    assert question.messages.count() == 3
    assert (question.state, question.due_on) == (QuestionState.OPEN, dt.date(2026, 11, 30))


def test_a_stranger_neither_reads_nor_writes(cast: people.Cast, client: Client) -> None:
    question = _asked(cast)
    client.force_login(cast.stranger.user)
    address = f"/personal/support/{question.pk}/"
    assert client.get(address).status_code == 404
    assert client.post(address, {"text": "Чужое"}).status_code == 404
    assert "счётчик?" not in client.get("/personal/support/").content.decode()

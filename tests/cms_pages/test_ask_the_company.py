"""The support form: nothing is lost by a wrong code, a number at the end, an answer from the staff."""

import uuid

import pytest
from captcha.models import CaptchaStore
from django.contrib.auth.models import Permission
from django.test import Client

from cms_pages.contacts.forms import WORDS, new_question, question_words
from cms_pages.core.bootstrap import ensure_pages
from portal.service_requests.support.models import SupportQuestion
from tests import people

pytestmark = pytest.mark.django_db
TEXT = "Почему в квитанции нет показаний за октябрь?"


def _form(**changes: object) -> dict[str, object]:
    key = CaptchaStore.generate_key()
    code = CaptchaStore.objects.get(hashkey=key).response
    given = {
        "name": "Олег", "email": "oleg@mail.example", "account_number": "", "text": TEXT, "captcha_0": key,
        "captcha_1": code, "riddle": new_question(), "riddle_answer": "", "website": "", "once": str(uuid.uuid4()),
    }  # fmt: skip
    return given | changes


def test_a_right_code_gives_a_number(client: Client) -> None:
    ensure_pages()
    answer = client.post("/support/", _form(), follow=True)
    assert str(SupportQuestion.objects.get().pk) in answer.content.decode()


def test_a_wrong_code_keeps_the_text(client: Client) -> None:
    ensure_pages()
    html = client.post("/support/", _form(captcha_1="wrong")).content.decode()
    assert TEXT in html
    assert not SupportQuestion.objects.exists()


def test_a_question_in_words_opens_the_way_too(client: Client) -> None:
    ensure_pages()
    token = new_question()
    right = next(answers[0] for question, answers in WORDS if question == question_words(token))
    client.post("/support/", _form(captcha_1="", riddle=token, riddle_answer=right))
    assert SupportQuestion.objects.count() == 1


def test_neither_code_nor_words_is_refused(client: Client) -> None:
    ensure_pages()
    client.post("/support/", _form(captcha_1=""))
    assert not SupportQuestion.objects.exists()


def test_a_robot_in_the_trap_leaves_nothing(client: Client) -> None:
    ensure_pages()
    client.post("/support/", _form(website="http://spam.example"))
    assert not SupportQuestion.objects.exists()


def test_staff_answer_and_the_stranger_does_not_see_the_list(client: Client, cast: people.Cast) -> None:
    ensure_pages()
    client.post("/support/", _form())
    question = SupportQuestion.objects.get()
    staff = people.make_login("olga", staff=True)
    staff.user_permissions.add(
        Permission.objects.get(codename="answer_support"), Permission.objects.get(codename="access_admin")
    )
    client.force_login(staff)
    assert "Олег" in client.get("/admin/support/").content.decode()
    client.post(f"/admin/support/{question.pk}/", {"text": "Показания не передавали.", "seen": 1})
    assert question.messages.count() == 2
    client.post(f"/admin/support/{question.pk}/", {"text": "Второй ответ вслепую", "seen": 1})
    assert question.messages.count() == 2
    client.force_login(cast.stranger.user)
    assert client.get(f"/admin/support/{question.pk}/").status_code in (302, 403)

"""The support form: nothing is lost by a wrong code, an answer counts once, letters carry no words of a stranger."""

import datetime as dt
import uuid

import pytest
from captcha.models import CaptchaStore
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.utils import timezone

from cms_pages.contacts import captcha
from cms_pages.contacts.captcha import WORDS, new_question, question_text
from cms_pages.contacts.models import CaptchaMode, SupportCheck
from portal.core.rate_limits.models import RateLimits
from portal.notifications.models import Message
from portal.notifications.services import send_due
from portal.service_requests.support.models import SupportQuestion
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
TEXT = "Почему в квитанции нет показаний за октябрь?"


def _form(**changes: object) -> dict[str, object]:
    key = CaptchaStore.generate_key()
    code = CaptchaStore.objects.get(hashkey=key).response
    given = {
        "name": "Олег",
        "email": "oleg@mail.example",
        "account_number": "",
        "text": TEXT,
        "captcha_0": key,
        "captcha_1": code,
        "riddle": new_question(),
        "riddle_answer": "",
        "website": "",
        "form_token": str(uuid.uuid4()),
    }
    return given | changes


def test_a_right_code_gives_a_number(client: Client) -> None:
    answer = client.post("/support/", _form(), follow=True)
    assert str(SupportQuestion.objects.get().pk) in answer.content.decode()


def test_a_wrong_code_keeps_the_text(client: Client) -> None:
    html = client.post("/support/", _form(captcha_1="wrong")).content.decode()
    assert TEXT in html
    assert not SupportQuestion.objects.exists()


def test_a_question_in_words_opens_the_way_too(client: Client) -> None:
    token = new_question()
    right = next(answers[0] for question, answers in WORDS if question == question_text(token))
    client.post("/support/", _form(captcha_1="", riddle=token, riddle_answer=right))
    assert SupportQuestion.objects.count() == 1


def test_neither_code_nor_words_is_refused(client: Client) -> None:
    client.post("/support/", _form(captcha_1=""))
    assert not SupportQuestion.objects.exists()


def test_a_robot_in_the_trap_leaves_nothing(client: Client) -> None:
    client.post("/support/", _form(website="http://spam.example"))
    assert not SupportQuestion.objects.exists()


def test_staff_answer_and_the_stranger_does_not_see_the_list(client: Client, cast: people.Cast) -> None:
    client.post("/support/", _form())
    question = SupportQuestion.objects.get()
    staff = people.make_login("olga", staff=True)
    staff.user_permissions.add(
        Permission.objects.get(codename="answer_support"), Permission.objects.get(codename="access_admin")
    )
    client.force_login(staff)
    assert "Олег" in client.get("/admin/support/").content.decode()
    client.post(f"/admin/support/{question.pk}/", {"text": "Показания не передавали.", "message_count": 1})
    assert question.messages.count() == 2
    client.post(f"/admin/support/{question.pk}/", {"text": "Второй ответ вслепую", "message_count": 1})
    assert question.messages.count() == 2
    client.force_login(cast.stranger.user)
    assert client.get(f"/admin/support/{question.pk}/").status_code in (302, 403)


def _right(token: str) -> str:
    return next(answers[0] for question, answers in WORDS if question == question_text(token))


def test_an_answer_in_words_counts_once(client: Client) -> None:
    token = new_question()
    for _ in range(3):
        client.post("/support/", _form(captcha_1="", riddle=token, riddle_answer=_right(token)))
    assert SupportQuestion.objects.count() == 1


def test_a_wrong_answer_in_words_spends_its_question(client: Client) -> None:
    token = new_question()
    page = client.post("/support/", _form(captcha_1="", riddle=token, riddle_answer="камень"))
    assert token not in page.content.decode()
    client.post("/support/", _form(captcha_1="", riddle=token, riddle_answer=_right(token)))
    assert not SupportQuestion.objects.exists()


def test_an_answer_in_words_lasts_minutes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    token = new_question()
    right = _right(token)
    monkeypatch.setattr(captcha, "lifetime", lambda: dt.timedelta(seconds=-1))
    client.post("/support/", _form(captcha_1="", riddle=token, riddle_answer=right))
    assert not SupportQuestion.objects.exists()


@pytest.mark.parametrize("first", ["right", "wrong"])
def test_a_picture_is_answered_once(client: Client, first: str) -> None:
    form = _form()
    code = form["captcha_1"]
    client.post("/support/", form | {"captcha_1": code if first == "right" else "nope"})
    client.post("/support/", form | {"form_token": str(uuid.uuid4())})
    assert SupportQuestion.objects.count() == (1 if first == "right" else 0)


def test_a_picture_lasts_minutes(client: Client) -> None:
    form = _form()
    store = CaptchaStore.objects.get()
    assert store.expiration <= timezone.now() + dt.timedelta(minutes=10)
    CaptchaStore.objects.update(expiration=timezone.now() - dt.timedelta(seconds=1))
    client.post("/support/", form)
    assert not SupportQuestion.objects.exists()


def _check(**values: object) -> None:
    SupportCheck.load()
    SupportCheck.objects.update(**values)


def test_the_company_asks_a_question_of_its_own(client: Client) -> None:
    _check(kind=CaptchaMode.QUESTION, question="Как называется наша улица?", answers="Речная\nул. Речная")
    html = client.get("/support/").content.decode()
    assert "Как называется наша улица?" in html
    assert "captcha" not in html
    questions = SupportCheck.load().questions
    wrong = _form(riddle=new_question(questions), riddle_answer="Озёрная")
    assert "Как называется" in client.post("/support/", wrong).content.decode()
    assert not SupportQuestion.objects.exists()
    client.post("/support/", _form(riddle=new_question(questions), riddle_answer=" речная. "))
    assert SupportQuestion.objects.count() == 1


def test_the_check_can_be_switched_off(client: Client) -> None:
    _check(kind=CaptchaMode.OFF)
    html = client.get("/support/").content.decode()
    assert "captcha" not in html
    assert "riddle" not in html
    client.post("/support/", _form(captcha_0="", captcha_1="", riddle=""))
    assert SupportQuestion.objects.count() == 1


def _letters() -> list[str]:
    send_due()
    return [str(letter.body) for letter in mail.outbox]


def test_a_letter_to_an_unconfirmed_address_carries_number_and_day_only(client: Client) -> None:
    client.post("/support/", _form(text="Смотрите http://evil.example/login срочно", name="Ваш банк evil.example"))
    (letter,) = _letters()
    assert str(SupportQuestion.objects.get().pk) in letter
    assert mail.outbox[0].subject == f"Получили вопрос № {SupportQuestion.objects.get().pk}"
    assert "evil" not in letter + str(mail.outbox[0].subject)
    assert "банк" not in letter
    assert "evil" not in str(mail.outbox[0].alternatives)


def test_a_confirmed_address_of_the_login_gets_the_copy(client: Client, cast: people.Cast) -> None:
    cast.anna.user.email_confirmed_at = timezone.now()
    cast.anna.user.save()
    client.force_login(cast.anna.user)
    client.post("/support/", _form(email="anna@mail.example"))
    assert TEXT in _letters()[0]
    client.post("/support/", _form(email="victim@mail.example"))
    assert TEXT not in _letters()[1]


def test_aliases_of_one_mailbox_are_one(client: Client) -> None:
    answers = [client.post("/support/", _form(email=f"victim+{n}@Gmail.com")).status_code for n in range(8)]
    assert answers == [302] * 5 + [429] * 3


def test_a_limit_keeps_the_text_and_says_when(client: Client) -> None:
    RateLimits.load()
    RateLimits.objects.update(support_address_hour=1)
    client.post("/support/", _form())
    page = client.post("/support/", _form(email="other@mail.example"))
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 3600
    assert TEXT in page.content.decode()
    shown = page.content.decode()
    assert "Из вашей сети за час пришёл 1 вопрос. Следующий можно отправить через" in shown
    assert "Подождите" in shown
    assert "Проверьте" not in shown


def test_behind_the_proxy_each_visitor_is_counted_apart(client: Client, settings: object) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    RateLimits.load()
    RateLimits.objects.update(support_address_hour=1)
    first = {"HTTP_X_FORWARDED_FOR": "203.0.113.1"}
    statuses = [client.post("/support/", _form(email=f"a{n}@mail.example"), **first).status_code for n in range(2)]
    assert statuses == [302, 429]
    other = client.post("/support/", _form(email="b@mail.example"), HTTP_X_FORWARDED_FOR="203.0.113.2")
    assert other.status_code == 302


def test_two_hundred_addresses_send_few_letters_and_staff_hear_of_it_once(
    client: Client, settings: object, cast: people.Cast
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    boss = people.make_login("boss", staff=True)
    boss.is_superuser = True
    boss.save()
    RateLimits.load()
    RateLimits.objects.update(support_letter_everyone_hour=10)
    _check(kind=CaptchaMode.OFF)
    answers = [
        client.post(
            "/support/", _form(email=f"victim{n}@mail.example"), HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"
        ).status_code
        for n in range(200)
    ]
    assert answers == [302] * 200
    assert SupportQuestion.objects.count() == 200
    assert Message.objects.filter(kind="question_received").count() == 10
    notified = Message.objects.filter(kind="support_letters_stopped")
    assert set(notified.values_list("user", flat=True)) == {boss.pk}
    assert notified.values("event").distinct().count() <= 2  # the flood may run over a full hour
    assert "предел" in notified[0].body


def test_pictures_are_limited_per_address(client: Client) -> None:
    RateLimits.load()
    RateLimits.objects.update(captcha_address_hour=2)
    key = CaptchaStore.generate_key()
    answers = [client.get(f"/captcha/image/{key}/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert client.get("/captcha/refresh/", headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 429

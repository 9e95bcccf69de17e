"""Residents keep their own data: each change is confirmed, notified, and in a history that they see too."""

import io
import json
import re
import uuid
import zipfile

import pytest
from django.core import mail
from django.test import Client

from cms_pages.bootstrap import ensure_pages
from cms_pages.complaints import services as complaints
from cms_pages.complaints.enums import ComplaintKind
from portal.accounts.models import Consent, DataExport, PersonalRequest, User
from portal.accounts.services import personal_requests
from portal.cabinet.profile import export
from portal.core import clock
from portal.core.files.services import open_file
from portal.notifications.services import send_due
from portal.service_requests.support import services as support
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db
PROFILE = "/personal/profile/"


@pytest.fixture
def anna(cast: Cast, client: Client) -> Client:
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    return client


def test_every_page_opens(anna: Client) -> None:
    pages = (
        "",
        "contacts/",
        "email/",
        "delivery/",
        "notifications/",
        "sessions/",
        "livejournal/",
        "consents/",
        "name/",
        "close/",
        "history/",
    )
    for page in pages:
        assert anna.get(PROFILE + page).status_code == 200, page


def test_nobody_else_opens_it(cast: Cast, client: Client) -> None:
    for page in ("", "contacts/", "sessions/", "history/"):
        assert client.get(PROFILE + page)["Location"].startswith("/accounts/login/")


def test_a_phone_is_changed_and_stands_in_the_history(anna: Client, cast: Cast) -> None:
    anna.post(PROFILE + "contacts/", {"phone": "8 916 123-45-67", "postal_address": ""})
    cast.anna.person.refresh_from_db()
    assert cast.anna.person.phone == "+79161234567"
    history = anna.get(PROFILE + "history/").content.decode().replace("\u00a0", " ")
    assert "Телефон" in history
    assert "+7 916 123-45-67" in history
    assert "→" not in history
    assert "Вы" in history


def test_a_short_phone_is_said_at_the_field_and_kept(anna: Client) -> None:
    page = anna.post(PROFILE + "contacts/", {"phone": "916123", "postal_address": ""}).content.decode()
    assert "10 цифр" in page
    assert 'value="916123"' in page


def test_a_new_address_counts_only_when_confirmed_and_the_old_one_hears(anna: Client, cast: Cast) -> None:
    asked = anna.post(PROFILE + "email/", {"email": "new@mail.example"})["Location"]
    anna.post(asked, {"password": PASSWORD, "next": PROFILE + "email/"})
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna@mail.example"
    send_due()
    letter = next(letter for letter in mail.outbox if letter.to == ["new@mail.example"])
    link = re.search(r"/accounts/email/confirm/\S+/", str(letter.body)).group(0)  # type: ignore[union-attr]
    assert anna.get(link).status_code == 200
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "anna@mail.example"
    anna.post(link)
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.email == "new@mail.example"
    assert cast.anna.user.email_confirmed_at is not None
    mail.outbox.clear()
    send_due()
    assert {letter.to[0] for letter in mail.outbox} == {"new@mail.example", "anna@mail.example"}
    assert anna.post(link).status_code == 410


def test_a_session_elsewhere_is_seen_and_ended(anna: Client, cast: Cast) -> None:
    elsewhere = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) Safari/604.1"})
    elsewhere.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    page = anna.get(PROFILE + "sessions/").content.decode()
    assert "Safari, iPhone" in page
    anna.post(PROFILE + "sessions/", {"all": "1"})
    assert elsewhere.get("/personal/").status_code == 302
    assert anna.get("/personal/").status_code == 200


def test_a_stranger_ends_no_session_of_hers(anna: Client, cast: Cast) -> None:
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.get(user=cast.anna.user)
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    stranger.post(PROFILE + "sessions/", {"session": str(session.pk)})
    assert anna.get("/personal/").status_code == 200


def test_a_login_from_a_new_device_is_told(anna: Client, cast: Cast) -> None:
    Client().post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    send_due()
    (letter,) = [letter for letter in mail.outbox if letter.subject == "Вход с нового устройства"]
    assert "в ваш кабинет вошли" in letter.body
    assert "/personal/profile/sessions/" in letter.body
    assert "Уведомления" in letter.body


def test_staff_are_led_to_their_sessions_in_the_admin(cast: Cast) -> None:
    make_login("olga", email="olga@mail.example", staff=True)
    for _browser in range(2):
        Client().post("/accounts/login/", {"login": "olga", "password": PASSWORD})
    send_due()
    (letter,) = [letter for letter in mail.outbox if letter.subject == "Вход с нового устройства"]
    assert "в рабочее место вошли" in letter.body
    assert "/admin/account/sessions/" in letter.body
    assert "/personal/" not in letter.body


def test_a_changed_password_ends_the_other_sessions(anna: Client, cast: Cast) -> None:
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    before = anna.session.session_key
    wrong = {"old_password": "wrong", "password1": "a-quiet-river-flows", "password2": "a-quiet-river-flows"}
    assert "Пароль не подходит" in anna.post("/accounts/password/change/", wrong).content.decode()
    assert anna.post("/accounts/password/change/", wrong | {"old_password": PASSWORD}).status_code == 302
    assert anna.session.session_key != before
    assert anna.get("/personal/").status_code == 200
    assert elsewhere.get("/personal/").status_code == 302


def test_consent_is_given_on_screen_and_withdrawn(anna: Client, cast: Cast) -> None:
    anna.post(PROFILE + "consents/", {"act": "give"})
    consent = cast.anna.person.consents.get()
    assert consent.on_paper_on is None
    anna.post(PROFILE + "consents/", {"act": "withdraw"})
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None


def test_another_name_waits_for_the_office(anna: Client, cast: Cast) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (20, 20)).save(picture, "PNG")
    picture.name = "passport.png"
    picture.seek(0)
    typed = {"last_name": "Сидорова", "first_name": "Анна", "patronymic": "", "document": picture, "comment": ""}
    anna.post(PROFILE + "name/", typed)
    asked = PersonalRequest.objects.get()
    assert cast.anna.person.full_name == "Иванова Анна"
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    assert stranger.get(f"/files/{asked.document_id}/").status_code == 404
    chief = make_login("chief", staff=True)
    personal_requests.decide(request_id=asked.pk, done=True, answer="Изменили.", by=chief, moment=clock.real_now())
    cast.anna.person.refresh_from_db()
    assert cast.anna.person.last_name == "Сидорова"


def test_closing_of_the_login_takes_the_password_and_the_office(anna: Client, cast: Cast) -> None:
    anna.post(PROFILE + "close/", {"comment": "", "password": "wrong"})
    assert not PersonalRequest.objects.exists()
    anna.post(PROFILE + "close/", {"comment": "", "password": PASSWORD})
    asked = PersonalRequest.objects.get()
    personal_requests.decide(
        request_id=asked.pk, done=True, answer="Закрыли.", by=make_login("chief", staff=True), moment=clock.real_now()
    )
    assert anna.get("/personal/").status_code == 302
    assert not User.objects.get(username="anna").is_active


def test_all_data_are_hers_and_only_hers(anna: Client, cast: Cast) -> None:
    anna.post(PROFILE + "download/")
    asked = DataExport.objects.get()
    stored = export.make(export_id=asked.pk, moment=clock.real_now())
    assert stored is not None
    with open_file(stored) as content, zipfile.ZipFile(io.BytesIO(content.read())) as archive:
        text = archive.read("data.json").decode()
    data = json.loads(text)
    assert [row["number"] for row in data["accounts.account"]] == ["0010001"]
    assert {row["serial_number"] for row in data["metering.meter"]} == {"A-1001", "A-1002"}
    for foreign in ("Петров", "Чужой", "0010002", "boris@mail.example", "pbkdf2", "md5$"):
        assert foreign not in text
    response = anna.get(f"/files/{stored.pk}/")
    assert response.status_code == 200
    for close in response._resource_closers:  # response.close() would close the database too
        close()
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    assert stranger.get(f"/files/{stored.pk}/").status_code == 404
    assert export.make(export_id=asked.pk, moment=clock.real_now()) is None


def test_the_download_carries_what_she_wrote_and_what_was_answered(cast: Cast) -> None:
    ensure_pages()
    chief = make_login("chief", staff=True)
    complaint = complaints.write(
        form_token=uuid.uuid4(),
        author=cast.anna.user,
        account=cast.anna.account,
        kind=ComplaintKind.COMPLAINT,
        subject="Люк",
        text="Люк гремит.",
        may_publish=True,
        now=clock.now(),
    )
    type(complaint).objects.filter(pk=complaint.pk).update(assignee=chief)
    asked = support.ask(
        form_token=uuid.uuid4(),
        name="Анна",
        email="anna@mail.example",
        account_number="",
        text="Почему?",
        now=clock.now(),
        user=cast.anna.user,
    )
    support.answer(question=asked, actor=chief, text="Потому.", message_count=1, now=clock.now())
    exported = export.collect(cast.anna.user)
    assert [row["text"] for row in exported["cms_complaints.complaint"]] == ["Люк гремит."]
    assert {row["text"] for row in exported["service_requests.supportmessage"]} == {"Почему?", "Потому."}
    assert "Потому." not in str(export.collect(cast.stranger.user))


def test_withdrawing_the_consent_is_asked_first(anna: Client) -> None:
    anna.post(PROFILE + "consents/", {"act": "give"})
    page = anna.get(PROFILE + "consents/").content.decode()
    assert 'value="withdraw"' not in page
    asked = anna.get(PROFILE + "consents/?withdraw").content.decode()
    assert "Отозвать согласие на обработку персональных данных?" in asked
    assert Consent.objects.filter(withdrawn_at=None).exists()
    done = anna.post(PROFILE + "consents/", {"act": "withdraw"}, follow=True).content.decode()
    assert "Согласие отозвано" in done
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_closing_the_login_says_what_follows(anna: Client) -> None:
    page = anna.get(PROFILE + "close/").content.decode()
    for words in ("Офис рассмотрит запрос", "Лицевой счёт и договор остаются", "придите в офис с паспортом"):
        assert words in page

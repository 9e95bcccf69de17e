"""The registrar's desk: drafts, logins and slips, residents' requests about themselves, paused logins."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.enums import PersonalRequestKind, PersonalRequestState, ThrottleScope
from portal.accounts.models import Contract, Person, PersonalRequest, RegistrationDraft, Throttle, User
from portal.accounts.services import drafts, personal_requests
from portal.core import clock
from portal.notifications.models import Message
from portal.operations import roles
from tests.answers import messages_of, text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk, make_employee, make_login

DESK = "/admin/registration/"
REGISTRAR = ("accounts.register_resident", "accounts.decide_personalrequest", "accounts.unlock_user")
APPLICATION = {"last_name": "Лебедева", "first_name": "Ольга", "phone": "+7 916 555-30-12", "flat": "112"}


@pytest.fixture
def desk(cast: Cast, clerk: Clerk, client: Client, business_date: SetDate) -> Client:
    business_date("2026-11-15")
    clerk(*REGISTRAR)
    return client


def noted(action: str) -> list[str]:
    """What entries of a kind say in the audit, oldest first."""
    return [entry.data["what"] for entry in ModelLogEntry.objects.filter(action=action).order_by("pk")]


# Drafts and applications.


def test_an_application_sent_ahead_fills_the_draft(desk: Client) -> None:
    application = drafts.send_application(data=APPLICATION, moment=clock.real_now())
    assert application.number in text_of(desk.get(DESK))
    answer = desk.post(f"{DESK}start/", {"application": f" {application.number} "})
    draft = RegistrationDraft.objects.get()
    assert answer["Location"] == f"{DESK}{draft.pk}/person/"
    shown = text_of(desk.get(answer["Location"]))
    assert 'value="Лебедева"' in shown
    assert "office-error" not in shown, "nothing was sent yet"
    assert application.number not in text_of(desk.get(DESK)), "it is taken"


@pytest.mark.parametrize("number", ["0000", "'; --", "²"])
def test_an_application_that_is_not_there_starts_nothing(desk: Client, number: str) -> None:
    (message,) = messages_of(desk.post(f"{DESK}start/", {"application": number}))
    assert number in message
    assert "30 дней" in message
    assert not RegistrationDraft.objects.exists()


def test_a_draft_begins_with_numbers_by_the_schemes_and_today(desk: Client) -> None:
    desk.post(f"{DESK}start/")
    draft = RegistrationDraft.objects.get()
    account = desk.get(f"{DESK}{draft.pk}/account/").context["form"]
    assert account["opened_on"].value() == dt.date(2026, 11, 15)
    assert account["number"].value()
    assert desk.get(f"{DESK}{draft.pk}/contract/").context["form"]["signed_on"].value() == dt.date(2026, 11, 15)
    desk.post(f"{DESK}{draft.pk}/account/", {"number": "0020001", "go": "login"})
    assert desk.get(f"{DESK}{draft.pk}/login/").context["form"]["username"].value() == "r0020001"


def test_a_step_that_is_none_and_a_draft_thrown_away(desk: Client) -> None:
    desk.post(f"{DESK}start/")
    draft = RegistrationDraft.objects.get()
    assert desk.get(f"{DESK}{draft.pk}/payment/").status_code == 404
    assert desk.get(f"{DESK}{draft.pk}/drop/").status_code == 405
    assert desk.post(f"{DESK}{draft.pk}/drop/")["Location"] == DESK
    assert desk.post(f"{DESK}{draft.pk}/drop/").status_code == 404, "a second click"
    assert not RegistrationDraft.objects.exists()


def test_an_unfinished_draft_is_not_registered(desk: Client) -> None:
    desk.post(f"{DESK}start/")
    draft = RegistrationDraft.objects.get()
    answer = desk.post(f"{DESK}{draft.pk}/check/")
    assert answer.status_code == 200
    assert not answer.context["ready"]
    assert RegistrationDraft.objects.filter(finished_at=None).exists()


@pytest.mark.parametrize(
    ("words", "found"), [("иванова", True), ("0010001", True), ("anna", True), ("кузнецова", False)]
)
def test_a_person_is_found_by_name_account_and_login(desk: Client, words: str, found: bool) -> None:
    page = text_of(desk.get(DESK, {"q": words}))
    assert ("Иванова Анна" in page) is found
    assert ("Никого не нашли" in page) is not found


# Logins.


@pytest.fixture
def newcomer(db: None) -> Person:
    """A person without a login."""
    return Person.objects.create(last_name="Ким", first_name="Ия", email="kim@mail.example")


def test_a_login_is_made_for_one_who_has_none(desk: Client, newcomer: Person) -> None:
    url = f"{DESK}person/{newcomer.pk}/"
    assert messages_of(desk.post(f"{url}login/", {"username": "ia.kim"})) == ["Логин заведён. Напечатайте листок."]
    newcomer.refresh_from_db()
    assert newcomer.user is not None
    assert (newcomer.user.username, newcomer.user.email) == ("ia.kim", "kim@mail.example")
    assert not newcomer.user.has_usable_password()
    before = User.objects.count()
    assert messages_of(desk.post(f"{url}login/", {"username": "second"}))[-1] == "У этого человека уже есть логин."
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("username", "why"), [("anna", "занят"), ("Анна", "Латинские буквы"), ("", "Укажите логин"), ("x" * 31, "30")]
)
def test_a_login_that_cannot_be_is_refused_in_words(desk: Client, newcomer: Person, username: str, why: str) -> None:
    (message,) = messages_of(desk.post(f"{DESK}person/{newcomer.pk}/login/", {"username": username}))
    assert why in message
    newcomer.refresh_from_db()
    assert newcomer.user is None


def test_the_suggested_login_is_free(desk: Client, cast: Cast, newcomer: Person) -> None:
    make_login("r0010001")
    cast.anna.account.holders.update(person=newcomer)
    assert 'value="r0010001-2"' in text_of(desk.get(f"{DESK}person/{newcomer.pk}/"))


def test_a_login_is_closed_and_opened_again(desk: Client, cast: Cast) -> None:
    url = f"{DESK}person/{cast.anna.person.pk}/switch/"
    for active in (False, True):
        desk.post(url)
        cast.anna.user.refresh_from_db()
        assert cast.anna.user.is_active is active
    assert len(noted(audit.ACCESS)) == 2


def test_a_login_of_an_employee_is_the_administrators_business(desk: Client, cast: Cast) -> None:
    roles.setup()
    employee = make_employee("dispatcher")
    Person.objects.filter(pk=cast.anna.person.pk).update(user=employee)
    url = f"{DESK}person/{cast.anna.person.pk}/"
    assert desk.post(f"{url}switch/").status_code == 404
    (message,) = messages_of(desk.post(f"{url}slip.pdf", {"passport_checked": "on"}))
    assert "администратор" in message
    employee.refresh_from_db()
    assert employee.is_active
    assert not employee.must_change_password


def test_who_has_no_login_has_no_slip_and_nothing_to_close(desk: Client, newcomer: Person) -> None:
    for what in ("switch/", "slip.pdf"):
        assert desk.post(f"{DESK}person/{newcomer.pk}/{what}", {"passport_checked": "on"}).status_code == 404


def test_each_slip_has_its_own_password_and_is_noted(desk: Client, cast: Cast) -> None:
    url = f"{DESK}person/{cast.anna.person.pk}/slip.pdf"
    passwords = []
    for _print in range(2):
        answer = desk.post(url, {"passport_checked": "on"})
        assert answer.content.startswith(b"%PDF-")
        assert "no-store" in answer["Cache-Control"]
        cast.anna.user.refresh_from_db()
        passwords.append(cast.anna.user.password)
    assert len(set(passwords)) == 2
    assert noted(audit.PRINTED) == ["Листок с одноразовым паролем"] * 2


def test_a_contract_is_printed_with_the_meters_and_noted(desk: Client, cast: Cast) -> None:
    contract = Contract.objects.create(
        account=cast.anna.account, person=cast.anna.person, number="7/2026", signed_on=dt.date(2026, 11, 1)
    )
    assert desk.get(f"{DESK}contract/{contract.pk}.pdf").content.startswith(b"%PDF-")
    assert noted(audit.PRINTED) == ["Договор 7/2026"]
    assert desk.get(f"{DESK}contract/{contract.pk + 1}.pdf").status_code == 404


# Requests of residents about themselves.


def asked(cast: Cast, kind: PersonalRequestKind, **wanted: str) -> PersonalRequest:
    """A request of Anna."""
    return personal_requests.ask(person=cast.anna.person, kind=kind, moment=clock.real_now(), wanted=wanted)


def test_another_name_is_written_down_and_the_resident_is_told(desk: Client, cast: Cast) -> None:
    request = asked(cast, PersonalRequestKind.NAME, last_name="Соколова", first_name="Анна", patronymic="Петровна")
    assert "Соколова" in text_of(desk.get(DESK))
    desk.post(f"{DESK}request/{request.pk}/", {"decision": "done", "answer": "Записали по свидетельству"})
    request.refresh_from_db()
    cast.anna.person.refresh_from_db()
    assert (request.state, cast.anna.person.full_name) == (PersonalRequestState.DONE, "Соколова Анна Петровна")
    assert "Записали по свидетельству" in Message.objects.filter(user=cast.anna.user).latest("pk").body
    assert noted(audit.CHANGED)[-1] == "Имя"
    assert "Соколова" not in text_of(desk.get(DESK)), "it waits no more"


def test_a_request_is_refused_with_an_answer_only(desk: Client, cast: Cast) -> None:
    request = asked(cast, PersonalRequestKind.NAME, last_name="Соколова")
    url = f"{DESK}request/{request.pk}/"
    for incomplete in (
        {"decision": "refused", "answer": " "},
        {"decision": "maybe", "answer": "Нет"},
        {"answer": "Нет"},
    ):
        assert messages_of(desk.post(url, incomplete))[-1] == "Напишите ответ жителю."
    desk.post(url, {"decision": "refused", "answer": "Нет свидетельства"})
    request.refresh_from_db()
    cast.anna.person.refresh_from_db()
    assert (request.state, cast.anna.person.last_name) == (PersonalRequestState.REFUSED, "Иванова")


def test_the_second_registrar_is_told_that_it_is_decided(desk: Client, cast: Cast) -> None:
    request = asked(cast, PersonalRequestKind.NAME, last_name="Соколова")
    url = f"{DESK}request/{request.pk}/"
    desk.post(url, {"decision": "refused", "answer": "Нет"})
    assert messages_of(desk.post(url, {"decision": "done", "answer": "Да"})) == ["Этот запрос уже решён."]
    cast.anna.person.refresh_from_db()
    assert cast.anna.person.last_name == "Иванова"


def test_a_login_is_closed_at_the_residents_wish(desk: Client, cast: Cast) -> None:
    request = asked(cast, PersonalRequestKind.CLOSE)
    desk.post(f"{DESK}request/{request.pk}/", {"decision": "done", "answer": "Закрыли"})
    cast.anna.user.refresh_from_db()
    assert not cast.anna.user.is_active


# Paused logins.


def test_a_paused_login_is_let_in(desk: Client, cast: Cast) -> None:
    until = clock.real_now() + dt.timedelta(minutes=10)
    paused = Throttle.objects.create(
        scope=ThrottleScope.LOGIN,
        key="k",
        label="anna",
        user=cast.anna.user,
        failures=5,
        counting_until=until,
        blocked_until=until,
    )
    assert reverse("registration_unlock", args=[paused.pk]) in text_of(desk.get(DESK))
    desk.post(f"{DESK}unlock/{paused.pk}/")
    assert reverse("registration_unlock", args=[paused.pk]) not in text_of(desk.get(DESK))
    assert len(noted(audit.ACCESS)) == 1
    assert noted(audit.ACCESS)[0].startswith("Снята пауза")


# Who may.


def test_each_of_the_rights_opens_its_own_work(cast: Cast, clerk: Clerk, client: Client, newcomer: Person) -> None:
    request = asked(cast, PersonalRequestKind.CLOSE)
    clerk("accounts.register_resident")
    client.post(f"{DESK}request/{request.pk}/", {"decision": "done", "answer": "Закрыли"})
    request.refresh_from_db()
    assert request.state == PersonalRequestState.WAITING
    clerk("accounts.unlock_user", username="other")
    client.post(f"{DESK}person/{newcomer.pk}/login/", {"username": "kim"})
    client.post(f"{DESK}person/{cast.anna.person.pk}/switch/")
    cast.anna.user.refresh_from_db()
    assert cast.anna.user.is_active
    assert not User.objects.filter(username="kim").exists()

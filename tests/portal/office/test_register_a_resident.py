"""The registrar's guided screen: steps checked at once, doubles shown, one transaction, papers, holders."""

import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from portal.accounts.models import Account, Consent, Person, Premises, RegistrationDraft, RegistrationSettings, User
from portal.core import clock
from portal.metering.exceptions import SerialNumberTaken
from portal.metering.models import Meter
from portal.office.registration import services, steps
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db

PERSON = {
    "last_name": "Кузнецова",
    "first_name": "Мария",
    "patronymic": "Олеговна",
    "born_on": "1980-05-01",
    "phone": "8 (916) 555-12-12",
    "email": "maria@mail.example",
    "passport_checked": "on",
}
PREMISES = {
    "street_kind": "street",
    "street": "речная",
    "house": "4",
    "flat": "55",
    "kind": "flat",
    "area": "48,60",
    "meter_feasible": "on",
}
ACCOUNT = {
    "number": "0020001",
    "opened_on": "2026-11-01",
    "role": "owner",
    "services": ["cold_water", "wastewater"],
    "registered": "2",
    "owners": "1",
    "delivery": "electronic",
    "els": "",
}
METERS = {
    "form-TOTAL_FORMS": "4",
    "form-INITIAL_FORMS": "0",
    "form-MIN_NUM_FORMS": "0",
    "form-MAX_NUM_FORMS": "4",
    "form-0-service": "cold_water",
    "form-0-place": "Кухня",
    "form-0-serial_number": "К-77001",
    "form-0-start_value": "12,345",
    "form-0-verified_until": "2031-01-31",
    **{f"form-{n}-service": "cold_water" for n in (1, 2, 3)},
}
CONTRACT = {"number": "7/2026", "signed_on": "2026-11-01", "consent_signed_on": "2026-11-01"}
LOGIN = {"wanted": "on", "username": "maria"}
STEPS: dict[str, dict[str, Any]] = {
    "person": PERSON,
    "premises": PREMISES,
    "account": ACCOUNT,
    "meters": METERS,
    "contract": CONTRACT,
    "login": LOGIN,
}


@pytest.fixture
def desk(cast: Cast, staff: dict[str, User], client: Client, business_date: Any) -> Client:
    business_date("2026-11-15")
    client.force_login(staff["registrar"])
    return client


def begin(desk: Client) -> RegistrationDraft:
    desk.post("/admin/registration/start/")
    return RegistrationDraft.objects.get(finished_at=None)


def fill(desk: Client, draft: RegistrationDraft, **changes: dict[str, Any]) -> None:
    for name, typed in STEPS.items():
        desk.post(f"/admin/registration/{draft.pk}/{name}/", {**typed, **changes.get(name, {})})


def text_of(response: Any) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def test_a_resident_is_registered_whole(desk: Client) -> None:
    draft = begin(desk)
    fill(desk, draft)
    desk.post(f"/admin/registration/{draft.pk}/check/")
    account = Account.objects.get(number="0020001")
    assert account.premises.address.replace("\u00a0", " ") == "ул. Речная, 4, кв. 55"
    holder = account.holders.get()
    assert holder.person.phone == "+79165551212"
    assert Meter.objects.get(account=account).serial_number == "К-77001"
    assert str(Meter.objects.get(account=account).start_value) == "12.345"
    assert Consent.objects.get(person=holder.person).on_paper_on is not None
    user = User.objects.get(username="maria")
    assert user.must_change_password
    assert not user.has_usable_password()
    assert sorted(account.services.values_list("service", flat=True)) == ["cold_water", "wastewater"]


def test_another_step_is_opened_without_losing_what_is_typed(desk: Client) -> None:
    draft = begin(desk)
    left = desk.post(f"/admin/registration/{draft.pk}/person/", {**PERSON, "phone": "916", "go": "premises"})
    assert left["Location"].endswith(f"/{draft.pk}/premises/")
    page = desk.get(f"/admin/registration/{draft.pk}/person/").content.decode()
    assert 'value="916"' in page
    assert "10 цифр" in page


def test_a_misspelt_street_is_answered_with_its_like(desk: Client) -> None:
    draft = begin(desk)
    page = desk.post(f"/admin/registration/{draft.pk}/premises/", {**PREMISES, "street": "Ричная"}).content.decode()
    page = page.replace("\u00a0", " ")
    assert "Похожие: ул. Речная" in page
    assert "new_street" in page
    fixed = desk.post(f"/admin/registration/{draft.pk}/premises/", {**PREMISES, "street": "Ричная", "new_street": "on"})
    assert fixed.status_code == 302


def test_a_new_street_is_where_the_setting_says(desk: Client) -> None:
    settings = RegistrationSettings.load()
    settings.settlement = "Нахабино"
    settings.save()
    new = {**PREMISES, "street": "Парковая", "new_street": "on"}
    draft = begin(desk)
    fill(desk, draft)
    desk.post(f"/admin/registration/{draft.pk}/premises/", new)
    desk.post(f"/admin/registration/{draft.pk}/check/")
    assert Account.objects.get(number="0020001").premises.house.street.settlement == "Нахабино"


def test_the_check_shows_everything_in_words(desk: Client) -> None:
    draft = begin(desk)
    fill(desk, draft, person={"last_name": "КУЗНЕЦОВА-МОРОЗ"}, account={"registered": "77"})
    page = desk.get(f"/admin/registration/{draft.pk}/check/").content.decode().replace("\u00a0", " ")
    for words in ("1 мая 1980", "Холодное водоснабжение, Водоотведение", "12,345 м³", "меньше либо равно 50"):
        assert words in page
    desk.post(f"/admin/registration/{draft.pk}/account/", ACCOUNT)
    desk.post(f"/admin/registration/{draft.pk}/check/")
    assert Account.objects.get(number="0020001").holders.get().person.last_name == "Кузнецова-Мороз"


def test_a_second_click_registers_nothing_twice(desk: Client) -> None:
    draft = begin(desk)
    fill(desk, draft)
    desk.post(f"/admin/registration/{draft.pk}/check/")
    assert desk.post(f"/admin/registration/{draft.pk}/check/").status_code == 404
    assert Account.objects.filter(number="0020001").count() == 1


@pytest.mark.parametrize(
    ("step", "change", "words"),
    [
        ("person", {"phone": "916 555"}, "10 цифр"),
        ("person", {"born_on": "2035-01-01"}, "год рождения"),
        ("premises", {"street": "Новая"}, "нет такой улицы"),
        ("premises", {"flat": "17"}, "0010001"),
        ("account", {"number": "0010001"}, "уже есть"),
        ("account", {"services": []}, "office-error"),
        ("meters", {"form-0-serial_number": "A-1001"}, "уже есть"),
        ("meters", {"form-0-serial_number": "a 1001"}, "уже есть"),
        ("meters", {"form-0-verified_until": "2020-01-31"}, "поверк"),
        ("meters", {"form-0-verified_until": "2026-11-14"}, "поверк"),
        ("meters", {"form-0-start_value": "123456"}, "5"),
        (
            "meters",
            {
                "form-1-serial_number": "к77001",
                "form-1-start_value": "1",
                "form-1-verified_until": "2031-01-31",
            },
            "дважды",
        ),
        ("contract", {"consent_signed_on": "2026-12-01"}, "ещё не наступил"),
        ("login", {"username": "ANNA"}, "Латинские буквы"),
        ("login", {"username": "anna"}, "занят"),
    ],
)
def test_a_mistake_is_said_at_once_and_keeps_what_was_typed(
    desk: Client, step: str, change: dict[str, Any], words: str
) -> None:
    draft = begin(desk)
    page = desk.post(f"/admin/registration/{draft.pk}/{step}/", {**STEPS[step], **change})
    assert page.status_code == 200
    assert words in page.content.decode()
    again = desk.get(f"/admin/registration/{draft.pk}/{step}/").content.decode()
    assert words in again
    assert not Account.objects.filter(number="0020001").exists()


def test_a_double_of_a_person_is_shown_and_may_be_taken(desk: Client, cast: Cast) -> None:
    draft = begin(desk)
    typed = {**PERSON, "last_name": "иванова", "first_name": "Анна"}
    page = desk.post(f"/admin/registration/{draft.pk}/person/", typed)
    assert "Иванова Анна" in page.content.decode()
    fill(desk, draft, person={**typed, "same": str(cast.anna.person.pk)}, login={"wanted": "", "username": ""})
    desk.post(f"/admin/registration/{draft.pk}/check/")
    assert Account.objects.get(number="0020001").holders.get().person == cast.anna.person


def test_premises_of_the_register_are_found_whatever_the_case(desk: Client) -> None:
    before = Premises.objects.count()
    draft = begin(desk)
    Account.objects.filter(number="0019999").update(closed_on="2026-10-31")
    fill(desk, draft, premises={"street": " РЕЧНАЯ ", "flat": "99"})
    desk.post(f"/admin/registration/{draft.pk}/check/")
    assert Account.objects.get(number="0020001").premises.number == "99"
    assert Premises.objects.count() == before


def test_what_was_taken_meanwhile_stops_the_whole(desk: Client) -> None:
    draft = begin(desk)
    fill(desk, draft)
    make_login("maria", email="other@mail.example")
    page = desk.post(f"/admin/registration/{draft.pk}/check/")
    assert "занят" in page.content.decode()
    assert not Account.objects.filter(number="0020001").exists()
    assert not Person.objects.filter(last_name="Кузнецова").exists()


def test_a_meter_taken_meanwhile_under_another_spelling_stops_the_whole(desk: Client, cast: Cast) -> None:
    draft = begin(desk)
    fill(desk, draft)
    draft.refresh_from_db()
    checked = steps.check_all(draft)
    assert all(step.is_valid for step in checked)
    data, meters = steps.registration_of(checked)
    Meter.objects.filter(account=cast.anna.account).update(serial_number="К77 001")
    registrar = User.objects.get(username="registrar")
    with pytest.raises(SerialNumberTaken):
        services.complete(
            draft=draft, data=data, meters=meters, by=registrar, moment=clock.real_now(), today=clock.today()
        )
    assert not Account.objects.filter(number="0020001").exists()


def test_contract_and_slip_are_printed_and_the_slip_only_after_the_passport(desk: Client) -> None:
    draft = begin(desk)
    fill(desk, draft)
    desk.post(f"/admin/registration/{draft.pk}/check/")
    account = Account.objects.get(number="0020001")
    contract = text_of(desk.get(f"/admin/registration/contract/{account.contracts.get().pk}.pdf"))
    assert "Кузнецова Мария Олеговна" in contract
    assert "0020001" in contract
    person = account.holders.get().person
    refused = desk.post(f"/admin/registration/person/{person.pk}/slip.pdf")
    assert refused.status_code == 302
    printed = text_of(desk.post(f"/admin/registration/person/{person.pk}/slip.pdf", {"passport_checked": "on"}))
    password = next(word for word in printed.split() if word.count("-") == 3 and len(word) == 19)
    resident = Client()
    came = resident.post("/accounts/login/", {"login": "maria", "password": password})
    assert came.status_code == 302
    assert resident.get("/personal/meters/?from=mail")["Location"] == "/accounts/password/new/"
    chosen = {"password1": "a-quiet-river-flows", "password2": "a-quiet-river-flows"}
    assert resident.post("/accounts/password/new/", chosen)["Location"] == "/personal/meters/?from=mail"
    assert resident.get("/personal/").status_code == 200


def test_the_last_holder_is_not_removed(desk: Client, cast: Cast) -> None:
    holder = cast.anna.account.holders.get()
    taken_off = {"holder": holder.pk, "until": "2026-11-15", "sure": "on"}
    desk.post(f"/admin/registration/account/{cast.anna.account.pk}/", taken_off)
    holder.refresh_from_db()
    assert holder.until is None


@pytest.mark.parametrize("role", ["editor", "reviewer", "dispatcher", "engineer", "accountant", "manager"])
def test_another_role_is_turned_away(cast: Cast, staff: dict[str, User], client: Client, role: str) -> None:
    client.force_login(staff[role])
    for path in ("", f"person/{cast.anna.person.pk}/", f"account/{cast.anna.account.number}/"):
        assert client.get(f"/admin/registration/{path}").status_code in (302, 403)
    assert client.post("/admin/registration/start/").status_code in (302, 403)
    assert not RegistrationDraft.objects.exists()

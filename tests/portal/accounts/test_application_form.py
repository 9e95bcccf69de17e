"""The application form: printed it leaves nothing behind; sent ahead it is found by its number for 30 days."""

import datetime as dt
import io

import pytest
from django.test import Client
from pypdf import PdfReader

from cms_pages.bootstrap import ensure_pages
from cms_pages.standard.models import StandardPage
from portal.accounts.jobs import sweep
from portal.accounts.models import RegistrationApplication, RegistrationDraft, User
from tests.people import Cast

pytestmark = pytest.mark.django_db
TYPED = {
    "last_name": "Кузнецова",
    "first_name": "Мария",
    "street_kind": "street",
    "street": "Речная",
    "house": "4",
    "flat": "55",
    "registered": "2",
}
URL = "/accounts/application/"


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_printed_it_is_one_page_and_leaves_nothing(client: Client) -> None:
    pages = pages_of(client.post(URL, {**TYPED, "print": "1"}).content)
    assert len(pages) == 1
    assert "Кузнецова" in pages[0]
    assert not RegistrationApplication.objects.exists()


def test_the_longest_answers_are_one_page_too(client: Client) -> None:
    typed = dict.fromkeys(("last_name", "first_name", "patronymic", "street"), "Ж" * 60)
    more = {
        "born_on": "1980-05-01",
        "phone": "8 916 555-12-12",
        "postal_address": "Улица " * 40,
        "meters": "77001 " * 48,
    }
    pages = pages_of(client.post(URL, {**TYPED, **typed, **more, "print": "1"}).content)
    assert len(pages) == 1
    assert "1 мая 1980" in pages[0].replace("\u00a0", " ")


def test_a_short_phone_is_said_at_once_and_kept(client: Client) -> None:
    page = client.post(URL, {**TYPED, "phone": "916", "print": "1"}).content.decode()
    assert "10 цифр" in page
    assert 'value="916"' in page
    assert 'value="Кузнецова"' in page


def test_the_page_that_explains_leads_to_form_and_blank(client: Client) -> None:
    ensure_pages()
    StandardPage.objects.filter(slug="how-to-register").update(offers_registration_form=True)
    page = client.get("/how-to-register/").content.decode()
    assert f'href="{URL}"' in page
    assert f'href="{URL}form.pdf"' in page
    assert "паспорт" in page


def test_the_blank_form_is_one_page(client: Client) -> None:
    assert len(pages_of(client.get(URL + "form.pdf").content)) == 1


def test_sending_ahead_takes_consent(client: Client) -> None:
    assert "согласитесь" in client.post(URL, {**TYPED, "send": "1"}).content.decode()
    assert not RegistrationApplication.objects.exists()


def test_sent_ahead_the_registrar_finds_it_by_number(cast: Cast, staff: dict[str, User], client: Client) -> None:
    shown = client.post(URL, {**TYPED, "send": "1", "agree": "on"}, follow=True).content.decode()
    number = RegistrationApplication.objects.get().number
    assert number in shown
    client.force_login(staff["registrar"])
    client.post("/admin/registration/start/", {"application": number})
    draft = RegistrationDraft.objects.get()
    page = client.get(f"/admin/registration/{draft.pk}/person/").content.decode()
    assert 'value="Кузнецова"' in page
    assert 'value="55"' in client.get(f"/admin/registration/{draft.pk}/premises/").content.decode()


def test_after_thirty_days_it_is_gone(client: Client) -> None:
    client.post(URL, {**TYPED, "send": "1", "agree": "on"})
    RegistrationApplication.objects.update(expires_on=dt.date(2020, 1, 1))
    sweep()
    assert not RegistrationApplication.objects.exists()

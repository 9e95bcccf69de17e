"""The text of the consent: a new version is a new row, an accepted one never changes, the resident reads and agrees."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Consent, ConsentText
from portal.accounts.services import consents
from portal.core import clock
from tests.people import PASSWORD, Cast, Clerk

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 15)
NEW = reverse("accounts_consenttext_modeladmin_create")
RIGHTS = ("accounts.view_consenttext", "accounts.add_consenttext", "accounts.view_consent")


@pytest.fixture
def first(cast: Cast, business_date: object) -> ConsentText:
    """The first version, signed by Anna on paper."""
    business_date(TODAY)  # type: ignore[operator]
    text = consents.ensure_text(today=dt.date(2024, 1, 1))
    consents.record(
        person=cast.anna.person, text=text, moment=clock.real_now(), by=None, on_paper_on=dt.date(2024, 1, 9)
    )
    return text


def test_a_change_is_a_new_version_that_begins_with_the_old_words(
    first: ConsentText, clerk: Clerk, client: Client
) -> None:
    clerk(*RIGHTS)
    form = client.get(NEW).context["form"]
    assert (form["version"].value(), form["text"].value()) == ("2026-2", first.text)
    client.post(NEW, {"version": "2026-2", "valid_from": "2026-11-15", "text": first.text + " И ещё."})
    assert consents.ensure_text(today=TODAY).version == "2026-2"
    assert Consent.objects.get().text == first


def test_a_version_cannot_begin_in_the_past(first: ConsentText, clerk: Clerk, client: Client) -> None:
    clerk(*RIGHTS)
    page = client.post(NEW, {"version": "2026-2", "valid_from": "2026-11-01", "text": "Другие слова"})
    assert "с сегодняшнего дня" in page.content.decode()
    assert "Другие слова" in page.content.decode()
    assert ConsentText.objects.count() == 1


def test_what_was_agreed_to_never_changes(first: ConsentText) -> None:
    fresh = ConsentText.objects.create(version="2027-1", text="Завтра", valid_from=dt.date(2027, 1, 1))
    ConsentText.objects.filter(pk=fresh.pk).update(text="Послезавтра")
    for change in (lambda texts: texts.update(text="Другое"), lambda texts: texts._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(ConsentText.objects.filter(pk=first.pk))
    first.refresh_from_db()
    assert first.text.startswith("Даю согласие")


def test_the_resident_is_shown_the_new_text_and_agrees(first: ConsentText, cast: Cast, client: Client) -> None:
    ConsentText.objects.create(version="2026-2", text="Новые слова", valid_from=TODAY)
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    page = client.get("/personal/profile/consents/").content.decode()
    assert "новая редакция" in page
    assert "Новые слова" in page
    assert "Даю согласие" in page
    client.post("/personal/profile/consents/", {"act": "give"})
    assert set(cast.anna.person.consents.values_list("text__version", flat=True)) == {first.version, "2026-2"}
    assert "новая редакция" not in client.get("/personal/profile/consents/").content.decode()


def test_nobody_else_writes_a_version(first: ConsentText, clerk: Clerk, client: Client) -> None:
    clerk("accounts.view_consenttext")
    assert client.get(NEW).status_code == 302
    assert client.get(reverse("accounts_consenttext_modeladmin_index")).status_code == 200

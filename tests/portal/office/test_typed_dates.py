"""Dates in the admin are read as people write them, and never become another day."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import translation
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.models import Page

from portal.accounts.models import Person
from portal.core.form_fields import DayField
from portal.operations import roles
from tests.conftest import SetDate
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 20)
BORN = Person._meta.get_field("born_on")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("text", ["20.11.2026", "20.11.26", "2026-11-20"])
def test_each_way_of_writing_a_day_is_read(text: str, language: str) -> None:
    go_live = Page._meta.get_field("go_live_at")
    with translation.override(language):
        assert DayField().clean(text) == DAY
        moment = formfield_for_dbfield(go_live).clean(f"{text} 09:00")
    assert (moment.date(), moment.hour) == (DAY, 9)


@pytest.fixture
def registrar(client: Client, business_date: SetDate) -> Client:
    business_date("2026-11-15")
    roles.setup()
    user = make_login("registrar", staff=True)
    user.groups.add(Group.objects.get(name="registrar"))
    client.force_login(user)
    return client


def saved(client: Client, person: Person, born_on: str) -> tuple[dt.date | None, str]:
    """What the person's form keeps of a typed birthday, and the page that follows."""
    data = {
        "last_name": "Иванова",
        "first_name": "Анна",
        "patronymic": "",
        "phone": "",
        "email": "",
        "born_on": born_on,
    }
    response = client.post(f"/admin/accounts/person/edit/{person.pk}/", data, follow=True)
    person.refresh_from_db()
    return person.born_on, response.content.decode()


def test_a_birthday_is_kept_as_it_was_typed(registrar: Client, cast: Cast) -> None:
    person = cast.anna.person
    assert saved(registrar, person, "12.03.1980")[0] == dt.date(1980, 3, 12)
    page = registrar.get(f"/admin/accounts/person/edit/{person.pk}/").content.decode()
    assert 'value="12.03.1980"' in page
    assert "admin-dates.js" in page


@pytest.mark.parametrize("typed", ["16.11.2026", "12.03.0080", "31.02.1980", "12/03/1980", "вчера"])
def test_a_birthday_that_cannot_be_is_refused_and_stays_on_the_form(registrar: Client, cast: Cast, typed: str) -> None:
    before = cast.anna.person.born_on
    kept, page = saved(registrar, cast.anna.person, typed)
    assert kept == before
    assert f'value="{typed}"' in page

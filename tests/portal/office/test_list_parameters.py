"""FAULTS 21: an address of a list asks for what the list declares; a lookup of anything else is 400, and no oracle."""

import pytest
from django.core.checks import Error
from django.test import Client
from wagtail_modeladmin.views import IndexView

from portal.accounts.models import Account, User
from portal.office.accounts.lists import AccountAdmin
from portal.office.checks import check_lists, errors_of, is_secret
from portal.office.common.lists import OfficeAdmin
from portal.operations import roles
from tests.people import Cast, make_employee

pytestmark = pytest.mark.django_db

ACCOUNTS = "/admin/accounts/account/"
PASSWORD = "holders__person__user__password__startswith"


def employee(role: str) -> User:
    """A login of a role."""
    roles.setup()
    return make_employee(role)


@pytest.fixture
def engineer(cast: Cast, client: Client) -> Client:
    """An engineer at work: they see accounts, and neither people's phones nor anybody's password."""
    client.force_login(employee("engineer"))
    return client


# The control: without the guard rows or no rows answer one letter of a password's hash.
def test_the_bare_view_of_modeladmin_answers_what_a_password_begins_with(
    engineer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccountAdmin, "index_view_class", IndexView)
    right, wrong = (engineer.get(ACCOUNTS, {PASSWORD: value}) for value in ("md5", "zzz"))
    assert right.status_code == wrong.status_code == 200
    assert b"0010001" in right.content
    assert b"0010001" not in wrong.content


def test_the_guarded_view_answers_the_same_to_right_and_wrong(engineer: Client) -> None:
    right, wrong = (engineer.get(ACCOUNTS, {PASSWORD: value}) for value in ("md5", "zzz"))
    assert right.status_code == wrong.status_code == 400
    assert "holders__person__user__password__startswith" in right.content.decode()
    assert "Такой ссылки на список нет" in right.content.decode()


REFUSED = (
    ("state", "zzz"),
    ("debt", "1"),
    ("delivery__exact", "zzz"),
    ("premises__house__street__id__exact", "99"),
    ("premises__house__street__id__exact", "x"),
    ("premises__house__street__isnull", "x"),
    ("p", "0"),
    ("p", "-1"),
    ("p", "x"),
    ("o", "99"),
    ("o", "-99"),
    ("o", "abc"),
    ("o", "1"),
    ("o", "0.0"),
    ("export", "exe"),
    ("q", "a\0b"),
    ("q", "x" * 201),
    ("q", "x " * 13),
    ("e", "1"),
    ("ot", "asc"),
    ("zzz", "1"),
)
TAKEN = (
    ("state", "open"),
    ("debt", "even"),
    ("p", "999999"),
    ("o", "0"),
    ("o", "-0"),
    ("o", ""),
    ("q", ""),
    ("q", "0010001"),
)


def test_an_undeclared_value_is_refused_in_words(engineer: Client) -> None:
    for name, value in REFUSED:
        response = engineer.get(ACCOUNTS, {name: value})
        assert response.status_code == 400, (name, value)
        assert name in response.content.decode() or "\0" in value


def test_a_declared_value_is_taken(engineer: Client) -> None:
    for name, value in TAKEN:
        response = engineer.get(ACCOUNTS, {name: value})
        assert response.status_code == 200, (name, value)
        assert b"0010001" in response.content


def test_a_parameter_that_comes_twice_is_refused(engineer: Client) -> None:
    assert engineer.get(f"{ACCOUNTS}?state=open&state=closed").status_code == 400


def test_the_export_takes_what_the_list_takes(engineer: Client) -> None:
    assert engineer.get(ACCOUNTS, {"export": "csv", "state": "closed"}).status_code == 200
    assert engineer.get(ACCOUNTS, {"export": "csv", PASSWORD: "md5"}).status_code == 400


def test_the_search_compares_no_phone_for_whom_phones_are_not_shown(
    cast: Cast, client: Client, engineer: Client
) -> None:
    cast.anna.person.phone = "+79161112233"
    cast.anna.person.save()
    assert b"0010001" not in engineer.get(ACCOUNTS, {"q": "9161112233"}).content
    client.force_login(employee("registrar"))
    assert b"0010001" in client.get(ACCOUNTS, {"q": "9161112233"}).content


def test_a_filter_offers_only_what_rows_of_the_list_have(engineer: Client, cast: Cast) -> None:
    from tests.people import make_premises

    make_premises(house="9", flat="1", street="Тайная")
    assert "Речная" in engineer.get(ACCOUNTS).content.decode()
    assert "Тайная" not in engineer.get(ACCOUNTS).content.decode()


def test_a_day_that_is_none_is_refused(engineer: Client) -> None:
    for value in ("2026-13-45", "0001-01-01", "9999-12-31", "x", "1e400", "9" * 20):
        for field in ("taken_on__gte", "taken_on__lt"):
            assert engineer.get("/admin/metering/reading/", {field: value}).status_code == 400, (field, value)


# The architecture: no list of the project without the guard.
def test_every_list_is_guarded() -> None:
    assert check_lists(None) == []


def test_the_check_finds_a_list_without_the_guard_and_one_that_reaches_a_secret() -> None:
    class Bare(OfficeAdmin):
        model = Account
        group = "residents"
        index_view_class = IndexView

    class Curious(OfficeAdmin):
        model = Account
        group = "residents"
        search_fields = ("holders__person__user__password",)
        ordering = ("-holders__person__user__usersession__session_key",)

    try:
        assert [error.id for error in errors_of(Bare)] == ["office.E001"]
        assert [error.id for error in errors_of(Curious)] == ["office.E002", "office.E002"]
        assert all(isinstance(error, Error) for error in check_lists(None))
        assert {error.obj for error in check_lists(None)} == {Bare, Curious}
    finally:
        Bare.model = Curious.model = None  # the check walks every class that has a model


def test_what_is_a_secret() -> None:
    assert is_secret("user__password")
    assert is_secret("-usersession__session_key")
    assert not is_secret("account__number")
    assert not is_secret("passed_on")

"""FAULTS 13: the session's key changes at login and dies at logout and at a change of the password."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.middleware import ENTERED, SEEN_AT
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db


def log_in(client: Client, login: str = "anna") -> None:
    client.post("/accounts/login/", {"login": login, "password": PASSWORD})


def test_a_key_given_before_the_login_is_worth_nothing(cast: Cast, client: Client) -> None:
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = client.session.session_key
    log_in(client)
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = str(planted)
    assert thief.get("/personal/").status_code == 302


def test_control_a_key_that_is_kept_opens_the_cabinet(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the change of the key at login whoever planted it is in."""
    monkeypatch.setattr(type(client.session), "cycle_key", lambda self: None)
    session = client.session
    session["planted"] = "yes"
    session.save()
    thief = Client()
    thief.cookies["sessionid"] = str(client.session.session_key)
    assert thief.get("/personal/").status_code == 302
    log_in(client)
    assert thief.get("/personal/").status_code == 200


def test_the_key_dies_at_logout(cast: Cast, client: Client) -> None:
    log_in(client)
    key = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/personal/").status_code == 302


def test_the_key_dies_when_the_password_changes(cast: Cast, client: Client) -> None:
    log_in(client)
    key = client.cookies["sessionid"].value
    new = "a-quiet-river-flows"
    client.post("/accounts/password/change/", {"old_password": PASSWORD, "password1": new, "password2": new})
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/personal/").status_code == 302


@pytest.mark.parametrize(("minutes", "goes_on"), [(29, True), (31, False)])
def test_an_idle_session_of_staff_ends(cast: Cast, client: Client, minutes: int, goes_on: bool) -> None:
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    log_in(client, "chief")
    client.get("/admin/")
    session = client.session
    session[SEEN_AT] = int((timezone.now() - dt.timedelta(minutes=minutes)).timestamp())
    session.save()
    assert (client.get("/admin/").status_code == 200) is goes_on


def test_an_idle_resident_goes_on(cast: Cast, client: Client) -> None:
    log_in(client)
    session = client.session
    session[SEEN_AT] = int((timezone.now() - dt.timedelta(hours=5)).timestamp())
    session.save()
    assert client.get("/personal/").status_code == 200


@pytest.mark.parametrize(
    ("login", "path", "hours", "goes_on"),
    [
        ("chief", "/admin/", 11, True),
        ("chief", "/admin/", 13, False),
        ("anna", "/personal/", 29 * 24, True),
        ("anna", "/personal/", 31 * 24, False),
    ],
)
def test_a_session_ends_some_time_after_the_login_however_busy(
    cast: Cast, client: Client, login: str, path: str, hours: int, goes_on: bool
) -> None:
    if login == "chief":
        chief = make_login("chief", staff=True)
        chief.is_superuser = True
        chief.save()
    log_in(client, login)
    session = client.session
    session[ENTERED] = int((timezone.now() - dt.timedelta(hours=hours)).timestamp())
    session[SEEN_AT] = int((timezone.now() - dt.timedelta(minutes=2)).timestamp())
    session.save()
    assert (client.get(path).status_code == 200) is goes_on
    assert ("_auth_user_id" in client.session) is goes_on

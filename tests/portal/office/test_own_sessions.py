"""An employee sees where their login is open and ends sessions there."""

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db
PAGE = "/admin/account/sessions/"


def employee(name: str) -> User:
    user = make_login(name, staff=True)
    user.is_superuser = True
    user.save()
    return user


def logged_in(name: str, agent: str = "Mozilla/5.0 (Windows) Firefox/140.0") -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    return client


def open_session(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_the_account_page_leads_to_the_sessions(db: None) -> None:
    employee("chief")
    client = logged_in("chief")
    assert PAGE in client.get("/admin/account/").content.decode()
    shown = client.get(PAGE).content.decode()
    assert "Firefox, Windows" in shown
    assert "этот" in shown


def test_one_is_ended_and_then_all_others(db: None) -> None:
    employee("chief")
    client, phone, tablet = logged_in("chief"), logged_in("chief", "iPhone Safari"), logged_in("chief", "iPad Safari")
    page = client.get(PAGE)
    chosen = next(session for session in page.context["sessions"] if "iPhone" in session.device)
    client.post(PAGE, {"session": str(chosen.session.pk)})
    assert [open_session(browser) for browser in (client, phone, tablet)] == [True, False, True]
    client.post(PAGE, {"all": "1"})
    assert [open_session(browser) for browser in (client, tablet)] == [True, False]


def test_a_colleague_ends_no_session_of_mine_and_a_resident_opens_nothing(cast: Cast) -> None:
    employee("chief")
    employee("other")
    mine, theirs = logged_in("chief"), logged_in("other")
    session = mine.get(PAGE).context["sessions"][0].session
    theirs.post(PAGE, {"session": str(session.pk)})
    theirs.post(PAGE, {"session": "9" * 30})
    assert open_session(mine)
    assert logged_in("anna").get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302

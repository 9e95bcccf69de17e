"""Who gets into the cabinet, and whose account opens."""

import pytest
from django.test import Client

from tests.people import Cast, make_login


def test_nobody_is_asked_to_log_in(db: None, client: Client) -> None:
    response = client.get("/personal/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/personal/"


def test_a_resident_with_one_account_never_sees_the_switcher(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    page = client.get("/personal/").content.decode()
    assert "0010001" in page
    assert "accounts__item" not in page


def test_boris_switches_between_his_two_accounts(cast: Cast, client: Client) -> None:
    client.force_login(cast.boris.user)
    assert "0010002" in client.get("/personal/").content.decode()
    response = client.post("/personal/account/", {"account": "0010003", "next": "/personal/"})
    assert response["Location"] == "/personal/"
    page = " ".join(client.get("/personal/").content.decode().split())
    assert 'value="0010003" aria-current="true"' in page


def test_boris_cannot_switch_to_annas_account(cast: Cast, client: Client) -> None:
    client.force_login(cast.boris.user)
    assert client.post("/personal/account/", {"account": "0010001"}).status_code == 404
    assert "0010001" not in client.get("/personal/").content.decode()


def test_the_way_back_stays_on_this_site(cast: Cast, client: Client) -> None:
    client.force_login(cast.boris.user)
    response = client.post("/personal/account/", {"account": "0010003", "next": "//evil.example/"})
    assert response["Location"] == "/personal/"


def test_staff_without_an_account_go_to_the_admin(db: None, client: Client) -> None:
    client.force_login(make_login("clerk", staff=True))
    assert client.get("/personal/")["Location"] == "/admin/"


@pytest.mark.parametrize("method", ["get", "put"])
def test_switching_is_a_post(cast: Cast, client: Client, method: str) -> None:
    client.force_login(cast.boris.user)
    assert getattr(client, method)("/personal/account/").status_code == 405


def test_a_login_without_an_account_is_told_what_to_do(db: None, client: Client) -> None:
    client.force_login(make_login("newcomer"))
    response = client.get("/personal/")
    assert response.status_code == 403
    assert "абонентский отдел" in response.content.decode()

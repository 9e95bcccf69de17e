"""FAULTS 14: guessing is paused by login and by address; no header resets it. Control: without the count it goes on."""

import pytest
from django.test import Client

from portal.accounts import login_flow
from portal.accounts.models import Throttle, User
from portal.operations import roles
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db


def guess(client: Client, login: str = "anna", **headers: str) -> int:
    return client.post("/accounts/login/", {"login": login, "password": "wrong"}, **headers).status_code  # type: ignore[arg-type]


def test_a_forged_address_resets_nothing(cast: Cast, client: Client) -> None:
    statuses = [guess(client, f"nobody{n}", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(31)]
    assert statuses == [200] * 30 + [429]


def test_behind_our_proxy_each_visitor_is_counted_apart(cast: Cast, client: Client, settings: object) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]  # type: ignore[attr-defined]
    for number in range(30):
        guess(client, f"nobody{number}", HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert guess(client, "nobody99", HTTP_X_FORWARDED_FOR="198.51.100.7") == 429
    assert guess(client, "nobody99", HTTP_X_FORWARDED_FOR="198.51.100.8") == 200
    assert guess(client, "nobody99", HTTP_X_FORWARDED_FOR="198.51.100.99, 198.51.100.7") == 429


def test_staff_let_a_login_in_and_it_is_recorded(cast: Cast, client: Client) -> None:
    from django.contrib.auth.models import Group
    from wagtail.models import ModelLogEntry

    for _ in range(6):
        guess(client)
    roles.setup()
    registrar: User = make_login("registrar", staff=True)
    registrar.groups.add(Group.objects.get(name="registrar"))
    desk = Client()
    desk.force_login(registrar)
    assert "anna" in desk.get("/admin/registration/").content.decode()
    desk.post(f"/admin/registration/unlock/{Throttle.objects.get(scope='login').pk}/")
    assert client.post("/accounts/login/", {"login": "anna", "password": PASSWORD}).status_code == 302
    assert ModelLogEntry.objects.filter(action="portal.access", user=registrar).exists()


def test_control_without_the_count_guessing_goes_on(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_flow, "count_attempt", lambda *args, **kwargs: None)
    assert [guess(client) for _ in range(8)] == [200] * 8

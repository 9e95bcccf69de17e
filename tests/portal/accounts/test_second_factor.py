"""Two-factor login of staff: forced where the settings say so; lost phones are another admin's work, recorded."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from wagtail.models import ModelLogEntry

from portal.accounts.models import User
from tests.codes import code_of
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(db: None) -> User:
    user = make_login("chief", staff=True)
    user.is_superuser = True
    user.save()
    return user


def set_up(client: Client) -> str:
    client.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<b>([A-Z2-7]{16,})</b>", page)
    assert secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret.group(1))}).status_code == 302
    return secret.group(1)


def test_where_it_is_forced_nothing_else_opens(chief: User, client: Client, settings: object) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    client.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"
    set_up(client)
    assert client.get("/admin/").status_code == 200


def test_in_the_demo_it_is_offered(chief: User, client: Client) -> None:
    client.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200


def test_a_resident_is_never_forced(cast: Cast, client: Client, settings: object) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert client.get("/personal/").status_code == 200


def test_a_password_alone_no_longer_opens(chief: User, client: Client) -> None:
    set_up(client)
    other = Client()
    came = other.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    assert came["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get("/admin/").status_code == 302
    assert "_auth_user_id" not in other.session
    codes = Authenticator.objects.get(user=chief, type="recovery_codes").wrap().get_unused_codes()
    assert other.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert other.get("/admin/").status_code == 200
    third = Client()
    third.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    assert third.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200


def test_another_admin_takes_it_off_and_it_is_recorded(chief: User, client: Client) -> None:
    set_up(client)
    own = client.post("/admin/audit/second-factors/", {"user": chief.pk})
    assert own.status_code == 302
    assert Authenticator.objects.filter(user=chief).exists()
    second = make_login("second", staff=True)
    second.is_superuser = True
    second.save()
    other = Client()
    other.force_login(second)
    other.post("/admin/audit/second-factors/", {"user": chief.pk})
    assert not Authenticator.objects.filter(user=chief).exists()
    assert ModelLogEntry.objects.filter(action="portal.access", user=second).exists()
    assert client.get("/admin/").status_code == 302

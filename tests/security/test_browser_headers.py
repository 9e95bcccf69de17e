"""What browsers and monitors are told: headers of answers, security.txt, health checks on loopback."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from portal.core import clock
from portal.core.models import CompanySettings
from tests.cms_pages.editing import staff
from tests.people import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def test_every_answer_names_what_pages_may_ask_of_a_browser(client: Client) -> None:
    for address in ("/accounts/login/", "/nowhere/", "/admin/"):
        headers = client.get(address).headers
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "base-uri 'none'" in client.get("/accounts/login/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_a_logout_clears_what_the_browser_stored_and_keeps_cookies(client: Client, address: str) -> None:
    client.force_login(staff("editor"))
    assert "Clear-Site-Data" not in client.get("/accounts/login/").headers
    assert client.post(address).headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/accounts/login/").headers


def test_security_txt_names_the_companys_address_and_expires_within_a_year(client: Client) -> None:
    company = CompanySettings.load()
    company.email = "office@portal.example"
    company.save()
    text = client.get("/.well-known/security.txt").content.decode()
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert fields["Contact"] == "mailto:office@portal.example"
    expires = dt.datetime.fromisoformat(fields["Expires"])
    assert dt.timedelta(days=170) < expires - clock.real_now() < dt.timedelta(days=365)
    company.security_email = "security@portal.example"
    company.save()
    assert "mailto:security@portal.example" in client.get("/.well-known/security.txt").content.decode()


def test_health_is_answered_on_loopback_whatever_the_host_and_without_tls(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["portal.example"], True
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).content == b"ok"
    assert client.get("/readyz", headers={"host": "127.0.0.1:8000"}).status_code == 200
    assert client.get("/accounts/login/", headers={"host": "127.0.0.1:8000"}).status_code == 400


def test_every_cookie_of_production_is_bound_to_this_host() -> None:
    """The prefix __Host-: over TLS only, for no other host, whatever a neighbour domain sets."""
    source = (Path(__file__).parents[2] / "site" / "config" / "settings" / "production.py").read_text()
    for name in ("SESSION", "CSRF", "LANGUAGE", "MESSAGE", "DEVICE"):
        assert re.search(rf'^{name}_COOKIE_NAME = "__Host-', source, re.MULTILINE), name


def test_no_script_reads_a_cookie(cast: Cast, client: Client) -> None:
    client.get("/support/")
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    client.post("/i18n/", {"language": "en"})
    assert {"sessionid", "csrftoken", "device", settings.LANGUAGE_COOKIE_NAME} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert cookie["path"] == "/", name

"""A request that waited too long in front of the portal gets 503 and a time to come back; nothing is done for it."""

import re
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from portal.core import checks
from portal.core.models import COMPANY_NAME, EMERGENCY_PHONE, CompanySettings

PROXY, STRANGER = "127.0.0.1", "203.0.113.5"


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings: Any) -> None:
    settings.QUEUE_TIMEOUT = 5
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]


def waited(seconds: float, peer: str = PROXY) -> dict[str, str]:
    """Headers of a request that nginx passed on so long ago."""
    return {"HTTP_X_REQUEST_START": f"t={time.time() - seconds:.3f}", "REMOTE_ADDR": peer}


def test_a_page_that_waited_too_long_reloads_itself(client: Client, django_assert_num_queries: Any) -> None:
    cache.set_many({EMERGENCY_PHONE: "+7 495 555-01-04", COMPANY_NAME: "Горводоканал"})
    with django_assert_num_queries(0):
        response = client.get("/personal/", **waited(9))
    page = response.content.decode()
    assert response.status_code == 503
    pause = int(response["Retry-After"])
    assert 10 <= pause <= 30
    assert f'<meta http-equiv="refresh" content="{pause}">' in page
    assert 'href="tel:+74955550104"' in page
    assert '<span class="brand__name">Горводоканал</span>' in page
    assert response["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_form_is_sent_again_by_hand(client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "a", "password": "b"}, **waited(9))
    page = response.content.decode()
    assert response.status_code == 503
    assert "http-equiv" not in page
    assert "введённое отправится снова" in page


@pytest.mark.parametrize("path", ["/api/v1/accounts/", "/api/content/v2/pages/"])
def test_the_api_answers_with_a_problem(client: Client, caplog: pytest.LogCaptureFixture, path: str) -> None:
    response = client.get(path, **waited(9))
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 503
    assert response.json()["code"] == "unavailable"
    assert response["Retry-After"].isdigit()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "peer"),
    [
        pytest.param(0, PROXY, id="a short wait"),
        pytest.param(-60, PROXY, id="a proxy whose clock is ahead"),
        pytest.param(3600, STRANGER, id="a visitor who writes the header"),
    ],
)
def test_others_are_served(client: Client, settings: Any, seconds: float, peer: str) -> None:
    settings.QUEUE_TIMEOUT = 60
    assert client.get("/accounts/login/", **waited(seconds, peer)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "t=", "t=soon", "t=nan", "0x10"])
def test_a_header_that_is_no_moment_says_nothing(client: Client, text: str) -> None:
    headers = {"HTTP_X_REQUEST_START": text, "REMOTE_ADDR": PROXY}
    assert client.get("/accounts/login/", **headers).status_code == 200


@pytest.mark.django_db
def test_zero_never_sheds(client: Client, settings: Any) -> None:
    settings.QUEUE_TIMEOUT = 0
    assert client.get("/accounts/login/", **waited(3600)).status_code == 200


def test_probes_are_answered_however_long_they_waited(client: Client) -> None:
    assert client.get("/healthz", **waited(60)).status_code == 200


@pytest.mark.parametrize(
    ("timeout", "refused"), [(0, False), (1, False), (60, False), (0.2, True), (-1, True), (61, True)]
)
def test_the_setting_has_bounds(settings: Any, timeout: float, refused: bool) -> None:
    settings.QUEUE_TIMEOUT = timeout
    assert bool(checks.check_queue_timeout()) is refused


@pytest.mark.django_db
def test_the_page_of_nginx_is_written_with_the_site(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    company = CompanySettings.load()
    company.emergency_phone = "+7 495 555-01-04"
    company.name = "Горводоканал"
    company.save()
    call_command("setup_site", stdout=StringIO())
    page = (tmp_path / "unavailable.html").read_text()
    assert "Портал сейчас не отвечает" in page
    assert '<span class="brand__name">Горводоканал</span>' in page
    assert 'href="tel:+74955550104"' in page
    assert re.search(r'<link rel="stylesheet" href="/static/', page)

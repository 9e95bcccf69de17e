"""A request's language holds for that request alone."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.django_db


def test_the_visitor_reads_the_language_of_the_cookie(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get("/accounts/login/")
    assert response["Content-Language"] == "en"
    assert "Remember me on this device" in response.content.decode()


def test_the_language_of_a_request_does_not_reach_the_next_one(client: Client) -> None:
    with translation.override("ru"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        client.get("/accounts/login/")
        assert translation.get_language() == "ru"
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "xx"
        assert client.get("/accounts/login/")["Content-Language"] == "ru"

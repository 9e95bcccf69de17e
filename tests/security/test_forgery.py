"""FAULTS 16: a POST without a token is 403. What is exempt is named here, with its reason."""

import pytest
from django.test import Client

from tests.people import Cast
from tests.security.addresses import every_address

pytestmark = pytest.mark.django_db

EXEMPT = {
    "payments/notices/": "the gateway's webhook: checked by source, then read back",
    "notifications/unsubscribe/": "one-click unsubscribe of mail programs (RFC 8058): proved by its signed token",
    "api/v1/": "API keys in a header; a session is checked by the API itself",
    "api/content/": "Wagtail's content API: it only reads",
    "admin/api/": "Wagtail's own API: tokens, or the session with its own check",
}


def test_only_the_named_routes_are_exempt() -> None:
    exempt = [a.route for a in every_address() if getattr(a.view, "csrf_exempt", False)]
    assert [route for route in exempt if not route.startswith(tuple(EXEMPT))] == []


def test_every_other_post_without_a_token_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna.user)
    accepted = []
    for address in every_address():
        if address.route.startswith((*EXEMPT, "admin/")):
            continue
        if client.post(address.path, {"x": "1"}).status_code not in {403, 405, 404}:
            accepted.append(address.route)
    assert accepted == []


def test_control_a_token_is_enough(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna.user)
    client.get("/personal/profile/contacts/")
    token = client.cookies["csrftoken"].value
    typed = {"phone": "", "postal_address": "", "csrfmiddlewaretoken": token}
    assert client.post("/personal/profile/contacts/", typed).status_code == 302

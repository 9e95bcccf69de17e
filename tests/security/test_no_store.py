"""No page under /accounts/, and none that a logged-in person opens, may stay in a cache."""

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.people import Cast, make_login
from tests.security.addresses import QuickClient, every_address, quick_login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
SHARED = ("/media/", "/static/", "/healthz")
"""Files of the site, the same for everybody; the balancer's question, answered before anybody is known."""
ENDS_THE_SESSION = "/admin/logout/"


def kept(client: QuickClient, *, under: str = "/") -> list[str]:
    """Addresses whose answer a cache may keep."""
    paths = []
    for address in every_address():
        if address.path.startswith(under) and not address.path.startswith((*SHARED, ENDS_THE_SESSION)):
            response = client.get(address.path)
            if "no-store" not in response.get("Cache-Control", ""):
                paths.append(address.path)
    return paths


def _chief() -> User:
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    return chief


def test_nothing_of_the_ways_in_is_kept(cast: Cast) -> None:
    assert kept(QuickClient(), under="/accounts/") == []


def test_nothing_that_a_resident_opens_is_kept(cast: Cast) -> None:
    assert kept(quick_login(cast.anna.user)) == []


def test_nothing_that_an_employee_opens_is_kept(cast: Cast) -> None:
    assert kept(quick_login(_chief())) == []


def test_public_pages_may_be_kept(client: Client, db: None) -> None:
    assert "no-store" not in client.get("/").get("Cache-Control", "")

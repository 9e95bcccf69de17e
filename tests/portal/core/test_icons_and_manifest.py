"""What browsers ask for by themselves: the icon at its fixed address and the manifest of the web app."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from portal.core.models import CompanySettings

pytestmark = pytest.mark.django_db


def test_the_icon_is_at_its_fixed_address(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer["Location"].endswith(".ico")
    with Image.open(str(finders.find("icons/favicon.ico"))) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/manifest.json"])
def test_the_manifest_names_the_company_and_icons_that_exist(client: Client, path: str) -> None:
    answer = client.get(path)
    body = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert body["name"] == CompanySettings.shown().name
    for icon in body["icons"]:
        icon_path = finders.find("icons/" + icon["src"].rpartition("/")[2])
        assert icon_path
        if icon["sizes"] != "any":
            with Image.open(str(icon_path)) as picture:
                assert "{}x{}".format(*picture.size) == icon["sizes"]


def test_pages_lead_to_it(client: Client) -> None:
    assert '<link rel="manifest" href="/manifest.webmanifest">' in client.get("/accounts/login/").content.decode()

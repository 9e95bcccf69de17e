"""Switching between one's accounts goes back to a page of the portal, whatever `next` says."""

import pytest
from django.test import Client

from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("back", ["", "a b", "NaN", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_next_that_is_no_page_of_ours_leads_home(client: Client, cast: Cast, back: str) -> None:
    client.force_login(cast.boris.user)
    number = cast.boris_second.number
    response = client.post("/personal/account/", {"account": number, "next": back})
    assert (response.status_code, response["Location"]) == (302, "/personal/")
    assert (
        client.post("/personal/account/", {"account": number, "next": "/personal/pay/"})["Location"] == "/personal/pay/"
    )

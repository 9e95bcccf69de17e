"""The residents' guide in the cabinet, and the way to its chapter from each screen."""

import pytest
from django.test import Client

from portal.cabinet.guide import chapters
from portal.cabinet.menu import PLACES, help_anchor
from tests.people import Cast


def test_every_screen_that_names_a_chapter_has_it() -> None:
    anchors = {chapter.anchor for chapter in chapters()}
    assert {section.help for place in PLACES for section in place.sections if section.help} <= anchors
    assert all(chapter.title and chapter.blocks for chapter in chapters())


@pytest.mark.parametrize(
    ("path", "anchor"),
    [
        ("/personal/", "home"),
        ("/personal/bills/2026-10/", "bills"),
        ("/personal/pay/", "pay"),
        ("/personal/support/", ""),
    ],
)
def test_a_screen_leads_to_its_chapter(path: str, anchor: str) -> None:
    assert help_anchor(path) == anchor


def test_the_guide_is_a_page_without_markdown(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    assert 'href="/personal/help/#readings"' in client.get("/personal/readings/").content.decode()
    page = client.get("/personal/help/").content.decode()
    assert 'id="readings"' in page
    assert "<code>424,190</code>" in page
    main = page.split("<main")[1].split("</main>")[0]
    assert "**" not in main
    assert "|---" not in main
    assert "![" not in main


def test_the_guide_asks_for_a_login(client: Client) -> None:
    assert client.get("/personal/help/").status_code == 302

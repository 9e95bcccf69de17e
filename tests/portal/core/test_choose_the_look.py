"""Theme and the version for weak sight: chosen without a script, kept in a cookie that says nothing of a person."""

import pytest
from django.test import Client

from portal.core.look import OPTIONS, Look
from tests.people import Cast, make_clerk

pytestmark = pytest.mark.django_db


def test_a_choice_is_kept_and_leads_back(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "data-theme" not in page
    answer = client.post("/look/", {"theme": "dark", "next": "/accounts/login/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?a=1")
    page = client.get("/accounts/login/").content.decode()
    assert 'data-theme="dark"' in page
    client.post("/look/", {"theme": "system"})
    assert "data-theme" not in client.get("/accounts/login/").content.decode()


def test_the_version_for_weak_sight_has_its_sheet_and_its_panel_first(client: Client) -> None:
    client.post("/look/", {"sight": "weak"})
    client.post("/look/", {"size": "largest"})
    page = client.get("/accounts/login/").content.decode()
    assert "css/weak-sight.css" in page
    assert 'data-size="largest"' in page
    assert page.index('class="sight"') < page.index("<header")
    client.post("/look/", {"sight": "usual"})
    assert "weak-sight" not in client.get("/accounts/login/").content.decode()


@pytest.mark.usefixtures("site_pages")
def test_a_cached_page_is_not_shown_in_another_reader_s_look(client: Client) -> None:
    client.post("/look/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert "data-theme" not in Client().get("/").content.decode()
    assert 'data-theme="dark"' in client.get("/").content.decode()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client: Client, back: str) -> None:
    assert client.post("/look/", {"theme": "dark", "next": back})["Location"] == "/"


def test_what_cannot_be_chosen_is_refused_and_a_forged_cookie_ignored(client: Client) -> None:
    assert client.post("/look/", {"theme": '"><script>'}).status_code == 400
    assert Look.read('theme-"><script>.sight-weak.nonsense.size-') == Look(sight="weak")


def test_the_cookie_holds_words_of_the_options_alone() -> None:
    look = Look()
    for name, values in OPTIONS.items():
        look = look.with_choice(name, values[-1])
    assert Look.read(look.written()) == look
    assert Look().written() == ""


def test_the_statement_of_accessibility_is_linked_from_every_foot(client: Client, cast: Cast) -> None:
    assert "WCAG 2.2" in client.get("/accessibility/").content.decode()
    assert 'href="/accessibility/"' in client.get("/accounts/login/").content.decode()
    client.force_login(cast.anna.user)
    assert 'href="/accessibility/"' in client.get("/personal/").content.decode()


def test_the_sheet_of_components_is_for_staff(client: Client, cast: Cast) -> None:
    assert client.get("/design/").status_code == 404
    client.force_login(cast.anna.user)
    assert client.get("/design/").status_code == 404
    client.force_login(make_clerk("clerk"))
    assert client.get("/design/").status_code == 200


def test_the_offline_page_says_nothing_of_a_person_and_its_worker_keeps_it_alone(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna.user)
    page = client.get("/offline/").content.decode()
    assert "Анна" not in page
    assert "0010001" not in page
    worker = client.get("/service-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/offline/" in worker.content.decode()
    assert "/personal/" not in worker.content.decode()

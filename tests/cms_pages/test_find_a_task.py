"""A visitor comes for a task: search names it first, every page links to search and to what the law asks for."""

import pytest
from django.test import Client

from portal.core.sections import TASKS
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("показания", "/personal/readings/"),
        ("передать показания счётчика", "/personal/readings/"),
        ("оплатить", "/personal/pay/"),
        ("тариф", "/tariffs/"),
        ("нет воды", "/outages/"),
        ("забыл пароль", "/accounts/password/reset/"),
        ("поверка", "/personal/requests/replacement/"),
    ],
)
def test_search_names_the_task_before_the_pages(client: Client, query: str, address: str) -> None:
    html = client.get("/search/", {"q": query}).content.decode()
    results = html.split('class="stack search"')[1].split("</main>")[0]
    assert f'href="{address}"' in results
    assert results.index(f'href="{address}"') < results.find("search__list") or "search__list" not in results


def test_every_task_leads_to_a_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.anna.user)
    addresses = [task.url for task in TASKS if not task.url.startswith("/accounts/")]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("address", ["/", "/tariffs/", "/contacts/"])
def test_search_privacy_and_disclosure_are_linked_from_every_page(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    header, footer = html.split("</header>")[0], html.split("<footer")[1]
    assert header.count('href="/search/"') == 2
    for linked in ("/search/", "/privacy/", "/disclosure/"):
        assert f'href="{linked}"' in footer
        assert client.get(linked).status_code == 200


def test_the_disclosure_page_links_to_what_it_names(client: Client) -> None:
    html = client.get("/disclosure/").content.decode().split("<main")[1].split("</main>")[0]
    for linked in ("/tariffs/", "/documents/", "/services/", "/outages/", "/privacy/"):
        assert f'href="{linked}"' in html


def test_the_page_says_its_language_and_marks_russian_words(client: Client) -> None:
    assert '<html lang="ru"' in client.get("/services/").content.decode()
    client.post("/i18n/", {"language": "en", "next": "/"})
    html = client.get("/privacy/").content.decode()
    assert '<html lang="en"' in html
    assert '<h1 lang="ru">' in html
    assert '<html lang="en"' in client.get("/accounts/login/").content.decode()

"""Every public page of an empty site answers: sensible when there is nothing to show."""

import pytest
from django.test import Client

from cms_pages.core.models import EmergencyBanner
from cms_pages.news.models import NewsIndexPage, NewsPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]

ADDRESSES = (
    "/",
    "/news/",
    "/tariffs/",
    "/services/",
    "/documents/",
    "/complaints/",
    "/outages/",
    "/contacts/",
    "/support/",
    "/how-to-register/",
    "/search/",
    "/search/?q=вода",
    "/robots.txt",
    "/sitemap.xml",
    "/news/rss/",
    "/news/atom/",
    "/api/content/v2/pages/",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_empty_site_answers(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_home_has_the_three_ways_into_the_cabinet(client: Client) -> None:
    html = client.get("/").content.decode()
    assert html.count('href="/accounts/login/"') >= 2
    assert 'id="foot-login"' in html
    assert 'action="/accounts/login/"' in html


@pytest.mark.parametrize(
    ("day", "on_top", "below"),
    [("2026-11-15", "/personal/readings/", "/personal/pay/"), ("2026-11-25", "/personal/pay/", "/personal/readings/")],
)
def test_the_hero_follows_the_calendar_and_the_tiles_say_the_rest(
    client: Client, business_date: object, day: str, on_top: str, below: str
) -> None:
    business_date(day)  # type: ignore[operator]
    hero, rest = client.get("/").content.decode().split("home-tiles")
    tiles = rest.split("</ul>")[0]
    assert on_top in hero
    assert on_top not in tiles
    assert below in tiles
    assert tiles.count("<li") == 4


def test_the_emergency_banner_is_on_every_page_until_its_moment(client: Client) -> None:
    banner = EmergencyBanner.load()
    banner.shown, banner.title = True, "Авария на Речной"
    banner.save()
    assert "Авария на Речной" in client.get("/tariffs/").content.decode()


def test_home_asks_the_database_at_most_twelve_times_when_warm(
    client: Client, django_assert_max_num_queries: object
) -> None:
    client.get("/")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get("/")


@pytest.mark.parametrize("word", ["тарифы", "тарифам", "тарифов", "ТАРИФЫ"])
def test_search_finds_a_section_by_its_word_in_any_form(client: Client, word: str) -> None:
    html, other = (
        client.get("/search/", {"q": asked}).content.decode().split("<main")[1].split("</main")[0]
        for asked in (word, "гидрант")
    )
    assert "/tariffs/" in html
    assert "/tariffs/" not in other


def test_news_are_found_by_a_word_in_any_form(client: Client) -> None:
    index = NewsIndexPage.objects.get()
    for slug, title in (("pipe", "Меняем трубу на Речной"), ("office", "Офис работает и по субботам")):
        index.add_child(instance=NewsPage(title=title, slug=slug))
    html, nothing = (client.get("/news/", {"q": word}).content.decode() for word in ("трубы", "гидрант"))
    assert "/news/pipe/" in html
    assert "/news/office/" not in html
    assert "Попробуйте другое слово" in nothing


@pytest.mark.parametrize(("language", "heading"), [("ru", "<h1>Тарифы</h1>"), ("en", "<h1>Tariffs</h1>")])
def test_a_section_is_called_in_the_readers_language(client: Client, language: str, heading: str) -> None:
    client.cookies["django_language"] = language
    assert heading in client.get("/tariffs/").content.decode()

"""A page is kept for those who are not logged in: quick, never one visitor's for another, never old for an editor."""

import datetime as dt
import re

import pytest
from django.test import Client

from cms_pages.core import page_cache
from cms_pages.news.models import NewsIndexPage, NewsPage
from portal.accounts.enums import Service
from portal.core import clock
from portal.core.models import CompanySettings
from portal.service_requests.outages import services
from portal.service_requests.outages.models import OutageKind
from portal.service_requests.outages.selectors import Scope
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def test_a_kept_page_asks_only_where_it_stands(client: Client, django_assert_max_num_queries: object) -> None:
    client.get("/")  # a fresh site makes its settings now, which is a change
    first = client.get("/").content
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        second = client.get("/").content
    assert TOKEN.sub("", first.decode()) == TOKEN.sub("", second.decode())


def test_every_visitor_has_a_token_of_their_own_that_works() -> None:
    tokens = set()
    for _visitor in range(2):
        visitor = Client(enforce_csrf_checks=True)
        html = visitor.get("/").content.decode()
        page_tokens = TOKEN.findall(html)
        assert {len(token) for token in page_tokens} == {64}
        tokens.add(visitor.cookies["csrftoken"].value)
        answer = visitor.post("/i18n/", {"language": "en", "csrfmiddlewaretoken": page_tokens[0]})
        assert answer.status_code == 302
    assert len(tokens) == 2


def test_what_an_editor_publishes_is_seen_at_once(client: Client) -> None:
    assert "Новая труба" not in client.get("/").content.decode()
    news = NewsPage(title="Новая труба", slug="truba")
    NewsIndexPage.objects.get().add_child(instance=news)
    news.save_revision().publish()
    assert "Новая труба" in client.get("/").content.decode()
    news.unpublish()
    assert "Новая труба" not in client.get("/").content.decode()


def test_an_outage_and_a_new_phone_are_seen_at_once(client: Client, cast: people.Cast) -> None:
    client.get("/")
    now = clock.now()
    outage = services.draft(
        kind=OutageKind.EMERGENCY,
        services=[Service.COLD_WATER],
        starts_at=now - dt.timedelta(hours=1),
        ends_at=now + dt.timedelta(hours=3),
        reason="Порыв",
        delivery="",
        scopes=[Scope(people.make_street().pk)],
        by=None,
    )
    services.publish(outage=outage, moment=now)
    company = CompanySettings.load()
    company.emergency_phone = "+7 495 555-99-99"
    company.save()
    html = client.get("/").content.decode()
    assert "Порыв" in html
    assert "555-99-99" in html


def test_without_the_mark_an_old_page_would_be_shown(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with a mark that never changes the fault shows."""
    monkeypatch.setattr(page_cache.cache_version, "current", lambda: "same")
    client.get("/")
    news = NewsPage(title="Новая труба", slug="truba")
    NewsIndexPage.objects.get().add_child(instance=news)
    news.save_revision().publish()
    assert "Новая труба" not in client.get("/").content.decode()


def test_who_is_logged_in_sees_a_page_of_their_own(client: Client, cast: people.Cast) -> None:
    client.get("/")
    client.force_login(cast.anna.user)
    mine = client.get("/").content.decode()
    assert 'id="foot-login"' not in mine
    assert 'id="foot-login"' in Client().get("/").content.decode()

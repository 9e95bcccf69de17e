"""An editor's hour in the admin: publish, schedule, move, rename, revert, unpublish, delete what others name."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from cms_pages.bootstrap import SECTIONS
from cms_pages.core.jobs import publish_scheduled
from cms_pages.core.models import Navigation
from cms_pages.home.models import HomePage
from cms_pages.news.models import NewsIndexPage
from cms_pages.standard.models import StandardPage
from tests.cms_pages.editing import add, edit, news, staff, standard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(staff("editor"))
    return client


def _plain(editor: Client, title: str, slug: str, action: str = "action-publish") -> StandardPage:
    add(editor, HomePage.objects.get(), "cms_standard/standardpage", standard(action, title=title, slug=slug))
    return StandardPage.objects.get(slug=slug)


def test_a_page_appears_when_its_hour_comes_and_goes_when_it_expires(
    editor: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = timezone.localtime() + dt.timedelta(days=1)
    later = tomorrow + dt.timedelta(days=1)
    add(
        editor,
        NewsIndexPage.objects.get(),
        "cms_news/newspage",
        news("action-publish", go_live_at=f"{tomorrow:%Y-%m-%d %H:%M}", expire_at=f"{later:%Y-%m-%d %H:%M}"),
    )
    publish_scheduled()
    assert client.get("/news/truba/").status_code == 404
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow + dt.timedelta(minutes=1))
    publish_scheduled()
    assert "Новая труба" in client.get("/news/truba/").content.decode()
    assert "Новая труба" in client.get("/").content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: later + dt.timedelta(minutes=1))
    publish_scheduled()
    assert client.get("/news/truba/").status_code == 404
    assert "Новая труба" not in client.get("/").content.decode()


def test_a_renamed_and_a_moved_page_lead_from_their_old_addresses(
    editor: Client, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page, shelf = _plain(editor, "Пени", "peni"), _plain(editor, "Полезное", "useful")
    with django_capture_on_commit_callbacks(execute=True):
        edit(editor, page, standard("action-publish", title="Пени", slug="penalties"))
    assert client.get("/peni/").headers["Location"].endswith("/penalties/")
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(f"/admin/pages/{page.pk}/move/{shelf.pk}/confirm/")
    assert client.get("/useful/penalties/").status_code == 200
    assert client.get("/penalties/").headers["Location"].endswith("/useful/penalties/")
    assert client.get("/peni/", follow=True).redirect_chain[-1][0].endswith("/useful/penalties/")


def test_a_wrong_change_is_taken_back_by_the_history(editor: Client, client: Client) -> None:
    page = _plain(editor, "Пени", "peni")
    good = page.latest_revision
    edit(editor, page, standard("action-publish", title="Пенни", slug="peni"))
    assert "Пенни" in client.get("/peni/").content.decode()
    edit(editor, page, standard("action-publish", title="Пени", slug="peni", revision=good.pk))
    assert "Пенни" not in client.get("/peni/").content.decode()


def test_an_unpublished_page_is_gone_and_its_words_are_not_found(editor: Client, client: Client) -> None:
    page = _plain(editor, "Гидрант", "hydrant")
    assert "/hydrant/" in client.get("/search/?q=гидранты").content.decode()
    editor.post(f"/admin/pages/{page.pk}/unpublish/")
    assert client.get("/hydrant/").status_code == 404
    assert "/hydrant/" not in client.get("/search/?q=гидранты").content.decode()
    assert client.get(f"/api/content/v2/pages/{page.pk}/").status_code == 404


def test_deleting_what_a_menu_names_warns_and_breaks_nothing(editor: Client, client: Client) -> None:
    page = _plain(editor, "Пени", "peni")
    menu = Navigation.load()
    menu.menu = [("link", {"title": "О пенях", "page": page, "address": ""})]
    menu.save()
    assert "О пенях" in client.get("/news/").content.decode()
    warning = editor.get(f"/admin/pages/{page.pk}/delete/").content.decode()
    assert f"/admin/pages/usage/{page.pk}" in warning or f"/admin/pages/{page.pk}/usage/" in warning
    editor.post(f"/admin/pages/{page.pk}/delete/")
    html = client.get("/news/").content.decode()
    assert "О пенях" not in html
    assert client.get("/peni/").status_code == 404


@pytest.mark.parametrize("slug", [*[section.slug for section in SECTIONS], "vodokanal"])
def test_an_editor_takes_no_section_away(editor: Client, client: Client, slug: str) -> None:
    page = Page.objects.get(slug=slug)
    shelf = _plain(editor, "Полезное", "useful")
    confirmed = {"confirm_site_name": "Водоканал Павшино"}
    for action in ("delete", "unpublish", f"move/{shelf.pk}/confirm"):
        assert editor.post(f"/admin/pages/{page.pk}/{action}/", confirmed).status_code == 302
    editor.post(f"/admin/bulk/wagtailcore/page/delete/?next=/admin/&id={page.pk}", confirmed)
    editor.post(f"/admin/bulk/wagtailcore/page/unpublish/?next=/admin/&id={page.pk}")
    stood = Page.objects.get(pk=page.pk)
    assert stood.live
    assert stood.url_path == page.url_path
    assert client.get(stood.url).status_code == 200
    assert editor.get(f"/admin/pages/{page.pk}/edit/").status_code == 200

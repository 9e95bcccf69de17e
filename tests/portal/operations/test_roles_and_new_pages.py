"""Pages made after the roles were set up belong to editor and reviewer as the earlier ones do."""

import pytest
from django.test import Client
from wagtail.models import Page

from cms_pages.bootstrap import ensure_pages
from cms_pages.complaints.models import ComplaintsBookPage
from cms_pages.home.models import HomePage
from portal.operations import roles
from tests.people import make_employee

pytestmark = pytest.mark.django_db


def member(role: str) -> Client:
    """A client of an employee of a role."""
    client = Client()
    client.force_login(make_employee(role))
    return client


@pytest.fixture
def site_without_book() -> HomePage:
    """The pages of a fresh site but the book; then the roles."""
    home = ensure_pages()
    ComplaintsBookPage.objects.get().delete()
    roles.setup()
    return HomePage.objects.get(pk=home.pk)


def test_a_book_made_later_is_the_reviewers(site_without_book: HomePage) -> None:
    editor, reviewer = member("editor"), member("reviewer")
    typed = {
        "title": "Книга",
        "slug": "book",
        "summary": "Что нам пишут.",
        "rules": "null",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    editor.post(f"/admin/pages/add/cms_complaints/complaintsbookpage/{site_without_book.pk}/", typed)
    book = ComplaintsBookPage.objects.get()
    assert reviewer.get(f"/admin/pages/{book.pk}/edit/").status_code == 200
    assert reviewer.get(f"/admin/pages/{site_without_book.pk}/edit/").status_code == 302


def test_a_page_made_later_is_the_editors(site_without_book: HomePage) -> None:
    editor, accountant = member("editor"), member("accountant")
    page = Page.objects.get(slug="news")
    child = page.add_child(instance=Page(title="Новая", slug="later"))
    assert editor.get(f"/admin/pages/{child.pk}/").status_code == 200
    assert accountant.get(f"/admin/pages/{child.pk}/").status_code == 302


def test_who_keeps_no_pages_is_offered_no_search_of_pages(site_without_book: HomePage) -> None:
    search = f'action="/admin/pages/{Page.objects.get(depth=1).pk}/"'
    assert search in member("editor").get("/admin/").content.decode()
    dashboard = member("registrar").get("/admin/").content.decode()
    assert 'action="/admin/pages/' not in dashboard
    assert "присланных анкет" in dashboard

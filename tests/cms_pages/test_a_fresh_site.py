"""A fresh site has its sections at the promised addresses, and making them again changes nothing."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django_q.models import Schedule
from wagtail.models import Page, Site

from cms_pages.core.bootstrap import SECTIONS, ensure_pages
from cms_pages.news.models import NewsIndexPage

pytestmark = pytest.mark.django_db


def test_home_is_the_root_of_the_site_and_the_welcome_page_is_gone() -> None:
    home = ensure_pages()
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    assert not Page.objects.filter(slug="home").exists()


def test_the_operators_command_makes_roles_pages_and_timed_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        call_command("setup_site")
    assert Group.objects.filter(name="accountant").exists()
    assert Schedule.objects.exists()
    assert f"{len(SECTIONS)} sections" in capsys.readouterr().out.splitlines()[-1]


def test_every_section_has_its_address() -> None:
    home = ensure_pages()
    addresses = {page.get_url() for page in Page.objects.child_of(home).live()}
    assert addresses == {f"/{section.slug}/" for section in SECTIONS}


def test_a_second_run_keeps_what_editors_changed() -> None:
    ensure_pages()
    news = NewsIndexPage.objects.get()
    news.title = "Новости сети"
    news.save_revision().publish()
    before = Page.objects.count()
    ensure_pages()
    assert NewsIndexPage.objects.get().title == "Новости сети"
    assert Page.objects.count() == before

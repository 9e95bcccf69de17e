"""A fresh site has its sections at the promised addresses, and making them again changes nothing."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django_q.models import Schedule
from wagtail.models import GroupApprovalTask, Page, Site, Workflow, WorkflowTask

from cms_pages.bootstrap import SECTIONS, ensure_pages
from cms_pages.news.models import NewsIndexPage
from cms_pages.standard.models import StandardPage
from portal.core.models import CompanySettings
from tests import people
from tests.cms_pages.editing import staff

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
    assert f"{len(SECTIONS) + 2} pages" in capsys.readouterr().out.splitlines()[-1]


def test_every_section_has_its_address() -> None:
    home = ensure_pages()
    addresses = {page.get_url() for page in Page.objects.child_of(home).live()}
    assert addresses == {f"/{section.slug}/" for section in SECTIONS} | {"/privacy/", "/disclosure/"}


def test_the_personal_data_policy_names_the_company_and_asks_to_be_reviewed(client: Client) -> None:
    company = CompanySettings.load()
    company.legal_name, company.inn = "МУП «Родник»", "7707083893"
    company.save()
    ensure_pages()
    html = client.get("/privacy/").content.decode()
    assert "МУП «Родник», ИНН 7707083893" in html
    assert "152-ФЗ" in html
    assert "компания должна его проверить" in html
    page = StandardPage.objects.get(slug="privacy")
    assert not page.show_in_menus
    page.body = None
    page.save_revision().publish()
    ensure_pages()
    assert "ИНН 7707083893" not in StandardPage.objects.get(slug="privacy").body_text()


@pytest.mark.parametrize("address", ["/", "/support/", "/accounts/application/"])
def test_the_policy_is_linked_from_the_footer_and_beside_each_consent(client: Client, address: str) -> None:
    ensure_pages()
    assert 'href="/privacy/"' in client.get(address).content.decode()
    assert client.get("/privacy/").status_code == 200


def test_a_second_run_keeps_what_editors_changed() -> None:
    ensure_pages()
    news = NewsIndexPage.objects.get()
    news.title = "Новости сети"
    news.save_revision().publish()
    before = Page.objects.count()
    ensure_pages()
    assert NewsIndexPage.objects.get().title == "Новости сети"
    assert Page.objects.count() == before


def test_wagtails_own_workflow_is_gone_so_that_editors_see_ours_alone(client: Client) -> None:
    ensure_pages()
    assert not Workflow.objects.filter(name="Moderators approval").exists()
    client.force_login(staff("editor"))
    page = StandardPage.objects.get(slug="how-to-register")
    html = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "action-publish" in html
    assert "action-submit" not in html


def test_wagtails_workflow_that_was_used_is_switched_off_with_its_history() -> None:
    ensure_pages()
    page = NewsIndexPage.objects.get()
    page.save_revision()
    used = Workflow.objects.create(name="Moderators approval")
    task = GroupApprovalTask.objects.create(name="Moderators approval")
    WorkflowTask.objects.create(workflow=used, task=task)
    used.start(page, people.make_login("somebody", staff=True))
    ensure_pages()
    used.refresh_from_db()
    assert not used.active
    assert used.workflow_states.count() == 1

"""Publishing rules: with a rule set an editor submits and another person publishes; without it, at once."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, TaskState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms_pages.core.models import PublishingRules
from cms_pages.news.models import NewsIndexPage, NewsPage
from cms_pages.tariffs.models import TariffIndexPage, TariffPage
from portal.accounts.models import User
from portal.approvals.models import ApprovalSettings
from portal.billing.models import Rate
from portal.notifications.models import Message
from portal.operations import roles
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


@pytest.fixture(autouse=True)
def _site() -> None:
    roles.setup()


def _rules(**values: bool) -> None:
    rules = PublishingRules.load()
    for name, value in values.items():
        setattr(rules, name, value)
    rules.save()


def _news(action: str, **fields: Any) -> dict[str, Any]:
    given = {
        "title": "Новая труба",
        "slug": "truba",
        "summary": "",
        "date": "2026-11-15",
        "body": streamfield([]),
        "comments": inline_formset([]),
        action: "1",
    }
    return dict(nested_form_data(given | fields))


def _add_url(parent: Page, model: str) -> str:
    return f"/admin/pages/add/{model}/{parent.pk}/"


def _written(client: Client, action: str) -> NewsPage:
    client.post(_add_url(NewsIndexPage.objects.get(), "cms_news/newspage"), _news(action))
    return NewsPage.objects.get()


def _decide(client: Client, page: Page, action: str = "approve", preview_token: str = "") -> int:
    state = TaskState.objects.get(status="in_progress")
    url = f"/admin/pages/workflow/action/{page.pk}/{action}/{state.pk}/"
    return client.post(url, {"comment": "Поправьте", "preview_token": preview_token}).status_code


def test_without_the_rule_an_editor_publishes_at_once(client: Client) -> None:
    client.force_login(people.make_employee("editor"))
    assert _written(client, "action-publish").live


def test_with_the_rule_an_editor_submits_and_another_publishes(client: Client) -> None:
    _rules(news_need_approval=True)
    author = people.make_employee("editor")
    client.force_login(author)
    form = client.get(_add_url(NewsIndexPage.objects.get(), "cms_news/newspage")).content.decode()
    assert 'name="action-publish"' not in form
    page = _written(client, "action-submit")
    assert not page.live
    _decide(client, page)
    assert not NewsPage.objects.get().live, "nobody approves their own"
    client.force_login(people.make_employee("editor", "second"))
    assert "Новая труба" in client.get("/admin/").content.decode()
    _decide(client, page)
    assert NewsPage.objects.get().live


def test_a_forged_publication_stays_a_draft_and_the_rule_goes_off_again(client: Client) -> None:
    _rules(news_need_approval=True)
    client.force_login(people.make_employee("editor"))
    page = _written(client, "action-publish")
    assert not page.live
    _rules(news_need_approval=False)
    client.post(f"/admin/pages/{page.pk}/edit/", _news("action-publish"))
    assert NewsPage.objects.get().live


def _window(client: Client, page: Page) -> str:
    """What the approver's window shows."""
    state = TaskState.objects.get(status="in_progress")
    answer = client.get(f"/admin/pages/workflow/collect_action_data/{page.pk}/approve/{state.pk}/")
    return str(answer.json()["html"])


def _order() -> dict[str, Any]:
    """The form of a decision without its rates."""
    return {
        "title": "Тарифы с октября",
        "slug": "order",
        "summary": "",
        "regulator": "Комитет",
        "order_number": "1-Р",
        "order_date": "2026-09-01",
        "order_url": "",
        "payers": "",
        "body": streamfield([]),
        "comments": inline_formset([]),
    }


def _decision(client: Client, action: str) -> None:
    client.post(
        _add_url(TariffIndexPage.objects.get(), "cms_tariffs/tariffpage"),
        nested_form_data(
            {
                **_order(),
                action: "1",
                "rates": inline_formset([{"service": "cold_water", "price": "64,84", "valid_from": "2026-10-01"}]),
            }
        ),
    )


def test_a_tariff_waits_for_the_accountant_who_adopts_it(client: Client) -> None:
    client.force_login(people.make_employee("editor"))
    _decision(client, "action-publish")
    page = TariffPage.objects.get()
    assert not page.live
    assert not Rate.objects.exists()
    client.post(f"/admin/pages/{page.pk}/workflow/status/")
    page.get_workflow().start(page, User.objects.get(username="editor"))
    _decide(client, page)
    assert not Rate.objects.exists()
    client.force_login(people.make_employee("accountant"))
    edit = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    window = _window(client, page)
    assert "октябрь\u00a02026" in edit
    assert "октябрь\u00a02026" in window
    _decide(client, page, preview_token="cold_water 2026-10-01 1.00")
    assert not TariffPage.objects.get().live, "other prices than the window showed"
    assert _decide(client, page, preview_token="cold_water 2026-10-01 64.84") in (200, 302)
    assert TariffPage.objects.get().live
    assert (Rate.objects.get().price, Rate.objects.get().valid_from) == (Decimal("64.84"), dt.date(2026, 10, 1))


def _edited(price: str, **more: str) -> dict[str, Any]:
    rate = TariffPage.objects.get().rates.get()
    row = {"id": rate.pk, "service": "cold_water", "price": price, "valid_from": "2026-10-01"}
    return dict(
        nested_form_data(
            {
                **_order(),
                "rates": inline_formset([row], initial=1),
                **more,
            }
        )
    )


def test_a_price_typed_after_the_window_is_not_approved_with_it(client: Client) -> None:
    client.force_login(people.make_employee("editor"))
    _decision(client, "action-submit")
    page = TariffPage.objects.get()
    client.force_login(people.make_employee("accountant"))
    approve = {
        "action-workflow-action": "true",
        "workflow-action-name": "approve",
        "workflow-action-extra-data": '{"comment": "", "preview_token": "cold_water 2026-10-01 64.84"}',
    }
    refused = client.post(f"/admin/pages/{page.pk}/edit/", _edited("74,84", **approve)).content.decode()
    assert "Цены изменили после того" in refused
    assert not Rate.objects.exists()
    client.post(f"/admin/pages/{page.pk}/edit/", _edited("64,84", **approve))
    assert Rate.objects.get().price == Decimal("64.84")


def test_an_editor_does_not_touch_the_entries_of_the_complaints_book(client: Client) -> None:
    from cms_pages.complaints.models import ComplaintPage, ComplaintsBookPage

    entry = ComplaintPage(title="Обращение", slug="1", live=True, received_on="2026-11-01", due_on="2026-12-01")
    ComplaintsBookPage.objects.get().add_child(instance=entry)
    client.force_login(people.make_employee("editor"))
    assert client.get(f"/admin/pages/{entry.pk}/edit/").status_code == 302
    client.post(f"/admin/pages/{entry.pk}/unpublish/")
    assert ComplaintPage.objects.get().live


def test_nobody_approves_prices_that_they_wrote(client: Client) -> None:
    """Not by the editor's hand either: an accountant changes the prices, sends them back, the editor submits them."""
    editor, accountant, other = (
        people.make_employee("editor"),
        people.make_employee("accountant"),
        people.make_employee("accountant", "other"),
    )
    client.force_login(editor)
    _decision(client, "action-submit")
    page = TariffPage.objects.get()
    client.force_login(accountant)
    client.post(f"/admin/pages/{page.pk}/edit/", _edited("70,15"))
    _decide(client, page, preview_token="cold_water 2026-10-01 70.15")
    assert not Rate.objects.exists(), "what was submitted is another version"
    _decide(client, page, "reject")
    client.force_login(editor)
    client.post(f"/admin/pages/{page.pk}/edit/", _edited("70,15", **{"action-submit": "1"}))
    client.force_login(accountant)
    assert 'action-name="approve"' not in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    _decide(client, page, preview_token="cold_water 2026-10-01 70.15")
    assert not Rate.objects.exists()
    client.force_login(other)
    _decide(client, page, preview_token="cold_water 2026-10-01 70.15")
    rate = Rate.objects.get()
    assert (rate.price, rate.entered_by, rate.approved_by) == (Decimal("70.15"), accountant, other)


def test_a_superuser_and_an_accountant_publish_no_prices_of_their_own(client: Client) -> None:
    for user in (people.make_employee("accountant"), User.objects.create_superuser("chief", "chief@mail.example", "x")):
        client.force_login(user)
        _decision(client, "action-publish")
        assert not TariffPage.objects.filter(live=True).exists()
        assert not Rate.objects.exists()
        TariffPage.objects.all().delete()


def test_those_who_may_approve_are_told_that_a_tariff_waits(client: Client) -> None:
    accountant = people.make_employee("accountant")
    client.force_login(people.make_employee("editor"))
    _decision(client, "action-submit")
    told = Message.objects.get(user=accountant, channel="inbox")
    assert (told.subject.startswith("Нужно ваше решение: тариф"), told.read_at) == (True, None)
    TariffPage.objects.get().current_workflow_state.cancel(user=accountant)
    told.refresh_from_db()
    assert told.read_at is not None, "what was decided or taken back waits for nobody"


def test_the_rule_of_tariffs_is_switched_by_the_superuser_alone(client: Client) -> None:
    client.force_login(people.make_employee("editor"))
    form = client.get(_add_url(TariffIndexPage.objects.get(), "cms_tariffs/tariffpage")).content.decode()
    assert 'name="action-publish"' not in form
    assert client.get("/admin/settings/approvals/approvalsettings/", follow=True).redirect_chain
    assert "accountant" not in str(PublishingRules._meta.get_fields())
    rules = ApprovalSettings.load()
    rules.two_people_tariffs = False
    rules.save()
    form = client.get(_add_url(TariffIndexPage.objects.get(), "cms_tariffs/tariffpage")).content.decode()
    assert 'name="action-publish"' in form

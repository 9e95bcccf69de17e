"""An editor at the admin's forms, for tests: what is posted, and by whom."""

import re
from typing import Any

from django.test import Client
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from portal.accounts.models import User
from portal.approvals.models import ApprovalSettings
from portal.operations import roles
from tests import people


def staff(role: str, name: str = "") -> User:
    """A login of a role, with the rights that `setup_roles` gives."""
    roles.setup()
    return people.make_employee(role, name)


def by_one_person() -> None:
    """Switch the rule of two people off for tariffs: an editor publishes them."""
    rules = ApprovalSettings.load()
    rules.two_people_tariffs = False
    rules.save()


def form(action: str, **fields: Any) -> dict[str, Any]:
    """The fields of an admin form with a button pressed."""
    return dict(nested_form_data({"comments": inline_formset([]), **fields, action: "1"}))


def news(action: str, **fields: Any) -> dict[str, Any]:
    """A piece of news."""
    given = {"title": "Новая труба", "slug": "truba", "summary": "", "date": "2026-11-15", "body": streamfield([])}
    return form(action, **(given | fields))


def standard(action: str, **fields: Any) -> dict[str, Any]:
    """A plain page."""
    return form(action, **({"title": "Страница", "slug": "page", "summary": "", "body": streamfield([])} | fields))


def tariff(action: str, *rates: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    """A decision with its rates: service, price as typed, first day."""
    rows = [{"service": service, "price": price, "valid_from": since} for service, price, since in rates]
    given = {
        "title": "Тарифы",
        "slug": "order",
        "summary": "",
        "regulator": "Комитет",
        "order_number": "1-Р",
        "order_date": "2026-09-01",
        "order_url": "",
        "payers": "",
        "body": streamfield([]),
        "rates": inline_formset(rows),
    }
    return form(action, **(given | fields))


def add(client: Client, parent: Page, model: str, data: dict[str, Any]) -> str:
    """Post the form of a new page; returns what the editor sees then."""
    return client.post(f"/admin/pages/add/{model}/{parent.pk}/", data, follow=True).content.decode()


def publish_seen(client: Client, html: str) -> str:
    """Press the button under what new prices change, where it is shown; returns what the editor sees at last."""
    second = re.search(r'action="(/admin/tariffs/publish/[^"]+)"', html)
    return client.post(second[1], follow=True).content.decode() if second else html


def edit(client: Client, page: Page, data: dict[str, Any]) -> str:
    """Post the form of a page that stands."""
    return client.post(f"/admin/pages/{page.pk}/edit/", data, follow=True).content.decode()

"""What lists export and filter: every row of the list, in words; each filter shows a part of the rows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.core import clock
from portal.office.common.lists import OfficeAdmin
from portal.office.wagtail_hooks import SECTIONS
from portal.operations import roles
from portal.payments.gateways import current_gateway
from portal.payments.services.paying import refresh_payment
from tests.answers import csv_rows
from tests.company import put_numbers
from tests.people import Cast, make_cast, make_login
from tests.portal.billing.month import JANUARY, close
from tests.portal.payments.bank import begin, pay_at_bank
from tests.shared_rows import shared_rows

LISTS = [item for section in SECTIONS for item in section.lists]
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
"""A stored value that nobody said in words; columns of codes and keys are named in CODES."""
KNOWN = {"SHA-256", "PDF", "E-mail", "%"}
CODES = {"code", "key", "source", "gateway_id", "subject", "func", "email", "username"}


def make_rows() -> Cast:
    """January closed with receipts, a payment by card."""
    cast = make_cast()
    roles.setup()
    put_numbers()
    close(JANUARY)
    call_command("issue_receipts", str(JANUARY), "--silent", "--without-files")
    payment = begin(cast.anna, "120.00")
    pay_at_bank(payment)
    refresh_payment(payment=payment, gateway=current_gateway(), now=clock.now())
    user = make_login("root", staff=True)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return cast


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The rows of the lists, written once."""
    with shared_rows(django_db_blocker, make_rows) as cast:
        yield cast


@pytest.fixture
def root(rows: Cast, db: None, client: Client) -> Client:
    """The superuser at work."""
    client.force_login(User.objects.get(username="root"))
    return client


def url_of(office_list: type[OfficeAdmin]) -> str:
    meta = office_list.model._meta
    return reverse(f"{meta.app_label}_{meta.model_name}_modeladmin_index")


@pytest.mark.parametrize("office_list", LISTS, ids=lambda item: item.model.__name__)
def test_an_export_is_the_list_in_words(root: Client, office_list: type[OfficeAdmin]) -> None:
    url = url_of(office_list)
    shown = root.get(url)
    headings, *lines = csv_rows(root.get(url, {"export": "csv"}))
    assert len(headings) == len(office_list.list_export)
    assert len(set(headings)) == len(headings), "each column has a name of its own"
    for heading in headings:
        assert re.search(r"[а-яё№₽]", heading, re.IGNORECASE) or heading in KNOWN, heading
    assert len(lines) == shown.context["paginator"].count
    for line in lines:
        for name, cell in zip(office_list.list_export, line, strict=True):
            assert cell not in {"None", "True", "False"}, name
            assert not re.search(r"<\w+[ >]|datetime|object at 0x|__proxy__|\.None", cell), name
            assert name in CODES or not CODE.fullmatch(cell), f"{name}: {cell}"
            assert not re.fullmatch(r"-?\d+\.\d+", cell), f"{name}: a number has a comma"


@pytest.mark.parametrize(
    "office_list", [item for item in LISTS if item.list_filter], ids=lambda item: item.model.__name__
)
def test_each_filter_shows_a_part_and_exports_it(root: Client, office_list: type[OfficeAdmin]) -> None:
    url = url_of(office_list)
    shown = root.get(url)
    whole = shown.context["paginator"].count
    seen = 0
    for spec in shown.context["view"].filter_specs:
        choice = [*spec.choices(shown.context["view"]), None][1]
        if choice is None:
            continue
        answer = root.get(url + choice["query_string"])
        count = answer.context["paginator"].count
        assert count <= whole or "reversed" in choice["query_string"], "what was undone is left out unless asked for"
        assert len(csv_rows(root.get(url + choice["query_string"] + "&export=csv"))) - 1 == count
        seen += 1
    assert seen or whole < 2, "a filter with one choice is left out"

"""Staff look through lists; what was computed cannot be edited by anybody, nor by an address typed by hand."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from portal.accounts.models import Person
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.office.common.lists import ComputedPermissions, OfficeAdmin
from portal.office.wagtail_hooks import SECTIONS
from tests.people import Cast, make_clerk, make_login

LISTS = [item for section in SECTIONS for item in section.lists]
COMPUTED = [item for item in LISTS if item.permission_helper_class is ComputedPermissions]


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    """The superuser at work."""
    user = make_login("root", staff=True)
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return client


def address(office_list: type[OfficeAdmin], action: str) -> str:
    """The name of an address of a list."""
    meta = office_list.model._meta
    return f"{meta.app_label}_{meta.model_name}_modeladmin_{action}"


@pytest.mark.parametrize("office_list", LISTS, ids=lambda item: item.model.__name__)
def test_every_list_opens_searches_and_exports(admin: Client, office_list: type[OfficeAdmin]) -> None:
    url = reverse(address(office_list, "index"))
    assert admin.get(url).status_code == 200
    assert admin.get(url, {"q": "001"}).status_code == (200 if office_list.search_fields else 400)
    for form in ("csv", "xlsx"):
        response = admin.get(url, {"export": form})
        assert response.status_code == 200
        assert response.content


@pytest.mark.parametrize("office_list", COMPUTED, ids=lambda item: item.model.__name__)
def test_what_was_computed_has_no_address_for_editing(cast: Cast, office_list: type[OfficeAdmin]) -> None:
    for action, arguments in (("edit", [1]), ("delete", [1]), ("create", [])):
        with pytest.raises(NoReverseMatch):
            reverse(address(office_list, action), args=arguments)


@pytest.mark.parametrize("action", ["edit/1", "delete/1", "create"])
def test_the_superuser_cannot_edit_an_entry_by_its_address(admin: Client, action: str) -> None:
    assert admin.get(f"/admin/ledger/entry/{action}/").status_code == 404
    assert admin.post(f"/admin/ledger/entry/{action}/", {"amount": "1.00"}).status_code == 404


def test_a_resident_is_found_whatever_the_case(admin: Client, cast: Cast) -> None:
    response = admin.get(reverse("accounts_account_modeladmin_index"), {"q": "иванова"})
    assert cast.anna.account.number in response.content.decode()
    assert cast.boris.account.number not in response.content.decode()


def test_a_name_that_begins_like_a_formula_is_neutral_in_the_export(admin: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.anna.person.pk).update(last_name="=HYPERLINK(1)")
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.CORRECTION,
            amount=Decimal("-12.50"),
            effective_on=dt.date(2026, 1, 1),
            key="x",
            source="x",
            note="@cmd",
        )
    )
    response = admin.get(reverse("accounts_person_modeladmin_index"), {"export": "csv"})
    assert "'=HYPERLINK" in response.content.decode("utf-8-sig")
    response = admin.get(reverse("ledger_entry_modeladmin_index"), {"export": "csv"})
    text = response.content.decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(text), delimiter=";"))[1]
    assert "-12,50" in row
    assert "'@cmd" in row


def test_staff_without_the_right_see_no_list(cast: Cast, client: Client) -> None:
    client.force_login(make_clerk("clerk", "metering.view_meter"))
    assert client.get(reverse("metering_meter_modeladmin_index")).status_code == 200
    for name in ("accounts_person_modeladmin_index", "ledger_entry_modeladmin_index"):
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response["Location"] == reverse("wagtailadmin_home")


def test_a_resident_is_sent_away_from_the_admin(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    for office_list in LISTS:
        assert client.get(reverse(address(office_list, "index"))).status_code == 403


def test_the_list_of_accounts_asks_the_database_as_often_for_many(
    admin: Client, cast: Cast, django_assert_max_num_queries: object
) -> None:
    url = reverse("accounts_account_modeladmin_index")
    admin.get(url)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        admin.get(url)

"""The manager asks the audit: by employee, resident, days, kind, section and words; takes it away; opens records."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import User
from portal.core import clock
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db
REPORT = "/admin/audit/"


@pytest.fixture
def manager(cast: Cast, client: Client) -> User:
    """A superuser who reads the audit, and what two employees did."""
    user = make_login("manager", staff=True)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    clerk, other = make_login("clerk", staff=True), make_login("other", staff=True)
    User.objects.filter(pk=clerk.pk).update(first_name="Ольга", last_name="Ильина")
    audit.saw(cast.anna.account, by=clerk, what="Карточка счёта")
    audit.money(cast.boris.account, by=clerk, what="Исправление № 7", after="100,00 ₽")
    audit.saw(cast.boris.person, by=other, what="Карточка человека")
    client.force_login(user)
    return user


def whats(client: Client, **asked: object) -> list[str]:
    return [row.what for row in client.get(REPORT, asked).context["rows"]]  # type: ignore[arg-type]  # values as text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"employee": "clerk"}, ["Исправление № 7", "Карточка счёта"]),
        ({"employee": "Ильина"}, ["Исправление № 7", "Карточка счёта"]),
        ({"resident": "Петров"}, ["Карточка человека", "Исправление № 7"]),
        ({"resident": "0010001"}, ["Карточка счёта"]),
        ({"action": audit.MONEY}, ["Исправление № 7"]),
        ({"section": "payments"}, []),
        ({"text": "исправление"}, ["Исправление № 7"]),
    ],
)
def test_filters(manager: User, client: Client, asked: dict[str, str], expected: list[str]) -> None:
    assert whats(client, **asked) == expected


def test_days_are_inclusive(manager: User, client: Client) -> None:
    today, day = clock.today(), dt.timedelta(days=1)
    assert len(whats(client, first=today, last=today)) == 3
    assert whats(client, first=today + day) == whats(client, last=today - day) == []


def test_days_in_the_wrong_order_are_an_error_that_keeps_what_was_typed(manager: User, client: Client) -> None:
    page = client.get(REPORT, {"first": "2026-11-12", "last": "2026-11-01", "employee": "clerk"}).content.decode()
    assert "Поменяйте даты местами" in page
    assert 'value="clerk"' in page


def test_who_looked_at_the_data_of_an_account(manager: User, cast: Cast, client: Client) -> None:
    card = client.get(reverse("office_account", args=[cast.boris.account.pk])).content.decode()
    link = f"{REPORT}?account={cast.boris.account.pk}"
    assert f'href="{link}"' in card
    assert [row.what for row in client.get(link).context["rows"]] == [
        "Карточка счёта",
        "Карточка человека",
        "Исправление № 7",
    ]


def test_totals_by_employee_and_kind(manager: User, client: Client) -> None:
    totals = client.get(REPORT).context["totals"]
    assert totals.employees == [("Ольга Ильина (clerk)", 2), ("other", 1)]
    assert totals.kinds == [(audit.TITLES[audit.SAW], 2), (audit.TITLES[audit.MONEY], 1)]


def test_an_entry_leads_to_its_record_while_it_is_there(manager: User, cast: Cast, client: Client) -> None:
    gone = make_login("gone")
    audit.access(gone, by=manager, what="Вход закрыт")
    gone.delete()
    rows = {row.what: row for row in client.get(REPORT).context["rows"]}
    assert rows["Карточка человека"].link == reverse("registration_person", args=[cast.boris.person.pk])
    assert rows["Карточка счёта"].link == reverse("office_account", args=[cast.anna.account.pk])
    assert rows["Вход закрыт"].link == ""


def test_a_reader_without_the_right_to_the_card_gets_no_link(cast: Cast, staff_reader: Client) -> None:
    audit.saw(cast.anna.account, by=cast.anna.user, what="Карточка счёта")
    assert [row.link for row in staff_reader.get(REPORT).context["rows"]] == [""]


@pytest.fixture
def staff_reader(client: Client) -> Client:
    from django.contrib.auth.models import Permission

    user = make_login("reader", staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "view_audit")))
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_taking_it_away_is_an_entry_too(manager: User, client: Client, kind: str) -> None:
    assert client.get(REPORT, {"employee": "clerk", "export": kind}).status_code == 200
    entry = ModelLogEntry.objects.get(action=audit.EXPORTED)
    assert (entry.data["rows"], entry.data["section"], entry.data["filter"]) == (2, "audit", "employee=clerk")


def test_an_empty_answer_says_so(manager: User, client: Client) -> None:
    assert "Ничего не нашлось" in client.get(REPORT, {"employee": "nobody"}).content.decode()


def test_a_page_costs_the_same_for_many_entries(manager: User, cast: Cast, client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(REPORT)
    with CaptureQueriesContext(connection) as few:
        client.get(REPORT)
    for _again in range(20):
        audit.saw(cast.anna.person, by=manager, what="Карточка человека")
        audit.saw(cast.anna.account, by=manager, what="Карточка счёта")
    with CaptureQueriesContext(connection) as many:
        client.get(REPORT)
    assert len(many) <= len(few) + 1

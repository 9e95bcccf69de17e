"""Closed months are recalculated as they were shown: nothing is booked unseen, without a reason, or twice."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Occupancy
from portal.approvals.models import ApprovalSettings, MoneyOperation
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from tests.answers import messages_of, text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk

URL = "/admin/office/recalculation/"
ONE_PERSON = Decimal("515.30")
"""A third person of October: 4.331 m³ × 48.67 of cold water, 7.418 m³ × 41.05 of wastewater."""


@pytest.fixture
def closed(cast: Cast, numbers: None, business_date: SetDate, clerk: Clerk) -> dict[str, str]:
    """October is closed, each by the norm for two; then a third person of Boris becomes known. The form of it."""
    business_date("2026-11-15")
    close_period(period=Period(2026, 10), closing_day=dt.date(2026, 10, 21), executor=Executor.INLINE)
    Occupancy.objects.create(account=cast.boris.account, since=dt.date(2026, 10, 1), registered=3)
    clerk("office.book_correction", "office.view_account_card")
    return {"account": cast.boris.account.number, "months": "1", "reason": "Третий житель"}


def booked() -> list[Decimal]:
    return list(Entry.objects.filter(kind=EntryKind.RECALCULATION).values_list("amount", flat=True))


def test_what_was_shown_is_booked_once(closed: dict[str, str], client: Client, cast: Cast) -> None:
    shown = client.post(URL, closed)
    assert shown.context["total"] == ONE_PERSON
    assert booked() == []
    answer = client.post(URL, closed | {"preview_token": shown.context["preview_token"]})
    assert answer["Location"] == reverse("office_account", args=[cast.boris.account.pk])
    assert sum(booked()) == ONE_PERSON
    again = client.post(URL, closed | {"preview_token": shown.context["preview_token"]})
    assert "пересчитывать нечего" in text_of(again)
    assert sum(booked()) == ONE_PERSON


def test_months_that_were_changed_after_the_look_are_shown_again(closed: dict[str, str], client: Client) -> None:
    """The field of months stands above the button."""
    token = client.post(URL, closed).context["preview_token"]
    answer = client.post(URL, closed | {"months": "12", "preview_token": token})
    assert "Вы изменили данные" in text_of(answer)
    assert booked() == []
    client.post(URL, closed | {"months": "12", "preview_token": answer.context["preview_token"]})
    assert sum(booked()) == ONE_PERSON


def test_facts_that_changed_after_the_look_are_shown_again(closed: dict[str, str], client: Client, cast: Cast) -> None:
    token = client.post(URL, closed).context["preview_token"]
    Occupancy.objects.filter(registered=3).update(registered=4)
    answer = client.post(URL, closed | {"preview_token": token})
    assert answer.context["total"] == 2 * ONE_PERSON
    assert booked() == []


@pytest.mark.parametrize("token", ["1", "", "x" * 500])
def test_nothing_is_booked_unseen(closed: dict[str, str], client: Client, token: str) -> None:
    client.post(URL, closed | {"preview_token": token, "book": "1"})
    assert booked() == []


def test_without_a_reason_it_is_asked_for_and_the_rest_is_kept(closed: dict[str, str], client: Client) -> None:
    token = client.post(URL, closed).context["preview_token"]
    answer = client.post(URL, closed | {"reason": "", "preview_token": token})
    assert list(answer.context["form"].errors) == ["reason"]
    assert answer.context["preview_token"] == token
    assert "Вы изменили данные" not in text_of(answer)
    assert booked() == []


def test_above_the_limit_it_waits_for_a_second_person(closed: dict[str, str], client: Client) -> None:
    ApprovalSettings.objects.update_or_create(defaults={"second_person_above": Decimal("515.29")})
    token = client.post(URL, closed).context["preview_token"]
    for _click in range(2):
        answer = client.post(URL, closed | {"preview_token": token})
        assert "ждёт второго сотрудника" in messages_of(answer)[-1]
    assert booked() == []
    assert MoneyOperation.objects.get().amount == ONE_PERSON


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"account": "777"}, "account"),
        ({"account": ""}, "account"),
        ({"months": "0"}, "months"),
        ({"months": "37"}, "months"),
        ({"months": "все"}, "months"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    closed: dict[str, str], client: Client, change: dict[str, str], field: str
) -> None:
    answer = client.post(URL, closed | change)
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Третий житель"' in text_of(answer)
    assert not answer.context["previewed"]


def test_the_card_leads_to_it_with_the_account_filled_in(closed: dict[str, str], client: Client, cast: Cast) -> None:
    shown = client.get(URL, {"account": cast.boris.account.pk, "months": "1"})
    assert shown.context["total"] == ONE_PERSON
    assert f'value="{cast.boris.account.number}"' in text_of(shown)
    assert booked() == []


def test_an_account_without_closed_months_has_nothing_to_recalculate(
    cast: Cast, numbers: None, clerk: Clerk, client: Client, business_date: SetDate
) -> None:
    business_date("2026-11-15")
    clerk("office.book_correction")
    answer = client.post(URL, {"account": cast.anna.account.number, "months": "3", "reason": "Проба"})
    assert messages_of(answer) == ["Разницы нет: пересчитывать нечего."]
    assert booked() == []


def test_others_neither_look_nor_book(closed: dict[str, str], clerk: Clerk, client: Client) -> None:
    clerk("office.view_account_card", username="reader")
    assert client.get(URL)["Location"] == reverse("wagtailadmin_home")
    assert client.post(URL, closed)["Location"] == reverse("wagtailadmin_home")

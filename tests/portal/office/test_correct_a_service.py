"""A service that was entered on an account by mistake: other days or withdrawn, until a closing charged it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts.audit import CHANGED
from portal.accounts.enums import Service
from portal.accounts.models import AccountService, User
from portal.accounts.services.supply import supply
from tests.answers import text_of
from tests.company import put_numbers
from tests.people import Cast, Clerk
from tests.portal.billing import month

pytestmark = pytest.mark.django_db
REASON = "Номер счёта перепутан"


@pytest.fixture
def registrar(clerk: Clerk, business_date: Any) -> User:
    business_date("2026-03-20")
    return clerk("accounts.add_accountservice", "office.view_account_card")


@pytest.fixture
def mistake(cast: Cast, registrar: User) -> AccountService:
    """Hot water on Boris's account from 1 March: it was meant for another flat."""
    account = cast.boris.account
    return supply(
        account=account, service=Service.HOT_WATER, since=dt.date(2026, 3, 1), by=registrar, today=dt.date(2026, 3, 20)
    )


def url_of(row: AccountService) -> str:
    return reverse("office_correct_service", args=[row.account_id, row.pk])


def enter(client: Client, row: AccountService, **data: str) -> Any:
    typed = {"what": "move", "since": "2026-03-01", "until": "", "reason": REASON, **data}
    shown = client.post(url_of(row), typed)
    assert "preview_token" in shown.context, shown.context["form"].errors
    return client.post(url_of(row), {**typed, "preview_token": shown.context["preview_token"]}, follow=True)


def last_note(row: AccountService) -> dict[str, Any]:
    return dict(ModelLogEntry.objects.filter(object_id=str(row.account_id), action=CHANGED).latest("pk").data)


def test_the_days_are_corrected_with_a_reason(mistake: AccountService, client: Client) -> None:
    assert url_of(mistake) in text_of(client.get(reverse("office_services", args=[mistake.account_id])))
    enter(client, mistake, since="2026-03-10", until="2026-03-15")
    mistake.refresh_from_db()
    assert (mistake.since, mistake.until) == (dt.date(2026, 3, 10), dt.date(2026, 3, 15))
    note = last_note(mistake)
    assert note["before"].replace("\u00a0", " ") == "с 1 марта 2026"
    assert note["after"].replace("\u00a0", " ") == f"с 10 марта 2026 по 15 марта 2026. Причина: {REASON}"


def test_an_entry_is_withdrawn_with_a_reason(mistake: AccountService, client: Client) -> None:
    enter(client, mistake, what="withdraw")
    assert not AccountService.objects.filter(pk=mistake.pk).exists()
    assert last_note(mistake)["after"] == f"запись отозвана. Причина: {REASON}"
    assert client.get(url_of(mistake)).status_code == 404


def test_what_closed_months_make_of_it_is_shown_first(cast: Cast, registrar: User, client: Client) -> None:
    """Entered after January and February were closed: the next closing would charge it, nothing has yet."""
    put_numbers()
    cast.boris.account.services.filter(service=Service.WASTEWATER).update(until=dt.date(2025, 12, 31))
    for period in (month.JANUARY, month.FEBRUARY):
        month.close(period)
    row = supply(
        account=cast.boris.account,
        service=Service.WASTEWATER,
        since=dt.date(2026, 2, 1),
        by=registrar,
        today=dt.date(2026, 3, 20),
    )
    shown = client.post(url_of(row), {"what": "withdraw", "since": "2026-02-01", "reason": REASON})
    assert shown.context["effect"].total < 0
    assert "февраль 2026" in text_of(shown)
    assert AccountService.objects.filter(pk=row.pk).exists(), "a preview enters nothing"


def test_after_a_closing_charged_it_the_page_says_what_to_do(mistake: AccountService, client: Client) -> None:
    put_numbers()
    cold = mistake.account.services.get(service=Service.COLD_WATER)
    month.close(month.JANUARY)
    page = client.get(url_of(cold))
    assert "За январь 2026 эта услуга уже начислена" in text_of(page)
    assert "ближайшее закрытие пересчитает" in text_of(page)
    client.post(url_of(cold), {"what": "withdraw", "since": "2024-01-01", "reason": REASON})
    assert AccountService.objects.filter(pk=cold.pk).exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"since": "2026-03-15", "until": "2026-03-10"}, "Последний день раньше первого"),
        ({"since": "2023-12-31"}, "открыт 1 января 2024"),
        ({"since": "2026-03-01"}, "уже внесено"),
        ({"since": "2026-03-21"}, "не наступил"),
        ({"since": "2026-03-02", "reason": ""}, "аполн"),
    ],
)
def test_a_slip_is_refused_in_words(mistake: AccountService, client: Client, data: dict[str, str], said: str) -> None:
    answer = client.post(url_of(mistake), {"what": "move", "until": "", "reason": REASON, **data})
    assert "preview_token" not in answer.context
    assert said in text_of(answer)


def test_the_form_of_services_names_the_entry_that_is_in_the_way(mistake: AccountService, client: Client) -> None:
    url = reverse("office_services", args=[mistake.account_id])
    earlier = client.post(url, {"service": "hot_water", "what": "start", "day": "2026-02-10"})
    assert "Услуга уже внесена с 1 марта 2026. Если этот день неверен, исправьте запись" in text_of(earlier)
    ended = client.post(url, {"service": "hot_water", "what": "stop", "day": "2026-02-10"})
    assert "Услуга начинается только с 1 марта 2026: раньше закончиться не может" in text_of(ended)


def test_another_role_is_turned_away(mistake: AccountService, clerk: Clerk, cast: Cast) -> None:
    other = Client()
    other.force_login(cast.stranger.user)
    assert other.post(url_of(mistake), {"what": "withdraw", "since": "2026-03-01", "reason": REASON}).status_code != 200
    assert AccountService.objects.filter(pk=mistake.pk).exists()

"""The registrar changes persons and services from the account's card: with a day, a preview, and bounds."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Account, House, Occupancy, Person, Premises, Street, User
from portal.billing.models import Charge
from portal.metering.models import Meter
from portal.office.common.lists import OfficeAdmin
from portal.office.wagtail_hooks import SECTIONS
from tests.answers import text_of
from tests.company import put_numbers
from tests.people import Cast, Clerk, make_login
from tests.portal.billing import month

pytestmark = pytest.mark.django_db
MANY = 60
LISTS = [item for section in SECTIONS for item in section.lists]
RIGHTS = (
    "accounts.add_occupancy",
    "accounts.view_occupancy",
    "accounts.add_accountservice",
    "accounts.change_account",
    "accounts.register_resident",
    "office.view_account_card",
)


@pytest.fixture
def registrar(clerk: Clerk, business_date: Any) -> User:
    business_date("2026-03-20")
    return clerk(*RIGHTS)


def enter(client: Client, url: str, data: dict[str, Any]) -> Any:
    shown = client.post(url, data)
    assert "preview_token" in shown.context, shown.context["form"].errors
    return client.post(url, {**data, "preview_token": shown.context["preview_token"]})


def test_persons_of_a_closed_month_are_shown_with_what_they_change(cast: Cast, registrar: User, client: Client) -> None:
    put_numbers()
    account = cast.boris.account  # no meter: charged by the norm
    for period in (month.JANUARY, month.FEBRUARY):
        month.close(period)
    charged = Charge.objects.count()
    url = reverse("office_persons", args=[account.pk])
    data = {"since": "2026-02-01", "registered": "3", "owners": "1"}
    shown = client.post(url, data)
    page = text_of(shown)
    assert "День попадает в закрытые месяцы" in page
    assert "февраль 2026" in page
    assert shown.context["effect"].total > 0
    assert shown.context["effect"].months == 1
    assert Occupancy.objects.filter(account=account).count() == 1, "a preview enters nothing"
    assert Charge.objects.count() == charged

    client.post(url, {**data, "preview_token": shown.context["preview_token"]})
    assert account.occupancies.get(since=dt.date(2026, 2, 1)).registered == 3
    assert "Зарегистрировано" in text_of(client.get(reverse("office_account", args=[account.pk])))
    again = client.post(url, data)
    assert "уже внесено" in text_of(again)


def test_a_preview_measures_its_own_change_alone(cast: Cast, registrar: User, client: Client) -> None:
    """What was entered before and waits for the next closing is not shown again as an effect of the next change."""
    put_numbers()
    account = cast.boris.account
    for period in (month.JANUARY, month.FEBRUARY):
        month.close(period)
    url = reverse("office_persons", args=[account.pk])
    first = client.post(url, {"since": "2026-02-01", "registered": "3", "owners": "1"})
    client.post(
        url, {"since": "2026-02-01", "registered": "3", "owners": "1", "preview_token": first.context["preview_token"]}
    )
    without_effect = client.post(url, {"since": "2026-02-15", "registered": "3", "owners": "2"})
    assert without_effect.context["effect"].lines == []
    assert "Внесённое раньше ждёт следующего закрытия" in text_of(without_effect)
    back = client.post(url, {"since": "2026-02-01", "registered": "2", "owners": "1"})
    assert back.context["effect"].total == -first.context["effect"].total
    services = reverse("office_services", args=[account.pk])
    stop = client.post(services, {"service": "wastewater", "what": "stop", "day": "2026-02-14"})
    assert {line.service for line in stop.context["effect"].lines} == {"wastewater"}
    assert stop.context["effect"].total < 0


def test_the_same_day_is_corrected_not_doubled(cast: Cast, registrar: User, client: Client) -> None:
    url = reverse("office_persons", args=[cast.boris.account.pk])
    for number in ("4", "3"):
        enter(client, url, {"since": "2026-03-10", "registered": number, "owners": "1"})
    assert cast.boris.account.occupancies.get(since=dt.date(2026, 3, 10)).registered == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"registered": "51"}, "50"),
        ({"registered": "-1"}, "0"),
        ({"registered": "30"}, "Больше десяти"),
        ({"since": "2026-04-01"}, "ещё не наступил"),
        ({"since": "2023-12-31"}, "открыт 1 января 2024"),
        ({"since": "0026-03-01"}, "Год должен быть"),
        ({"registered": ""}, "аполн"),
    ],
)
def test_a_slip_is_refused_or_asked(
    cast: Cast, registrar: User, client: Client, changes: dict[str, str], said: str
) -> None:
    url = reverse("office_persons", args=[cast.boris.account.pk])
    answer = client.post(url, {"since": "2026-03-10", "registered": "3", "owners": "1", **changes})
    assert said in text_of(answer)
    assert "preview_token" not in answer.context
    assert cast.boris.account.occupancies.count() == 1


def test_more_than_ten_after_a_tick(cast: Cast, registrar: User, client: Client) -> None:
    url = reverse("office_persons", args=[cast.boris.account.pk])
    enter(client, url, {"since": "2026-03-10", "registered": "12", "owners": "1", "many": "on"})
    assert cast.boris.account.occupancies.filter(registered=12).exists()


def test_a_service_ends_and_begins(cast: Cast, registrar: User, client: Client) -> None:
    account, url = cast.boris.account, reverse("office_services", args=[cast.boris.account.pk])
    enter(client, url, {"service": "wastewater", "what": "stop", "day": "2026-03-10"})
    assert account.services.get(service="wastewater").until == dt.date(2026, 3, 10)
    twice = client.post(url, {"service": "wastewater", "what": "stop", "day": "2026-03-11"})
    assert "не подаётся" in text_of(twice)
    overlap = client.post(url, {"service": "wastewater", "what": "start", "day": "2026-03-10"})
    assert "уже внесена" in text_of(overlap)
    enter(client, url, {"service": "wastewater", "what": "start", "day": "2026-03-15"})
    assert account.services.filter(service="wastewater", until=None).get().since == dt.date(2026, 3, 15)


def test_an_account_is_closed_after_a_tick(cast: Cast, registrar: User, client: Client) -> None:
    account, url = cast.boris.account, reverse("office_close", args=[cast.boris.account.pk])
    assert "preview_token" not in client.post(url, {"day": "2026-03-10"}).context
    enter(client, url, {"day": "2026-03-10", "sure": "on"})
    account.refresh_from_db()
    assert account.closed_on == dt.date(2026, 3, 10)
    assert account in Account.objects.visible_to(cast.boris.user), "their debt is theirs to see and pay"
    persons = client.post(
        reverse("office_persons", args=[account.pk]), {"since": "2026-03-01", "registered": "1", "owners": "1"}
    )
    assert "Этот счёт закрыт" in text_of(persons)


def test_the_card_leads_to_every_change(cast: Cast, registrar: User, client: Client) -> None:
    account = cast.anna.account
    page = text_of(client.get(reverse("office_account", args=[account.pk])))
    for name in ("office_persons", "office_services", "office_close", "registration_owner", "registration_add"):
        assert reverse(name, args=[account.pk]) in page


def test_the_list_leads_to_a_search_instead_of_all_accounts(cast: Cast, registrar: User, client: Client) -> None:
    there = client.get(reverse("accounts_occupancy_modeladmin_create"), follow=True)
    assert there.redirect_chain[-1][0].endswith("?what=persons")
    assert "<select" not in text_of(there).split("<main")[1]
    html = text_of(client.get(f"{reverse('office_choose_account')}?what=services&q=Иванова"))
    assert reverse("office_services", args=[cast.anna.account.pk]) in html
    assert reverse("office_services", args=[cast.boris.account.pk]) not in html
    straight = client.get(f"{reverse('accounts_occupancy_modeladmin_create')}?account={cast.anna.account.pk}")
    assert straight["Location"] == reverse("office_persons", args=[cast.anna.account.pk])


def test_without_the_right_nothing_is_changed(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.view_account_card")
    for name in ("persons", "services", "close"):
        assert client.get(reverse(f"office_{name}", args=[cast.anna.account.pk])).status_code in (302, 403)
    assert reverse("office_persons", args=[cast.anna.account.pk]) not in text_of(
        client.get(reverse("office_account", args=[cast.anna.account.pk]))
    )


def _many_of_everything(cast: Cast) -> None:
    street = Street.objects.get(name="Речная")
    houses = House.objects.bulk_create(House(street=street, number=f"1{n:03}") for n in range(MANY))
    flats = Premises.objects.bulk_create(Premises(house=house, number="1") for house in houses)
    accounts = Account.objects.bulk_create(
        Account(number=f"09{n:05}", premises=flat, opened_on=dt.date(2024, 1, 1)) for n, flat in enumerate(flats)
    )
    Person.objects.bulk_create(Person(last_name=f"Жилец{n}", first_name="И") for n in range(MANY))
    User.objects.bulk_create(User(username=f"resident{n}") for n in range(MANY))
    Meter.objects.bulk_create(
        Meter(
            account=account,
            service="cold_water",
            serial_number=f"S{account.number}",
            start_value=0,
            commissioned_on=dt.date(2024, 1, 1),
            verified_until=dt.date(2030, 1, 1),
        )
        for account in accounts
    )


def _longest_select(page: str) -> int:
    return max((select.split("</select>")[0].count("<option") for select in page.split("<select")[1:]), default=0)


def test_no_form_of_the_admin_has_a_select_that_grows_with_the_accounts(
    cast: Cast, client: Client, business_date: Any
) -> None:
    business_date("2026-03-20")
    root = make_login("root", staff=True)
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    client.force_login(User.objects.get(pk=root.pk))
    _many_of_everything(cast)
    long: dict[str, int] = {}
    token = 0
    for office_list in LISTS:
        for url in _forms_of(office_list):
            response = client.get(url, follow=True)
            assert response.status_code == 200, url
            token += 1
            options = _longest_select(text_of(response))
            if options > 50:
                long[url] = options
    assert long == {}
    assert token > 20, "the walk has to see the forms"


def _forms_of(office_list: type[OfficeAdmin]) -> list[str]:
    """Addresses of a list that show a form: the list itself with its filters, a new record, the first record."""
    meta = office_list.model._meta
    name = f"{meta.app_label}_{meta.model_name}_modeladmin"
    helper = office_list.permission_helper_class
    urls = [reverse(f"{name}_index")]
    if helper.adds:
        urls.append(reverse(f"{name}_create"))
    first = office_list.model._default_manager.order_by("pk").first()
    if helper.edits and first is not None:
        urls.append(reverse(f"{name}_edit", args=[first.pk]))
    return urls


@pytest.mark.parametrize(
    ("registered", "owners", "said", "unsaid"),
    [
        ("51", "1", "Больше 50 человек здесь внести нельзя", "поставьте отметку"),
        ("2", "51", "Больше 50 человек здесь внести нельзя", "поставьте отметку"),
        ("12", "1", "Больше десяти человек. Если это верно, поставьте отметку", "внести нельзя"),
    ],
)
def test_too_many_persons_are_refused_without_asking_for_a_tick(
    cast: Cast, registrar: User, client: Client, registered: str, owners: str, said: str, unsaid: str
) -> None:
    url = reverse("office_persons", args=[cast.boris.account.pk])
    page = text_of(client.post(url, {"since": "2026-03-01", "registered": registered, "owners": owners}))
    assert said in page
    assert unsaid not in page

"""A question from inside the cabinet quotes the line of the bill; a known outage is told before it is reported."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from portal.accounts.enums import Service
from portal.billing.models import Charge
from portal.core.clock import MOSCOW
from portal.metering.models import Meter
from portal.notifications.models import Message
from portal.service_requests.outages import services as outages
from portal.service_requests.outages.models import OutageKind
from portal.service_requests.outages.selectors import Scope
from portal.service_requests.support.models import SupportQuestion
from portal.service_requests.support.selectors import disputes_of
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast, make_login
from tests.portal.billing.month import JANUARY, close, read

pytestmark = pytest.mark.django_db
ADDRESS = "/personal/support/new/"


@pytest.fixture
def line(cast: Cast) -> Charge:
    put_numbers()
    cold = Meter.objects.get(account=cast.anna.account, service="cold_water")
    read(cold, "141.120", JANUARY.day(15))
    close(JANUARY)
    return Charge.objects.get(account=cast.anna.account, service="cold_water")


def test_the_line_is_quoted_and_the_question_stays_in_the_cabinet(cast: Cast, client: Client, line: Charge) -> None:
    client.force_login(cast.anna.user)
    bill = client.get("/personal/bills/2026-01/").content.decode()
    link = f"{ADDRESS}?month=2026-01&amp;line={line.pk}"
    assert link in bill
    form = client.get(link.replace("&amp;", "&")).content.decode()
    assert "captcha" not in form
    sent = {"text": "Показание другое.", "email": "anna@mail.example", "form_token": uuid.uuid4().hex}
    answer = client.post(link.replace("&amp;", "&"), sent)
    asked = SupportQuestion.objects.get()
    assert answer["Location"] == f"/personal/support/{asked.pk}/"
    assert (asked.account_number, asked.user) == ("0010001", cast.anna.user)
    message = asked.messages.get()
    words = message.text.replace("\u00a0", " ")
    assert words.startswith("Счёт за январь 2026, лицевой счёт 0010001. Холодное водоснабжение: 6,000 м³ × 48,67 ₽ =")
    assert words.endswith("Показание другое.")
    client.post(ADDRESS, sent)
    assert SupportQuestion.objects.count() == 1


def test_a_line_of_another_account_is_not_quoted(cast: Cast, client: Client, line: Charge) -> None:
    client.force_login(cast.stranger.user)
    page = client.get(f"{ADDRESS}?month=2026-01&line={line.pk}").content.decode()
    assert "0010001" not in page
    assert "0019999" in page


@pytest.mark.parametrize("query", ["?month=x&line=1", "?month=2026-01&line=abc", "?month=2031-01&line=1", ""])
def test_a_query_that_means_nothing_is_a_plain_question(cast: Cast, client: Client, query: str) -> None:
    client.force_login(cast.anna.user)
    assert client.get(ADDRESS + query).status_code == 200


def test_a_known_outage_is_told_before_it_is_reported(cast: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    start = dt.datetime(2026, 11, 15, tzinfo=MOSCOW)
    outage = outages.draft(
        kind=OutageKind.EMERGENCY,
        services=[Service.COLD_WATER],
        starts_at=start,
        ends_at=start + dt.timedelta(days=3),
        reason="Порыв трубы",
        scopes=[Scope(cast.anna.account.premises.house.street_id)],
        by=None,
    )
    client.force_login(cast.anna.user)
    assert "Мы знаем" not in client.get("/personal/requests/new/").content.decode()
    outages.publish(outage=outage, moment=start)
    page = client.get("/personal/requests/new/").content.decode()
    assert "Мы знаем" in page
    assert "Порыв трубы" in page
    assert page.index("Мы знаем") < page.index('name="kind"')
    assert "до 18 ноября" in page.replace("\xa0", " ")
    business_date("2026-11-19")
    late = client.get("/personal/requests/new/").content.decode().replace("\xa0", " ")
    assert "до 18 ноября" not in late
    assert "дольше, чем обещали" in late


@pytest.fixture
def dispute(cast: Cast, client: Client, line: Charge) -> SupportQuestion:
    client.force_login(cast.anna.user)
    sent = {"text": "Показание другое.", "email": "anna@mail.example", "form_token": uuid.uuid4().hex}
    client.post(f"{ADDRESS}?month=2026-01&line={line.pk}", sent)
    return SupportQuestion.objects.get()


def clerk(name: str, right: str) -> Client:
    """A browser of an employee with one right."""
    user = make_login(name, staff=True)
    user.user_permissions.add(Permission.objects.get(codename=right))
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_dispute_goes_to_those_who_answer_for_money_and_is_answered_at_the_line(
    cast: Cast, client: Client, line: Charge, dispute: SupportQuestion
) -> None:
    assert dispute.charge == line
    bill = client.get("/personal/bills/2026-01/").content.decode()
    assert "Бухгалтер проверяет и ответит до" in " ".join(bill.split())
    assert f"line={line.pk}" not in bill
    page = f"/admin/support/{dispute.pk}/"
    registrar = clerk("olga", "answer_support")
    assert page not in registrar.get("/admin/support/").content.decode()
    assert registrar.get(page).status_code != 200
    accountant = clerk("nina", "answer_disputes")
    assert page in accountant.get("/admin/support/").content.decode()
    accountant.post(page, {"text": "Пересчитаем в декабре.", "message_count": 1})
    bill = client.get("/personal/bills/2026-01/").content.decode()
    assert "Пересчитаем в декабре." in bill
    told = Message.objects.filter(user=cast.anna.user, kind="question_answered")
    assert told.exists()


def test_an_accountant_sees_no_other_questions(cast: Cast, client: Client, dispute: SupportQuestion) -> None:
    sent = {"text": "Когда откроетесь?", "email": "anna@mail.example", "form_token": uuid.uuid4().hex}
    client.post(ADDRESS, sent)
    other = SupportQuestion.objects.exclude(pk=dispute.pk).get()
    accountant = clerk("nina", "answer_disputes")
    assert f"/admin/support/{other.pk}/" not in accountant.get("/admin/support/?state=all").content.decode()
    assert accountant.get(f"/admin/support/{other.pk}/").status_code != 200
    assert f"/admin/support/{other.pk}/" in clerk("olga", "answer_support").get("/admin/support/").content.decode()


def test_a_dispute_is_shown_to_its_asker_alone(cast: Cast, line: Charge, dispute: SupportQuestion) -> None:
    assert disputes_of(cast.stranger.user, [line.pk]) == {}
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    assert stranger.get(f"/personal/support/{dispute.pk}/").status_code == 404
    assert stranger.get("/personal/bills/2026-01/").status_code in {200, 404}
    assert "Показание другое" not in stranger.get("/personal/bills/2026-01/").content.decode()

"""The manager sees the daily hashes, runs a check, compares a letter."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from config.schedule import TIMETABLE
from portal.billing.models import LedgerCheck
from portal.core import clock
from portal.core.schedule import sync
from portal.integrity.models import Seal
from portal.integrity.services import seal_day
from portal.operations.ledger_check import check_ledger
from tests.people import Cast, Clerk

pytestmark = pytest.mark.django_db
LIST = "integrity_seal_modeladmin_index"
SEE = ("integrity.view_seal", "office.watch_month")


@pytest.fixture
def seals(cast: Cast) -> list[Seal]:
    now = clock.real_now()
    made = [seal_day(now=now + dt.timedelta(days=day)) for day in range(3)]
    return [seal for seal in made if seal]


def test_each_seal_says_what_the_last_check_found(seals: list[Seal], clerk: Clerk, client: Client) -> None:
    clerk(*SEE)
    assert client.get(reverse(LIST)).content.decode().count("ещё не проверен") > 3
    LedgerCheck.objects.create(
        ran_at=clock.now(), entries=1, problems=1, listed=[[None, "seal_changed", "2"]], last_seal=2, broken_seals=[2]
    )
    page = client.get(reverse(LIST)).content.decode()
    assert all(seal.sha256[:12] in page for seal in seals)
    broken = client.get(reverse(LIST), {"state": "broken"}).content.decode()
    assert seals[1].sha256[:12] in broken
    assert seals[0].sha256[:12] not in broken
    table = client.get(reverse(LIST), {"export": "csv"}).content.decode("utf-8-sig")
    rows = {line for line in table.splitlines() if "сходится" in line}
    assert len(rows) == 2
    assert "отпечаток № 2" in client.get(reverse("office_ledger_checks")).content.decode()


def test_a_check_is_queued_once_and_its_result_is_shown(seals: list[Seal], clerk: Clerk, client: Client) -> None:
    sync(TIMETABLE)
    clerk(*SEE)
    answer = client.post(reverse("office_check_ledger"), {"back": "seals"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse(LIST)
    assert "Поставлено в очередь" in answer.content.decode()
    answer = client.post(reverse("office_check_ledger"), follow=True)
    assert "уже в очереди" in answer.content.decode()
    assert [job.func() for job in OrmQ.objects.all()] == ["portal.operations.jobs.check_ledger"]
    check_ledger()
    assert "по отпечаток № 3" in client.get(reverse(LIST)).content.decode()


def test_a_letter_is_compared(seals: list[Seal], clerk: Clerk, client: Client) -> None:
    clerk(*SEE)
    address = reverse("office_compare_seal")

    def shown(text: str) -> str:
        return client.get(address, {"hash": text}).content.decode()

    first = seals[0].sha256
    assert "Это отпечаток № 1" in shown(f" {first[:30].upper()} {first[30:]} ")
    assert "Такого отпечатка нет" in shown("0" * 64)
    wrong = shown("не то")
    assert "В строке 64 знака" in wrong
    assert 'value="не то"' in wrong
    assert "В строке 64 знака" not in client.get(address).content.decode()


def test_others_see_no_hashes(seals: list[Seal], clerk: Clerk, client: Client) -> None:
    clerk("office.view_account_card")
    assert client.get(reverse(LIST)).status_code == 302
    assert client.get(reverse("office_compare_seal")).status_code == 302
    assert client.post(reverse("office_check_ledger")).status_code == 302
    assert not OrmQ.objects.exists()

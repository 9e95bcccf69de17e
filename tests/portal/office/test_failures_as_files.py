"""What a run left, and unidentified payments, as files; a second factor that an administrator removes."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts.models import Holder, User
from portal.billing.models import Norm
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.receipts.issuing import issue_receipts
from tests.answers import csv_rows, messages_of, xlsx_rows
from tests.people import PASSWORD, Cast, Clerk, make_clerk, make_login
from tests.portal.payments.test_import_bank_files import imported, take

pytestmark = pytest.mark.django_db

OCTOBER = Period(2026, 10)


def test_accounts_that_a_closing_left_are_a_file_with_their_reasons(
    cast: Cast, numbers: None, clerk: Clerk, client: Client
) -> None:
    clerk("office.close_month")
    norms = list(Norm.objects.filter(service="cold_water"))
    Norm.objects.filter(service="cold_water").delete()
    close_period(period=OCTOBER, executor=Executor.INLINE)
    url = reverse("office_closing_failures", args=["2026-10"])
    rows = xlsx_rows(client.get(url))
    assert cast.anna.account.number in {row[0] for row in rows[1:]}
    assert all("Холодное водоснабжение" in row[2] and row[1] for row in rows[1:])
    assert [row[0] for row in csv_rows(client.get(url, {"export": "csv"}))[1:]] == [row[0] for row in rows[1:]]
    Norm.objects.bulk_create(norms)
    close_period(period=OCTOBER, executor=Executor.INLINE)
    assert len(xlsx_rows(client.get(url))) == 1, "only the headings: nothing is left"


def test_receipts_that_were_not_made_are_a_file_with_their_reasons(
    cast: Cast, numbers: None, clerk: Clerk, client: Client
) -> None:
    clerk("office.close_month")
    close_period(period=OCTOBER, executor=Executor.INLINE)
    Holder.objects.filter(account=cast.anna.account).delete()
    issue_receipts(
        period=OCTOBER, issued_on=dt.date(2026, 11, 25), executor=Executor.INLINE, with_files=False, notify=False
    )
    headings, row = csv_rows(client.get(reverse("office_issue_failures", args=["2026-10"]), {"export": "csv"}))
    assert len(headings) == len(row)
    assert row[0] == cast.anna.account.number
    assert "нет владельца" in row[1]


@pytest.mark.parametrize("name", ["office_closing_failures", "office_issue_failures"])
def test_files_of_failures_are_for_those_who_close(name: str, clerk: Clerk, client: Client) -> None:
    clerk("office.watch_month")
    url = reverse(name, args=["2026-10"])
    assert client.get(url).status_code in {302, 403}
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("period", ["2026-13", "2026", "abcd-ef"])
def test_a_month_that_is_none_has_no_failures(period: str, clerk: Clerk, client: Client) -> None:
    clerk("office.close_month")
    assert client.get(reverse("office_closing_failures", args=[period])).status_code == 404


def test_unidentified_payments_are_a_file_to_ask_the_bank_with(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("payments.settle_line")
    lines = [
        f"12-11-2026;1;10,00;ClientNo:{cast.anna.account.number};\r\n",
        "12-11-2026;2;20,50;ClientNo:9999999;\r\n",
        "12-11-2026;3;30,00;ClientNo:8888888;\r\n",
    ]
    file = imported(take("".join(lines).encode("cp1251"), code="sberbank-readings"))
    url = reverse("office_unknown_export")
    rows = xlsx_rows(client.get(url))[1:]
    assert {(row[2], row[8]) for row in rows} == {("9999999", 2), ("8888888", 3)}
    assert {row[7] for row in rows} == {file.name}
    assert [row[2] for row in xlsx_rows(client.get(url, {"q": "9999999"}))[1:]] == ["9999999"]


@pytest.fixture
def chief(db: None, client: Client) -> User:
    user = make_login("chief", staff=True)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    user.refresh_from_db()
    client.force_login(user)
    return user


def test_the_second_factor_of_a_colleague_is_removed_once_and_noted(chief: User, client: Client) -> None:
    olga = make_clerk("olga", "office.watch_month")
    colleague = Client()
    colleague.post("/accounts/login/", {"login": "olga", "password": PASSWORD})
    assert colleague.get("/admin/").status_code == 200
    Authenticator.objects.create(user=olga, type="totp", data={"secret": "x"})
    assert dict(client.get(reverse("audit_second_factors")).context["staff"])[olga] is True
    client.post(reverse("audit_second_factors"), {"user": olga.pk})
    assert colleague.get("/admin/").status_code == 302, "whoever sat at the colleague's session is out"
    assert client.get("/admin/").status_code == 200, "the superuser is not"
    assert not Authenticator.objects.filter(user=olga).exists()
    assert dict(client.get(reverse("audit_second_factors")).context["staff"])[olga] is False
    assert [entry.data["what"] for entry in ModelLogEntry.objects.filter(user=chief, object_id=str(olga.pk))] == [
        "Второй фактор снят"
    ]


def test_nobody_removes_their_own_second_factor(chief: User, client: Client) -> None:
    Authenticator.objects.create(user=chief, type="totp", data={"secret": "x"})
    answer = client.post(reverse("audit_second_factors"), {"user": chief.pk}, follow=True)
    assert Authenticator.objects.filter(user=chief).exists()
    assert any("другой администратор" in message for message in messages_of(answer))

"""An employee answers an angry caller from one page."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal.billing.models import Charge, Correction
from portal.billing.services import Executor, begin_reversal, close_period, continue_reversals
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.receipts.issuing import issue_receipts
from portal.receipts.models import Receipt
from tests.company import put_company
from tests.people import Cast, Clerk

CARD = "office.view_account_card"


def card_url(cast: Cast) -> str:
    """Where Anna's card stands."""
    return reverse("office_account", args=[cast.anna.account.pk])


def test_the_card_holds_who_what_and_why(cast: Cast, numbers: None, clerk: Clerk, client: Client) -> None:
    close_period(period=Period(2026, 9), closing_day=dt.date(2026, 9, 21), executor=Executor.INLINE)
    clerk(CARD)
    page = client.get(card_url(cast)).content.decode()
    assert "Иванова Анна" in page
    assert "A-1001" in page
    assert "48,67" in page
    assert "сентябрь" in page


def test_it_asks_the_database_as_often_for_a_long_history(
    cast: Cast, numbers: None, clerk: Clerk, client: Client, django_assert_max_num_queries: object
) -> None:
    for month in range(1, 7):
        close_period(period=Period(2026, month), closing_day=dt.date(2026, month, 21), executor=Executor.INLINE)
    clerk(CARD)
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        assert client.get(card_url(cast)).status_code == 200


def test_typing_a_number_opens_the_card(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk(CARD)
    assert client.get(reverse("office_find_account"), {"q": "0010001"})["Location"] == card_url(cast)
    assert "q=%D0" in client.get(reverse("office_find_account"), {"q": "Иванова"})["Location"]
    assert client.get(reverse("office_account", args=[999999])).status_code == 404


def correction_form(cast: Cast, **changes: str) -> dict[str, str]:
    """A whole form of a correction."""
    return {
        "account": cast.anna.account.number,
        "amount": "-186,40",
        "for_period": "2026-09",
        "service": "",
        "reason": "Ошибка в показании",
        "document": "Записка № 14",
        "confirmed": "on",
        "form_token": "3f2c1f6e-5a70-4b1e-9a35-6f1f6b1c2d3e",
    } | changes


def test_a_correction_is_booked_once_though_the_form_comes_twice(
    cast: Cast, clerk: Clerk, client: Client, business_date: object
) -> None:
    business_date("2026-10-05")  # type: ignore[operator]
    user = clerk(CARD, "office.book_correction")
    for _ in range(2):
        response = client.post(reverse("office_correction"), correction_form(cast))
        assert response["Location"] == card_url(cast)
    correction = Correction.objects.get()
    assert (correction.amount, correction.booked_by, correction.booked_on) == (
        Decimal("-186.40"),
        user,
        dt.date(2026, 10, 5),
    )
    assert balance(cast.anna.account) == Decimal("-186.40")


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"document": ""},
        {"amount": "0"},
        {"amount": "много"},
        {"account": "9999"},
        {"for_period": "вчера"},
        {"for_period": "1995-11"},
        {"for_period": "0020-11"},
        {"for_period": "2023-12"},
        {"for_period": "2100-01"},
        {"confirmed": ""},
    ],
    ids=lambda changes: "=".join(*changes.items()),
)
def test_a_correction_without_its_reasons_is_not_booked(
    cast: Cast, clerk: Clerk, client: Client, changes: dict[str, str]
) -> None:
    clerk(CARD, "office.book_correction")
    response = client.post(reverse("office_correction"), correction_form(cast, **changes))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Entry.objects.exists()


def test_others_see_neither_card_nor_correction(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("metering.view_meter")
    assert client.get(card_url(cast)).status_code == 302
    assert client.post(reverse("office_correction"), correction_form(cast)).status_code == 302
    client.force_login(cast.stranger.user)
    assert client.get(card_url(cast)).status_code == 403
    assert not Correction.objects.exists()


def test_the_bill_of_an_earlier_month_is_explained_and_each_entry_leads_to_its_source(
    cast: Cast, numbers: None, clerk: Clerk, client: Client
) -> None:
    for month in (8, 9):
        close_period(period=Period(2026, month), closing_day=dt.date(2026, month, 21), executor=Executor.INLINE)
    clerk(CARD, "billing.view_charge")
    page = client.get(card_url(cast), {"month": "2026-08"}).content.decode()
    assert "Начислено за август\N{NO-BREAK SPACE}2026" in page
    assert "?month=2026-09#card-charges" in page
    newest = Entry.objects.filter(account=cast.anna.account).order_by("-effective_on", "-pk")[0]
    line = Charge.objects.get(key=newest.key)
    address = reverse("billing_charge_modeladmin_inspect", args=[line.pk])
    assert address in page
    assert "× 41,05 ₽" in client.get(address).content.decode()
    begin_reversal(
        period=Period(2026, 9),
        reason="Неверный тариф",
        on=dt.date(2026, 9, 22),
        by=clerk(CARD, "billing.view_charge", username="boss"),
    )
    continue_reversals()
    reversed_card = client.get(card_url(cast)).content.decode()
    assert address not in reversed_card
    assert "Сторно" not in reversed_card


def test_a_wrong_receipt_is_issued_anew_once_and_both_name_each_other(
    cast: Cast, numbers: None, clerk: Clerk, client: Client
) -> None:
    september = Period(2026, 9)
    put_company()
    close_period(period=september, closing_day=dt.date(2026, 9, 21), executor=Executor.INLINE)
    issue_receipts(period=september, issued_on=dt.date(2026, 9, 25), executor=Executor.INLINE)
    old = Receipt.objects.get(account=cast.anna.account)
    clerk(CARD, "office.close_month", "receipts.view_receipt")
    url = reverse("office_replace_receipt", args=[old.pk])
    assert client.post(url, {"reason": ""}).status_code == 200
    for _click in range(2):
        client.post(url, {"reason": "Неверная фамилия"})
    new = Receipt.objects.exclude(pk=old.pk).get(account=cast.anna.account)
    assert (new.replaces, new.reason) == (old, "Неверная фамилия")
    assert new.number in client.get(reverse("receipts_receipt_modeladmin_inspect", args=[old.pk])).content.decode()
    clerk(CARD, "receipts.view_receipt", username="reader")
    assert client.get(url).status_code == 302


def test_the_caller_gets_a_statement_for_the_days_asked(
    cast: Cast, numbers: None, clerk: Clerk, client: Client
) -> None:
    close_period(period=Period(2026, 9), closing_day=dt.date(2026, 9, 21), executor=Executor.INLINE)
    clerk(CARD, "ledger.view_entry")
    url = reverse("office_statement", args=[cast.anna.account.pk])
    assert url in client.get(card_url(cast)).content.decode()
    sheet = client.get(url, {"from": "2026-09-01", "to": "2026-09-30", "kind": "xlsx"})
    rows = list(load_workbook(io.BytesIO(sheet.content)).active.iter_rows(values_only=True))
    assert rows[-1][5] == float(balance(cast.anna.account))
    assert client.get(url, {"from": "2026-09-30", "to": "2026-09-01", "kind": "pdf"}).status_code == 302
    assert client.get(url, {"kind": "exe"}).status_code == 404
    clerk(CARD, username="dispatch")
    assert client.get(url, {"kind": "pdf"}).status_code == 302

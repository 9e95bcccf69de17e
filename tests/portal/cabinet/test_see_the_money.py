"""Residents see their money: overview, ledger, bill, receipts; another resident does not."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from portal.billing.selectors import debt_state
from portal.billing.services.corrections import correct
from portal.core.formatting import money_text
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.models import Meter
from portal.payments.enums import PaymentChannel
from portal.payments.services.recording import record_external_payment
from portal.receipts.models import Receipt
from tests.conftest import SetDate
from tests.october import close_october
from tests.people import Cast
from tests.portal.billing.month import pay


@pytest.fixture
def october(cast: Cast, business_date: SetDate) -> Cast:
    """October 2026 of Anna, read, closed and with its receipt; the 15th of November now."""
    close_october(cast, business_date)
    return cast


def test_the_first_page_says_what_is_owed_until_when_and_what_to_do(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    page = client.get("/personal/").content.decode()
    assert "1\u00a0115,37\u00a0₽" in page  # 6.335 × 64.84 + 9.545 × 73.82
    assert "16\u00a0ноября" in page
    assert "Передать показания" in page
    assert "осталось 5 дней" in page
    assert "6,335" in page
    assert "норматив 8,662" in page


def test_the_book_explains_each_line(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    page = client.get("/personal/ledger/").content.decode()
    assert "141,455" in page
    assert "Распоряжение №\u00a0298-Р" in page
    assert 'href="/personal/bills/2026-10/"' in page


def test_the_balance_after_a_line_does_not_depend_on_the_filter(october: Cast, client: Client) -> None:
    post_entry(
        NewEntry(
            account_id=october.anna.account.pk,
            kind=EntryKind.PAYMENT,
            amount=Decimal(-100),
            key="p",
            effective_on=dt.date(2026, 11, 1),
            source="payment:1",
        )
    )
    client.force_login(october.anna.user)
    page = client.get("/personal/ledger/?kind=payments").content.decode()
    assert "1\u00a0015,37" in page
    assert "Водоотведение" not in page
    assert "Здесь ничего нет" in client.get("/personal/ledger/?year=2024").content.decode()


def test_the_statement_is_saved_and_a_wrong_span_is_told(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    assert client.get("/personal/ledger/?export=pdf").content[:4] == b"%PDF"
    assert client.get("/personal/ledger/?export=xlsx&year=2026").content[:2] == b"PK"
    page = client.get("/personal/ledger/?export=pdf&from=2026-11-10&to=2026-11-01", follow=True)
    assert "Поменяйте даты" in page.content.decode()


def test_the_bill_adds_up(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    page = client.get("/personal/bills/2026-10/").content.decode()
    assert "410,76" in page
    assert "704,61" in page
    assert "1\u00a0115,37" in page
    assert client.get("/personal/bills/2026-13/").status_code == 404
    assert client.get("/personal/bills/2025-10/").status_code == 404


def test_receipts_are_opened_saved_and_put_together(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    receipt = Receipt.objects.get(account=october.anna.account)
    assert f'"/personal/receipts/{receipt.pk}/"' in client.get("/personal/receipts/").content.decode()
    saved = client.get(f"/personal/receipts/{receipt.pk}/")
    assert b"".join(saved)[:4] == b"%PDF"
    assert "attachment" in saved["Content-Disposition"]
    shown = client.get(f"/personal/receipts/{receipt.pk}/?inline=1")
    assert "inline" in shown["Content-Disposition"]
    assert b"".join(shown)[:4] == b"%PDF"
    assert client.get(f"/personal/receipts/several/?receipt={receipt.pk}").content[:4] == b"%PDF"
    assert "Отметьте нужные месяцы" in client.get("/personal/receipts/several/", follow=True).content.decode()


def test_a_payment_since_the_receipt_is_told(october: Cast, client: Client) -> None:
    post_entry(
        NewEntry(
            account_id=october.anna.account.pk,
            kind=EntryKind.PAYMENT,
            amount=Decimal("-1115.37"),
            key="p",
            effective_on=dt.date(2026, 11, 1),
            source="payment:1",
        )
    )
    client.force_login(october.anna.user)
    assert "С её выпуска сумма изменилась" in client.get("/personal/receipts/").content.decode()


@pytest.mark.parametrize("year", ["0", "1", "10000", "999999999", "-1", "x"])
@pytest.mark.parametrize("address", ["ledger/", "receipts/", "readings/history/", "pay/history/"])
def test_a_year_that_no_calendar_has_shows_all_years(cast: Cast, client: Client, address: str, year: str) -> None:
    client.force_login(cast.anna.user)
    answer = client.get(f"/personal/{address}?year={year}&kind=payments")
    assert answer.status_code == 200
    assert client.get(f"/personal/{address}?year={year}&export=xlsx").status_code == 200


def test_the_first_page_tells_what_is_overdue_as_the_book_of_debts_does(
    october: Cast, client: Client, business_date: SetDate
) -> None:
    client.force_login(october.anna.user)
    assert "просрочено" not in client.get("/personal/").content.decode()
    pay(october.anna.account, "120.00", dt.date(2026, 11, 2))
    assert "с тех пор меньше на 120,00\u00a0₽" in client.get("/personal/").content.decode()
    business_date("2026-11-17")
    assert "срок был 16\u00a0ноября" in client.get("/personal/").content.decode()
    business_date("2026-11-21")
    call_command("close_period", "2026-11")
    call_command("issue_receipts", "2026-11")
    business_date("2026-12-01")
    overdue = debt_state(october.anna.account, today=dt.date(2026, 12, 1)).overdue
    assert overdue == Decimal("995.37")
    page = " ".join(client.get("/personal/").content.decode().split())
    assert "из них просрочено 995,37 ₽" in page
    assert "до 15 декабря, осталось 14 дней" in page


def test_every_service_has_its_chart_and_table(october: Cast, client: Client) -> None:
    client.force_login(october.anna.user)
    page = client.get("/personal/consumption/").content.decode()
    assert "Расход холодной воды" in page
    assert "Октябрь: 6,335\u00a0м³" in page
    assert "Октябрь: 9,545\u00a0м³" in page
    assert "Октябрь: 1\u00a0115,37\u00a0₽" in page
    assert page.count("<figure") == 4
    client.force_login(october.stranger.user)
    assert "6,335" not in client.get("/personal/consumption/").content.decode()


def test_the_stranger_sees_nothing_of_it(october: Cast, client: Client) -> None:
    receipt = Receipt.objects.get(account=october.anna.account)
    meter = Meter.objects.filter(account=october.anna.account).first()
    assert meter is not None
    paths = [f"receipts/{receipt.pk}/", f"receipts/several/?receipt={receipt.pk}", f"meters/{meter.pk}/"]
    for path in paths:
        assert client.get(f"/personal/{path}").status_code == 302
    client.force_login(october.stranger.user)
    for path in paths:
        assert client.get(f"/personal/{path}").status_code == 404
    for path in ("", "ledger/", "receipts/", "meters/", "readings/history/", "bills/2026-10/"):
        page = client.get(f"/personal/{path}").content.decode()
        assert "1\u00a0115,37" not in page
        assert "A-1001" not in page


def test_a_meter_shows_its_term_and_readings(october: Cast, client: Client, business_date: SetDate) -> None:
    client.force_login(october.anna.user)
    meter = Meter.objects.get(serial_number="A-1001")
    page = client.get(f"/personal/meters/{meter.pk}/").content.decode()
    assert "141,455" in page
    assert "31\u00a0декабря\u00a02030" in page
    Meter.objects.filter(pk=meter.pk).update(verified_until=dt.date(2026, 12, 5))
    assert "Поверка счётчика кончается через 20 дней" in client.get("/personal/").content.decode()
    business_date("2026-12-12")
    assert "Поверка истекла" in client.get("/personal/meters/").content.decode()


def test_a_payment_in_the_book_leads_to_its_own_page(october: Cast, client: Client) -> None:
    payment = record_external_payment(
        account=october.anna.account,
        amount=Decimal("100.00"),
        paid_on=dt.date(2026, 11, 5),
        channel=PaymentChannel.BANK,
        key="bank:1",
    )
    client.force_login(october.anna.user)
    assert f"/personal/pay/{payment.reference}/" in client.get("/personal/ledger/").content.decode()
    assert client.get(f"/personal/pay/{payment.reference}/").status_code == 200


def test_a_correction_lowers_one_overdue_sum_on_every_page(
    october: Cast, client: Client, business_date: SetDate
) -> None:
    """A correction of a later month settles the oldest debt: the first page tells what the receipts tell."""
    account = october.anna.account
    client.force_login(october.anna.user)
    business_date("2026-11-21")
    call_command("close_period", "2026-11")
    call_command("issue_receipts", "2026-11")
    before = debt_state(account, today=dt.date(2026, 11, 21)).overdue
    correct(
        account=account,
        amount=Decimal("-30.00"),
        for_period=Period(2026, 11),
        reason="Ошибка",
        document="№ 1",
        on=dt.date(2026, 11, 21),
        by=None,
    )
    page = " ".join(client.get("/personal/").content.decode().split())
    after = debt_state(account, today=dt.date(2026, 11, 21)).overdue
    assert after == before  # it settles November itself, whose day to pay is still to come
    overdue = money_text(after).replace("\u00a0", " ")
    assert f"{overdue} просрочено" in page or f"просрочено {overdue}" in page
    assert "Исправление за ноябрь 2026" in page
    assert "\u221230,00 ₽" in page

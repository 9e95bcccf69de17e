"""The pages of paying, as Anna opens them; the stranger is turned away from each."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from portal.billing.selectors import debt_state
from portal.billing.services import bring_debt
from portal.core import clock
from portal.core.formatting import date_text
from portal.core.models import CompanySettings
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.payments.enums import PaymentChannel
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.gateways.demo.cards import CARDS
from portal.payments.models import Payment, Refund
from portal.payments.selectors import open_debts, settle
from portal.payments.services import record_external_payment
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.refunds import make_refund
from portal.payments.services.sending_refunds import send_refund
from tests.answers import text_of
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast, make_login
from tests.portal.billing.month import close
from tests.portal.payments.bank import MIR, begin, pay_at_bank

pytestmark = pytest.mark.django_db
PAY = "/personal/pay/"


def charge(account: object, amount: str, month: int, kind: EntryKind = EntryKind.CHARGE) -> None:
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=kind,
            amount=Decimal(amount),
            effective_on=dt.date(2026, month, 21),
            key=f"{kind}:{account.pk}:{month}",
            source="test",
            period=dt.date(2026, month, 1),
        )
    )


def owe(account: object, amount: str, month: int) -> None:
    period = Period(2026, month)
    bring_debt(account=account, period=period, due_on=dt.date(2026, month + 1, 10), amount=Decimal(amount))


@pytest.fixture
def anna(cast: Cast, client: Client) -> Client:
    owe(cast.anna.account, "300.00", 9)
    owe(cast.anna.account, "700.14", 10)
    charge(cast.anna.account, "2.50", 10, EntryKind.PENALTY)
    client.force_login(cast.anna.user)
    return client


def form(**changes: str) -> dict[str, str]:
    return {"form_token": uuid.uuid4().hex, "choice": "all", "contact": "anna@mail.example", "amount": ""} | changes


def test_the_page_of_an_account_never_closed_takes_ten_queries_even_with_a_payment_under_way(
    cast: Cast, anna: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    begin(cast.anna, "10.00")
    anna.get(PAY)
    with django_assert_max_num_queries(10):
        shown = text_of(anna.get(PAY))
    assert "ещё не закончен" in shown


def test_a_bill_shows_its_due_day_in_ten_queries(
    cast: Cast, client: Client, business_date: SetDate, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    put_numbers()
    close(Period(2026, 9))
    charge(cast.anna.account, "2.50", 9, EntryKind.PENALTY)
    client.force_login(cast.anna.user)
    client.get(PAY)  # the first request of a session notes its device
    business_date("2026-10-03")
    with django_assert_max_num_queries(10):
        shown = text_of(client.get(PAY))
    due = debt_state(cast.anna.account, today=dt.date(2026, 10, 3)).debts[0].due_on
    assert f"оплатить до {date_text(due)}".replace("\u00a0", " ") in shown
    business_date("2027-01-15")
    assert f"нужно было до {date_text(due, year=True)}".replace("\u00a0", " ") in text_of(client.get(PAY))


def test_the_page_suggests_what_is_owed_and_says_what_it_settles(anna: Client) -> None:
    page = anna.get(PAY)
    shown = text_of(page)
    assert "1 002,64 ₽" in shown
    assert shown.index("сентябрь 2026") < shown.index("октябрь 2026")


def test_an_own_sum_shows_what_it_settles_before_paying(anna: Client) -> None:
    shown = text_of(anna.post(PAY, form(choice="other", amount="500", preview="1")))
    assert "502,64 ₽" in shown
    assert not Payment.objects.exists()


def test_from_the_page_through_the_bank_to_a_paid_bill(cast: Cast, anna: Client) -> None:
    bank_page = anna.post(PAY, form())
    code_page = anna.post(bank_page.url, {"number": MIR, "expiry": "08/35", "csc": "123"})
    back = anna.post(code_page.url, {"code": "1234"})
    for _ in range(3):
        shown = text_of(anna.get(back.url))
    assert "1 002,64 ₽" in shown
    assert balance(cast.anna.account) == Decimal("0.00")
    payment = Payment.objects.get()
    assert payment.receipt_url in shown
    receipt = text_of(Client().get(payment.receipt_url))
    assert all(word in receipt for word in ("1 002,64 ₽", payment.receipt_document, payment.contact))
    pdf = anna.get(back.url.rstrip("/") + "/confirmation.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert "0004" in text_of(anna.get(PAY + "history/"))


def test_a_decline_says_why_and_offers_another_try(cast: Cast, anna: Client) -> None:
    payment = begin(cast.anna, "10.00")
    pay_at_bank(payment, "4000000000000010")
    shown = text_of(anna.get(f"{PAY}{payment.reference}/"))
    assert "не хватило денег" in shown
    assert "?sum=10%2C00" in shown


def test_a_payment_that_waits_is_not_shown_as_paid(cast: Cast, anna: Client) -> None:
    payment = begin(cast.anna, "10.00")
    shown = text_of(anna.get(f"{PAY}{payment.reference}/"))
    assert payment.confirmation_url in shown
    assert anna.get(f"{PAY}{payment.reference}/confirmation.pdf").status_code == 404


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("сто", "цифрами"),
        ("-5", "минус"),
        ("0", "больше нуля"),
        ("1,005", "копейки"),
        ("0,99", "1,00 ₽"),
        ("100000,01", "100 000,00 ₽"),
        ("", "цифрами"),
        ("1" * 39, "Слишком"),
    ],
)
def test_wrong_sums_get_their_words_and_keep_what_was_typed(anna: Client, amount: str, words: str) -> None:
    answer = anna.post(PAY, form(choice="other", amount=amount))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert f'value="{amount}"' in text_of(answer) or not amount
    assert not Payment.objects.exists()


@pytest.mark.parametrize("contact", ["", "anna", "anna@", "+7 123", "8 (495) 000"])
def test_a_contact_for_the_receipt_is_needed(anna: Client, contact: str) -> None:
    assert anna.post(PAY, form(contact=contact)).status_code == 422


def test_a_phone_will_do(anna: Client) -> None:
    assert anna.post(PAY, form(contact="8 (916) 123-45-67")).status_code == 302
    assert Payment.objects.get().contact == "+79161234567"


def test_a_second_payment_of_the_sum_is_asked_about(anna: Client) -> None:
    anna.post(PAY, form())
    asked = anna.post(PAY, form())
    assert asked.status_code == 409
    assert 'name="confirm_duplicate"' in text_of(asked)
    assert anna.post(PAY, form(confirm_duplicate="1")).status_code == 302
    assert Payment.objects.count() == 2


def test_the_form_sent_twice_is_one_payment(anna: Client) -> None:
    sent = form()
    assert anna.post(PAY, sent).url == anna.post(PAY, sent).url
    assert anna.post(PAY, sent | {"choice": "other", "amount": "5"}).status_code == 409
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("form_token", ["\x00", "я" * 30, "a\r\nX-Injected: 1", "x" * 4000])
def test_a_key_that_is_not_ours_never_goes_out(anna: Client, form_token: str) -> None:
    assert anna.post(PAY, form(form_token=form_token)).status_code == 302
    key = Payment.objects.get().key
    assert key.isascii()
    assert key.isprintable()
    assert len(key) <= 64  # so much a gateway takes


def test_without_keys_there_is_no_button(anna: Client, settings: pytest.FixtureRequest) -> None:
    settings.PAYMENT_GATEWAY = "yookassa"
    settings.YOOKASSA_SHOP_ID = ""
    shown = text_of(anna.get(PAY))
    assert 'class="button button--wide"' not in shown
    assert anna.post(PAY, form()).status_code == 503


def test_the_form_may_lead_to_the_pages_of_the_gateway_in_use_alone(
    anna: Client, settings: pytest.FixtureRequest
) -> None:
    assert "yookassa.ru" not in anna.get(PAY)["Content-Security-Policy"]
    settings.PAYMENT_GATEWAY = "yookassa"
    directives = anna.get(PAY)["Content-Security-Policy"].split(";")
    assert [part.strip() for part in directives if "form-action" in part] == [
        "form-action 'self' https://yoomoney.ru https://*.yoomoney.ru https://*.yookassa.ru"
    ]


def test_without_a_gateway_the_page_names_the_other_ways_to_pay(anna: Client, settings: pytest.FixtureRequest) -> None:
    settings.PAYMENT_GATEWAY = ""
    company = CompanySettings.load()
    company.bank_account, company.bic = "40702810900000000001", "044525225"
    company.save()
    shown = text_of(anna.get(PAY))
    assert "Картой на этом сайте не платят." in shown
    assert "40702810900000000001" in shown
    assert 'href="/personal/receipts/"' in shown
    assert 'class="button button--wide"' not in shown
    assert anna.post(PAY, form()).status_code == 503
    assert anna.post("/payments/notices/demo/", "{}", content_type="application/json").status_code == 404


def test_the_other_books_are_reconciled_without_a_gateway(db: None, settings: pytest.FixtureRequest) -> None:
    settings.PAYMENT_GATEWAY = ""
    today = clock.today()
    run = reconcile(first_day=today, last_day=today, gateway=current_gateway(), now=clock.now())
    assert (run.gateway_answered, run.difference_count) == (True, 0)


def test_a_refund_is_asked_for_once(cast: Cast, anna: Client) -> None:
    payment = begin(cast.anna, "10.00")
    pay_at_bank(payment)
    anna.get(f"{PAY}{payment.reference}/")
    url = f"{PAY}{payment.reference}/refund/"
    assert anna.post(url, {"amount": "11", "reason": "дважды"}).status_code == 422
    assert anna.post(url, {"amount": "4,00", "reason": "дважды"}).status_code == 302
    assert anna.post(url, {"amount": "4,00", "reason": "дважды"}).status_code == 422
    assert Refund.objects.get().requested_by == cast.anna.user


def test_a_refund_shows_its_own_receipt(cast: Cast, anna: Client) -> None:
    payment = begin(cast.anna, "10.00")
    pay_at_bank(payment)
    page = f"{PAY}{payment.reference}/"
    anna.get(page)
    refund = make_refund(
        payment=payment, amount=Decimal("4.00"), reason="дважды", by=make_login("clerk", staff=True), now=clock.now()
    )
    send_refund(refund=refund, gateway_of=gateway_by_code, now=clock.now())
    shown = text_of(anna.get(page))
    refund.refresh_from_db()
    assert refund.receipt_url in shown
    assert f"ФД {refund.receipt_document}" in shown
    receipt = text_of(Client().get(refund.receipt_url))
    assert all(words in receipt for words in ("Возврат прихода", "4,00 ₽", refund.receipt_sign))


def test_the_history_is_filtered_and_exported(cast: Cast, anna: Client) -> None:
    record_external_payment(
        account=cast.anna.account,
        amount=Decimal("55.00"),
        paid_on=dt.date(2025, 3, 4),
        channel=PaymentChannel.POST,
        key="p",
    )
    begin(cast.anna, "10.00")
    assert "55,00" in text_of(anna.get(f"{PAY}history/?year=2025"))
    assert "55,00" not in text_of(anna.get(f"{PAY}history/?state=pending"))
    assert "Показать все" in text_of(anna.get(f"{PAY}history/?year=2001"))
    assert "55,00" in anna.get(f"{PAY}history/export.csv").content.decode("utf-8-sig")
    assert anna.get(f"{PAY}history/export.xlsx").content.startswith(b"PK")
    assert anna.get(f"{PAY}history/export.exe").status_code == 404


def test_the_stranger_and_nobody_see_nothing(cast: Cast, client: Client) -> None:
    payment = record_external_payment(
        account=cast.anna.account,
        amount=Decimal("55.00"),
        paid_on=dt.date(2026, 3, 4),
        channel=PaymentChannel.POST,
        key="p",
    )
    pages = [f"{PAY}{payment.reference}/{tail}" for tail in ("", "confirmation.pdf", "refund/")]
    for page in [PAY, PAY + "history/", PAY + "history/export.csv", *pages]:
        assert client.get(page).status_code == 302
    client.force_login(cast.stranger.user)
    for page in pages:
        assert client.get(page).status_code == 404
    assert client.post(pages[2], {"amount": "1", "reason": "x"}).status_code == 404
    assert "55,00" not in text_of(client.get(PAY + "history/"))


def test_payments_and_corrections_settle_the_oldest_first_and_penalties_last(cast: Cast) -> None:
    account, today = cast.boris.account, dt.date(2026, 11, 15)
    owe(account, "100.00", 8)
    owe(account, "200.00", 10)
    charge(account, "3.00", 10, EntryKind.PENALTY)
    record_external_payment(
        account=account, amount=Decimal("120.00"), paid_on=dt.date(2026, 11, 1), channel=PaymentChannel.BANK, key="b"
    )
    debts, _ = open_debts(account, today=today)
    assert [(debt.what, debt.amount, debt.due_on, debt.days_overdue) for debt in debts] == [
        ("bill", Decimal("180.00"), dt.date(2026, 11, 10), 5),
        ("penalties", Decimal("3.00"), None, 0),
    ]
    plan = settle(debts, Decimal("190.00"))
    assert [line.paid for line in plan.lines] == [Decimal("180.00"), Decimal("3.00")]
    assert (plan.owed, plan.left, plan.advance) == (Decimal("183.00"), Decimal("0.00"), Decimal("7.00"))
    assert plan.owed == balance(account)
    charge(account, "-180.50", 10)
    assert [debt.amount for debt in open_debts(account, today=today)[0]] == [Decimal("2.50")]
    charge(account, "-2.60", 9)
    assert open_debts(account, today=today) == ([], Decimal("0.10"))


def test_all_test_cards_are_in_the_networks_that_we_take() -> None:
    assert {card.network for card in CARDS} == {"mir", "visa", "mastercard"}

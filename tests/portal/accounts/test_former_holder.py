"""Somebody who handed the account over: their messages, profile and papers stay open, the new owner's rows never."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from portal.accounts.models import Account, Holder, Person, User
from portal.core.clock import MOSCOW
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.notifications.models import Message
from portal.payments.enums import PaymentChannel, PaymentState
from portal.payments.models import Payment
from portal.receipts.models import Receipt
from portal.receipts.services import new_receipt
from tests.answers import text_of
from tests.people import Cast, make_login, make_resident
from tests.receipts import usual

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 11, 9)


@pytest.fixture
def handed_over(cast: Cast, business_date: object) -> Cast:
    """Anna's account is Olga's from 10 November; both months have receipts, both women paid and were charged."""
    business_date("2026-12-15")  # type: ignore[operator]
    account = cast.anna.account
    account.holders.update(until=LAST_DAY)
    olga = Person.objects.create(last_name="Никитина", first_name="Ольга", user=make_login("olga"))
    Holder.objects.create(account=account, person=olga, since=LAST_DAY + dt.timedelta(days=1))
    for month in (9, 10, 11):
        new_receipt(account.pk, usual(period=dt.date(2026, month, 1), number=f"R-{month}")).save()
    for day, amount in ((dt.date(2026, 10, 31), "1240.50"), (dt.date(2026, 11, 30), "777.77")):
        post_entry(
            NewEntry(
                account_id=account.pk,
                kind=EntryKind.CHARGE,
                amount=Decimal(amount),
                effective_on=day,
                key=str(day),
                source="test",
            )
        )
    pay(account, cast.anna.user, day=3, last4="4242")
    pay(account, olga.user, day=20, last4="5555")
    pay(account, None, day=4)
    pay(account, None, day=21)
    return cast


def pay(account: Account, payer: User | None, *, day: int, last4: str = "") -> Payment:
    return Payment.objects.create(
        key=f"p{day}",
        account=account,
        payer=payer,
        channel=PaymentChannel.CARD if payer else PaymentChannel.OFFICE,
        gateway="demo" if payer else "",
        amount=Decimal(day),
        last4=last4,
        network="visa" if last4 else "",
        state=PaymentState.SUCCEEDED,
        paid_on=dt.date(2026, 11, day),
        paid_at=dt.datetime(2026, 11, day, 9, tzinfo=MOSCOW),
        created_at=dt.datetime(2026, 11, day, 9, tzinfo=MOSCOW),
    )


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def saved(client: Client, receipt: Receipt) -> bytes:
    response = client.get(reverse("cabinet:receipt-pdf", args=[receipt.pk]))
    return bytes(response.getvalue())  # type: ignore[attr-defined]


def holding_of(cast: Cast) -> Holder:
    return cast.anna.account.holders.get(person=cast.anna.person)


def test_the_overview_says_goodbye_and_leads_to_what_stays(handed_over: Cast) -> None:
    page = logged_in(handed_over.anna.user).get("/personal/")
    assert page.status_code == 200
    assert "Вы были абонентом счёта 0010001 по 9 ноября 2026" in text_of(page)
    for name in ("cabinet:inbox", "cabinet:profile", "cabinet:complaints"):
        assert f'href="{reverse(name)}"' in text_of(page)
    complaints = logged_in(handed_over.anna.user).get(reverse("cabinet:complaints"))
    assert f'href="{reverse("cabinet:support")}"' in text_of(complaints), "a tab of the same place"
    assert f'href="{reverse("cabinet:readings")}"' not in text_of(page), "the menu has what is open alone"
    assert reverse("cabinet:former", args=[holding_of(handed_over).pk]) in text_of(page)
    assert "Никитина" not in text_of(page)


def test_messages_are_read_and_the_profile_works(handed_over: Cast) -> None:
    anna = handed_over.anna.user
    message = Message.objects.create(
        user=anna,
        kind="holder_removed",
        channel="inbox",
        event="e",
        subject="Счёт передан",
        body="…",
        state="sent",
        due_at=dt.datetime(2026, 11, 15, tzinfo=MOSCOW),
    )
    client = logged_in(anna)
    assert "Счёт передан" in text_of(client.get(reverse("cabinet:inbox")))
    client.post(reverse("cabinet:message", args=[message.pk]))
    message.refresh_from_db()
    assert message.read_at is not None
    for name in ("", "-contacts", "-notifications", "-sessions", "-consents", "-history", "-close", "-name"):
        assert client.get(reverse(f"cabinet:profile{name}")).status_code == 200, name
    assert client.get(reverse("account_change_password")).status_code == 200
    client.post(reverse("cabinet:profile-contacts"), {"phone": "+7 916 000-11-22", "postal_address": "Тула"})
    handed_over.anna.person.refresh_from_db()
    assert handed_over.anna.person.postal_address == "Тула"


def test_papers_of_their_time_and_no_row_of_the_new_owner(handed_over: Cast) -> None:
    client, holding = logged_in(handed_over.anna.user), holding_of(handed_over)
    page = text_of(client.get(reverse("cabinet:former", args=[holding.pk])))
    october, november = (Receipt.objects.get(number=f"R-{month}") for month in (10, 11))
    assert f'"{reverse("cabinet:receipt-pdf", args=[october.pk])}"' in page
    assert reverse("cabinet:receipt-pdf", args=[november.pk]) not in page
    assert saved(client, october).startswith(b"%PDF")
    assert client.get(reverse("cabinet:receipt-pdf", args=[november.pk])).status_code == 404
    own, counter, hers, later = Payment.objects.order_by("created_at")[0:4]
    shown = [
        f'"{reverse("cabinet:payment", args=[payment.reference])}"' in page for payment in (own, counter, hers, later)
    ]
    assert shown == [True, True, False, False]
    assert text_of(client.get(reverse("cabinet:payment", args=[own.reference]))).count("4242") == 1
    assert client.get(reverse("cabinet:payment-confirmation", args=[own.reference])).content[:4] == b"%PDF"
    assert client.get(reverse("cabinet:payment", args=[hers.reference])).status_code == 404
    assert "5555" not in page


def test_the_statement_ends_with_their_last_day(handed_over: Cast) -> None:
    client, holding = logged_in(handed_over.anna.user), holding_of(handed_over)
    url = reverse("cabinet:former-statement", args=[holding.pk, "pdf"])
    pdf = "".join(pdf_page.extract_text() for pdf_page in PdfReader(io.BytesIO(client.get(url).content)).pages)
    said = pdf.replace("\u00a0", " ")
    assert "1 240,50" in said
    assert "777,77" not in said
    assert "Иванова Анна" in said
    refused = client.get(f"{url}?from=2026-10-01&to=2026-11-30", follow=True)
    assert "Выберите дни с 1 января 2024 по 9 ноября 2026" in text_of(refused)
    assert client.get(reverse("cabinet:former-statement", args=[holding.pk, "xlsx"])).status_code == 200


def test_another_login_opens_none_of_it(handed_over: Cast) -> None:
    holding = holding_of(handed_over)
    own = Payment.objects.get(last4="4242")
    urls = [
        reverse("cabinet:former", args=[holding.pk]),
        reverse("cabinet:former-statement", args=[holding.pk, "pdf"]),
        reverse("cabinet:receipt-pdf", args=[Receipt.objects.get(number="R-10").pk]),
        reverse("cabinet:payment", args=[own.reference]),
        reverse("cabinet:payment-confirmation", args=[own.reference]),
    ]
    for other in (User.objects.get(username="olga"), handed_over.stranger.user):
        assert [logged_in(other).get(url).status_code for url in urls] == [404] * len(urls)


def test_what_belongs_to_the_account_stays_closed_and_says_where_copies_are(handed_over: Cast) -> None:
    client = logged_in(handed_over.anna.user)
    own = Payment.objects.get(last4="4242")
    for url in ("readings", "ledger", "pay", "receipts", "requests", "meters", f"pay/{own.reference}/refund"):
        page = client.get(f"/personal/{url}/")
        assert page.status_code == 403, url
        assert "выдаст абонентский отдел" in text_of(page)
        assert reverse("cabinet:former", args=[holding_of(handed_over).pk]) in text_of(page)


def test_the_holder_of_another_account_finds_the_former_one_in_the_profile(handed_over: Cast) -> None:
    boris = handed_over.boris
    handed_over.boris_second.holders.update(until=LAST_DAY)
    holding = handed_over.boris_second.holders.get()
    client = logged_in(boris.user)
    url = reverse("cabinet:former", args=[holding.pk])
    assert url in text_of(client.get(reverse("cabinet:profile")))
    assert client.get(url).status_code == 200


def test_a_month_that_ends_with_the_holding_is_the_old_holders(cast: Cast) -> None:
    """Handed over on the first of November: October is Anna's, not nobody's."""
    cast.anna.account.holders.update(until=dt.date(2026, 10, 31))
    new_receipt(cast.anna.account.pk, usual(period=dt.date(2026, 10, 1), number="R-10")).save()
    olga = make_resident("olga", cast.anna.account, last_name="Никитина", first_name="Ольга")
    cast.anna.account.holders.filter(person=olga.person).update(since=dt.date(2026, 11, 1))
    receipt = Receipt.objects.get()
    assert saved(logged_in(cast.anna.user), receipt).startswith(b"%PDF")
    assert logged_in(olga.user).get(reverse("cabinet:receipt-pdf", args=[receipt.pk])).status_code == 404

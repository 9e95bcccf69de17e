"""A flat changes hands in the middle of a debt: one screen, and the old owner's affairs stay theirs."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from portal.accounts.models import Account, Holder, Person, User
from portal.core.clock import MOSCOW
from portal.ledger.enums import EntryKind
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.metering.models import Reading
from portal.notifications.models import Message
from portal.payments.enums import PaymentChannel
from portal.payments.models import Payment
from portal.service_requests.dispatch.enums import RequestKind, RequestSource
from portal.service_requests.dispatch.models import KindNorm
from portal.service_requests.dispatch.notifications import notify_event
from portal.service_requests.dispatch.services import place_of, take_request
from tests.answers import text_of
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db

OWNER = {
    "last_name": "НИКИТИНА",
    "first_name": "Ольга",
    "patronymic": "Львовна",
    "born_on": "1985-05-01",
    "phone": "8 (916) 555-12-12",
    "email": "olga@mail.example",
    "passport_checked": "on",
    "role": "owner",
    "since": "2026-11-10",
    "ground": "sale",
    "document": "50:11-2026/77",
    "document_on": "2026-11-09",
    "contract_number": "70/2026",
    "consent_signed_on": "2026-11-15",
    "wanted": "on",
    "username": "olga",
}


@pytest.fixture
def desk(cast: Cast, staff: dict[str, User], client: Client, business_date: Any) -> Client:
    business_date("2026-11-15")
    client.force_login(staff["registrar"])
    for key, amount, day in (("a", "1240.50", "2026-10-31"), ("b", "300.00", "2026-11-12")):
        post_entry(
            NewEntry(
                account_id=cast.anna.account.pk,
                kind=EntryKind.CHARGE,
                amount=Decimal(amount),
                effective_on=dt.date.fromisoformat(day),
                key=key,
                source="test",
            )
        )
    return client


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {**OWNER, "leaving": [str(cast.anna.account.holders.get(person=cast.anna.person).pk)], **changes}


def book(desk: Client, url: str, data: dict[str, Any]) -> Any:
    """Show what changes, then press the button under it."""
    shown = desk.post(url, data)
    assert "preview_token" in shown.context, shown.context["form"].errors
    return desk.post(url, {**data, "preview_token": shown.context["preview_token"]}, follow=True)


def url_of(account: Account, kind: str = "owner") -> str:
    return reverse(f"registration_{kind}", args=[account.pk])


def anna_asked(cast: Cast, *, author: User | None, day: int) -> None:
    KindNorm.objects.get_or_create(kind=RequestKind.LEAK_HOUSE, defaults={"minutes": 60})
    take_request(
        key=f"{day}",
        kind=RequestKind.LEAK_HOUSE,
        place=place_of(cast.anna.account),
        text="У Анны течёт",
        phone="+79161110000",
        caller="Иванова Анна",
        moment=dt.datetime(2026, 11, day, 9, tzinfo=MOSCOW),
        author=author,
        source=RequestSource.CABINET if author == cast.anna.user else RequestSource.PHONE,
    )


def test_a_new_owner_is_written_and_the_old_one_closed_on_one_screen(desk: Client, cast: Cast) -> None:
    account, url = cast.anna.account, url_of(cast.anna.account)
    meter = account.meters.order_by("pk")[0]
    data = typed(cast, **{f"meter-{meter.pk}-value": "140,500"})
    shown = desk.post(url, data)
    page = text_of(shown)
    for said in ("Никитина Ольга Львовна", "последний день 9 ноября 2026", "1 240,50 ₽", "140,500 м³"):
        assert said in page
    assert not Person.objects.filter(last_name="Никитина").exists()
    assert Reading.objects.count() == 0, "a preview writes nothing"

    done = desk.post(url, {**data, "preview_token": shown.context["preview_token"]}, follow=True)
    assert "Напечатать листок" in text_of(done)
    assert "Долг за это время: 1 240,50 ₽" in text_of(done)
    old, new = account.holders.order_by("since")
    assert (old.until, new.since, new.ground, new.document) == (
        dt.date(2026, 11, 9),
        dt.date(2026, 11, 10),
        "sale",
        "50:11-2026/77",
    )
    assert new.person.phone == "+79165551212"
    assert User.objects.get(username="olga").must_change_password
    assert account.contracts.get(ended_on=None).person == new.person
    reading = Reading.objects.get()
    assert (reading.value, reading.taken_on) == (Decimal("140.500"), dt.date(2026, 11, 10))
    assert balance(account) == Decimal("1540.50"), "the debt stays on the account"
    notified = Message.objects.filter(user=cast.anna.user, kind="holder_removed", channel="inbox").get()
    assert "по 9 ноября 2026" in notified.body.replace("\u00a0", " ")
    assert "Никитина" not in notified.body


def test_twice_the_button_is_one_owner(desk: Client, cast: Cast) -> None:
    url, data = url_of(cast.anna.account), typed(cast)
    shown = desk.post(url, data)
    for _press in range(2):
        desk.post(url, {**data, "preview_token": shown.context["preview_token"]})
    assert Person.objects.filter(last_name="Никитина").count() == 1
    assert cast.anna.account.holders.filter(until=None).count() == 1


def test_the_new_owner_sees_nothing_that_names_the_old_one(desk: Client, cast: Cast, client: Client) -> None:
    account = cast.anna.account
    anna_asked(cast, author=cast.anna.user, day=2)
    anna_asked(cast, author=cast.anna.user, day=12)  # after the day of the sale, before it was entered
    anna_asked(cast, author=User.objects.get(username="dispatcher"), day=3)
    Payment.objects.create(
        key="p",
        account=account,
        payer=cast.anna.user,
        channel=PaymentChannel.CARD,
        gateway="demo",
        amount=Decimal(10),
        last4="4242",
        contact="anna@mail.example",
        created_at=dt.datetime(2026, 11, 3, 9, tzinfo=MOSCOW),
    )
    book(desk, url_of(account), typed(cast))
    olga = User.objects.get(username="olga")
    User.objects.filter(pk=olga.pk).update(must_change_password=False)
    new = Client()
    new.force_login(User.objects.get(pk=olga.pk))
    for name in ("home", "requests", "ledger", "payments", "receipts", "inbox", "profile-history", "profile"):
        page = new.get(reverse(f"cabinet:{name}"))
        assert page.status_code == 200, name
        for token in ("Иванова", "anna@mail.example", "4242", "79161110000", "У Анны течёт"):
            assert token not in text_of(page), name
    asked = account.dispatch_requests.first()
    assert new.get(reverse("cabinet:request", args=[asked.pk])).status_code == 404
    assert "1 540,50" in text_of(new.get(reverse("cabinet:ledger"))), "the account's money is seen"

    assert "1 240,50 ₽ на счёте были должны до вас" in text_of(new.get(reverse("cabinet:home")))

    old = Client()
    old.force_login(cast.anna.user)
    home = old.get(reverse("cabinet:home"))
    assert home.status_code == 200
    assert "Вы были абонентом счёта 0010001 по 9 ноября 2026" in text_of(home)
    assert "На этот день по счёту был долг 1 240,50 ₽" in text_of(home)


def test_steps_of_a_former_holders_request_are_told_to_them_alone(desk: Client, cast: Cast) -> None:
    anna_asked(cast, author=cast.anna.user, day=2)
    asked = cast.anna.account.dispatch_requests.get()
    book(desk, url_of(cast.anna.account), typed(cast))
    Message.objects.all().delete()
    notified = notify_event(
        asked, asked.events.create(text="Анна Петровна, ждём ключ.", at=asked.received_at, kind="words")
    )
    assert notified > 0
    assert set(Message.objects.values_list("user__username", flat=True)) == {"anna"}


def test_words_of_a_former_holders_payment_are_not_shown(desk: Client, cast: Cast) -> None:
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.REFUND,
            amount=Decimal("10.00"),
            effective_on=dt.date(2026, 11, 3),
            key="refund",
            source="refund:1",
            note="Заплатила больше, чем хотела",
        )
    )
    book(desk, url_of(cast.anna.account), typed(cast))
    User.objects.filter(username="olga").update(must_change_password=False)
    new = Client()
    new.force_login(User.objects.get(username="olga"))
    page = text_of(new.get(reverse("cabinet:ledger")))
    assert "Возврат" in page
    assert "Заплатила больше" not in page


def test_the_statement_of_their_time_names_the_old_owner(desk: Client, cast: Cast) -> None:
    account = cast.anna.account
    book(desk, url_of(account), typed(cast))
    page = text_of(desk.get(reverse("registration_account", args=[account.pk])))
    assert f"{reverse('office_statement', args=[account.pk])}?from=2024-01-01&amp;to=2026-11-09" in page
    url = f"{reverse('office_statement', args=[account.pk])}?from=2024-01-01&to=2026-11-09&kind=pdf"
    pdf = "".join(pdf_page.extract_text() for pdf_page in PdfReader(io.BytesIO(desk.get(url).content)).pages)
    assert "Иванова Анна" in pdf
    assert "Никитина" not in pdf
    assert "1 240,50" in pdf.replace("\u00a0", " ")
    assert "300,00" not in pdf
    card = text_of(desk.get(reverse("office_account", args=[account.pk])))
    assert "долг за их время 1 240,50 ₽" in card


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"since": "2026-12-01"}, "Этот день ещё не наступил"),
        ({"since": "2023-12-31", "long_ago": "on"}, "открыт 1 января 2024"),
        ({"since": "2024-01-01", "long_ago": "on"}, "Иванова Анна — абонент с 1 января 2024"),
        ({"since": "2026-03-01"}, "аполн"),
        ({"born_on": "2026-11-15", "since": "0020-11-10"}, "Год должен быть"),
        ({"phone": "8916 55"}, "В телефоне 10 цифр"),
        ({"ground": "", "document": ""}, "аполн"),
        ({"username": "anna"}, "занят"),
        ({"email": "anna@mail.example"}, "уже занят другим логином"),
        ({"leaving": ["999999"]}, "999999"),
        ({"passport_checked": ""}, "аполн"),
    ],
)
def test_a_slip_is_refused_in_words(desk: Client, cast: Cast, changes: dict[str, Any], said: str) -> None:
    answer = desk.post(url_of(cast.anna.account), typed(cast, **changes))
    assert answer.status_code == 200
    assert "preview_token" not in answer.context
    assert said in text_of(answer)
    assert "Ольга" in text_of(answer), "what was typed is kept"
    assert Holder.objects.filter(account=cast.anna.account).count() == 1


def test_an_impossible_reading_is_refused_at_its_meter(desk: Client, cast: Cast) -> None:
    meter = cast.anna.account.meters.order_by("pk")[0]
    answer = desk.post(url_of(cast.anna.account), typed(cast, **{f"meter-{meter.pk}-value": "12,3"}))
    assert "Меньше прошлого показания" in text_of(answer)
    assert "preview_token" not in answer.context


def test_what_changed_after_the_preview_is_shown_again(desk: Client, cast: Cast) -> None:
    url, data = url_of(cast.anna.account), typed(cast)
    token = desk.post(url, data).context["preview_token"]
    again = desk.post(url, {**data, "since": "2026-11-11", "preview_token": token})
    assert again.context["changed"]
    assert Holder.objects.filter(account=cast.anna.account).count() == 1


def test_a_known_person_takes_over_and_keeps_their_login(desk: Client, cast: Cast) -> None:
    stranger = cast.stranger.person
    form = text_of(desk.get(f"{url_of(cast.anna.account)}?person={stranger.pk}"))
    assert 'value="Чужой"' in form
    data = typed(cast, last_name="Чужой", first_name="Олег", patronymic="", email="", same=str(stranger.pk), wanted="")
    book(desk, url_of(cast.anna.account), data)
    assert list(Account.objects.visible_to(cast.anna.user)) == []
    assert cast.anna.account in Account.objects.visible_to(cast.stranger.user)
    stranger.refresh_from_db()
    assert stranger.born_on == dt.date(1985, 5, 1), "what the register did not know is filled in"


def test_a_household_member_becomes_the_owner_and_keeps_their_time(desk: Client, cast: Cast) -> None:
    account = cast.anna.account
    son = Person.objects.create(last_name="Иванов", first_name="Пётр", user=make_login("petr"))
    Holder.objects.create(account=account, person=son, role="user", since=dt.date(2025, 1, 1))
    anna_asked(cast, author=None, day=2)
    data = typed(
        cast,
        last_name="Иванов",
        first_name="Пётр",
        patronymic="",
        email="",
        same=str(son.pk),
        wanted="",
        ground="inheritance",
        leaving=[str(account.holders.get(person=cast.anna.person).pk)],
    )
    book(desk, url_of(account), data)
    assert account.holders.get(until=None).role == "owner"
    cabinet = Client()
    cabinet.force_login(son.user)
    asked = account.dispatch_requests.get()
    assert asked.number in text_of(cabinet.get(reverse("cabinet:requests"))), "it happened in their time too"


def test_a_resident_is_added_and_nobody_leaves(desk: Client, cast: Cast) -> None:
    data = {**OWNER, "role": "user", "ground": "residence", "contract_number": "", "wanted": "", "username": ""}
    book(desk, url_of(cast.anna.account, "add"), data)
    assert cast.anna.account.holders.filter(until=None).count() == 2
    assert not cast.anna.account.contracts.exists()


def test_nobody_found_leads_to_writing_the_person_down(desk: Client, cast: Cast) -> None:
    page = text_of(desk.get(f"{reverse('registration_account', args=[cast.anna.account.pk])}?q=Никитина"))
    assert "Никого не нашли" in page
    assert url_of(cast.anna.account) in page
    assert url_of(cast.anna.account, "add") in page


def test_somebody_is_taken_off_only_when_it_is_meant(desk: Client, cast: Cast) -> None:
    account = cast.anna.account
    second = Holder.objects.create(account=account, person=cast.boris.person, role="user", since=dt.date(2025, 1, 1))
    url = reverse("registration_account", args=[account.pk])
    desk.post(url, {"holder": second.pk, "until": "2026-11-14"})
    second.refresh_from_db()
    assert second.until is None, "the box was not ticked"
    desk.post(url, {"holder": second.pk, "until": "2026-11-14", "sure": "on"})
    second.refresh_from_db()
    assert second.until == dt.date(2026, 11, 14)
    assert account not in Account.objects.visible_to(cast.boris.user)


@pytest.mark.parametrize("role", ["editor", "dispatcher", "engineer", "accountant", "manager"])
def test_another_role_is_turned_away(desk: Client, cast: Cast, staff: dict[str, User], role: str) -> None:
    other = Client()
    other.force_login(staff[role])
    for kind in ("owner", "add"):
        assert other.get(url_of(cast.anna.account, kind)).status_code in (302, 403)
        assert other.post(url_of(cast.anna.account, kind), typed(cast)).status_code in (302, 403)
    assert cast.anna.account.holders.count() == 1


def test_every_error_is_told_at_once_in_the_order_of_the_page(desk: Client, cast: Cast) -> None:
    """What a field refuses, whom the register knows, the days of holders and the readings: one round."""
    meter = cast.anna.account.meters.order_by("pk")[0]
    data = typed(
        cast,
        last_name="Чужой",
        first_name="Олег",
        phone="8916 55",
        since="2023-12-31",
        document="",
        contract_number="",
        username="anna",
        **{f"meter-{meter.pk}-value": "12,3"},
    )
    answer = desk.post(url_of(cast.anna.account), data)
    form = answer.context["form"]
    assert {"same", "phone", "since", "long_ago", "document", "username"} <= set(form.errors)
    assert len(form.errors["since"]) == 2, "before the opening, and before Anna came"
    page = text_of(answer)
    assert page.count("Меньше прошлого показания") == 2, "in the summary and at the meter"
    names = ["same", "phone", "since", "long_ago", "document", "username", f"meter-{meter.pk}-value"]
    places = [page.index(f'href="#id_{name}') for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("day", ["завтра", "31.02.2026"])
def test_a_day_that_cannot_be_read_comes_back_with_its_error(desk: Client, cast: Cast, day: str) -> None:
    page = text_of(desk.post(url_of(cast.anna.account), typed(cast, since=day, born_on="01.05.1985")))
    assert f'<input type="text" name="since" value="{day}"' in page
    assert '<input type="date" name="born_on" value="1985-05-01"' in page, "a day as people write it stays a day"
    assert "Введите правильную дату" in page

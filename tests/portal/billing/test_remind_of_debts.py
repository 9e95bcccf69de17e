"""Residents are reminded of overdue debts on days 3, 15 and 28 after the due day and then monthly, each step once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.accounts.models import Holder, Person
from portal.billing import services
from portal.billing.calculation.reminders import ReminderDays
from portal.billing.models import DebtReminder, DebtReminderSettings
from portal.billing.selectors import debt_state
from portal.billing.selectors.debts import debt_states
from portal.core.periods import Period
from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Delivery, Message
from portal.notifications.services import send_due
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import APRIL, JANUARY, close, pay

SEPTEMBER, OCTOBER, NOVEMBER = Period(2026, 9), Period(2026, 10), Period(2026, 11)
DUE = dt.date(2026, 10, 10)


def after(days: int) -> dt.date:
    return DUE + dt.timedelta(days=days)


def remind(days: int) -> int:
    return services.remind_of_debts(today=after(days))


@pytest.fixture
def debt(cast: Cast) -> None:
    services.bring_debt(account=cast.anna.account, period=SEPTEMBER, due_on=DUE, amount=Decimal("820.00"))


def steps() -> list[int]:
    return list(DebtReminder.objects.filter(is_sent=True).order_by("pk").values_list("step", flat=True))


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (0, None),
        (2, None),
        (3, 3),
        (10, 3),
        (11, None),
        (14, None),
        (15, 15),
        (22, 15),
        (23, None),
        (28, 28),
        (35, 28),
        (36, None),
        (57, None),
        (58, 58),
        (65, 58),
        (66, None),
        (88, 88),
        (400, None),
        (418, 418),
    ],
)
def test_the_step_of_a_day(days: int, step: int | None) -> None:
    assert ReminderDays().step_to_send(days) == step


def test_a_debt_is_reminded_of_on_its_days(cast: Cast, debt: None) -> None:
    reminded = [days for days in range(90) if remind(days)]
    assert reminded == [3, 15, 28, 58, 88]
    assert steps() == [3, 15, 28, 58, 88]
    assert Message.objects.filter(user=cast.anna.user, channel=DeliveryChannel.EMAIL).count() == 5
    assert not Message.objects.exclude(user=cast.anna.user).exists()


def test_a_step_is_sent_once_however_often_the_job_runs(debt: None) -> None:
    assert [remind(3), remind(3), remind(4)] == [1, 0, 0]
    assert Message.objects.filter(channel=DeliveryChannel.EMAIL).count() == 1


def test_the_database_refuses_a_second_step(debt: None) -> None:
    remind(3)
    again = DebtReminder.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_a_day_without_the_machine_is_made_up_for(debt: None) -> None:
    assert remind(18) == 1
    assert steps() == [15]


def test_the_letter_names_the_account_the_sum_the_day_and_the_way_to_pay(cast: Cast, debt: None) -> None:
    remind(3)
    send_due()
    letter = mail.outbox[0]
    assert letter.subject == "Есть неоплаченная квитанция"
    for words in (cast.anna.account.number, "820,00\xa0₽", "10\xa0октября\xa02026", "/personal/pay/", "«Оплата»"):
        assert words in letter.body
    assert "820" not in letter.subject


def test_an_english_reader_gets_an_english_letter(cast: Cast, debt: None) -> None:
    Delivery.objects.create(user=cast.anna.user, language="en")
    remind(3)
    send_due()
    letter = mail.outbox[0]
    assert letter.subject == "You have an unpaid bill"
    assert "820.00\xa0₽ is overdue" in letter.body
    assert "by 10\xa0October\xa02026" in letter.body
    assert "октябр" not in letter.body


def test_a_payment_between_stops_it(cast: Cast, debt: None) -> None:
    remind(3)
    pay(cast.anna.account, "820.00", after(10))
    assert [remind(days) for days in (15, 28, 58)] == [0, 0, 0]


@pytest.mark.parametrize(("paid", "reminded"), [("720.01", 0), ("720.00", 1)])
def test_what_is_left_below_the_least_sum_is_not_worth_a_letter(
    cast: Cast, debt: None, paid: str, reminded: int
) -> None:
    pay(cast.anna.account, paid, after(10))
    assert remind(15) == reminded


def test_a_new_debt_has_its_own_steps_and_one_letter_names_both(cast: Cast, debt: None) -> None:
    remind(28)
    new_due = after(31)
    services.bring_debt(account=cast.anna.account, period=OCTOBER, due_on=new_due, amount=Decimal("300.00"))
    assert [days for days in range(29, 91) if remind(days)] == [34, 46, 58, 88]
    october = DebtReminder.objects.filter(period=OCTOBER.first_day).order_by("step")
    assert list(october.values_list("step", "is_sent")) == [(3, True), (15, True), (28, False)]
    assert "1\xa0120,00\xa0₽" in Message.objects.filter(channel=DeliveryChannel.INBOX)[0].body


def test_a_paid_old_debt_leaves_the_new_one_its_steps(cast: Cast, debt: None) -> None:
    services.bring_debt(account=cast.anna.account, period=OCTOBER, due_on=after(31), amount=Decimal("300.00"))
    pay(cast.anna.account, "820.00", after(1))
    assert [days for days in range(63) if remind(days)] == [34, 46, 59]


def test_a_new_holder_hears_nothing_of_months_before_their_own(cast: Cast, debt: None) -> None:
    account = cast.anna.account
    account.holders.update(until=dt.date(2026, 10, 5))
    new = Person.objects.create(last_name="Новый", first_name="Пётр", email="new@mail.example")
    Holder.objects.create(account=account, person=new, since=dt.date(2026, 10, 6))
    assert remind(3) == 0
    services.bring_debt(account=account, period=OCTOBER, due_on=after(31), amount=Decimal("300.00"))
    assert remind(34) == 1
    message = Message.objects.get()
    assert message.address == "new@mail.example"
    assert "300,00\xa0₽" in message.body


def test_whoever_cannot_be_reached_keeps_the_step(cast: Cast, debt: None) -> None:
    person = cast.anna.person
    Person.objects.filter(pk=person.pk).update(user=None, email="")
    assert remind(3) == 0
    Person.objects.filter(pk=person.pk).update(email="anna@mail.example")
    assert remind(4) == 1


def test_a_refused_channel_stays_silent(cast: Cast, debt: None) -> None:
    cast.anna.user.notification_choices.create(category="debt", channel=DeliveryChannel.EMAIL, wanted=False)
    remind(3)
    assert list(Message.objects.values_list("channel", flat=True)) == [DeliveryChannel.INBOX]


def test_days_and_sum_are_settings(cast: Cast, debt: None) -> None:
    terms = DebtReminderSettings.load()
    terms.first_days, terms.least_sum = 5, Decimal("500.00")
    terms.full_clean()
    terms.save()
    assert [remind(3), remind(5)] == [0, 1]
    terms.is_enabled = False
    terms.save()
    assert remind(15) == 0


def test_days_out_of_order_are_refused_at_the_field_and_by_the_database(db: None) -> None:
    terms = DebtReminderSettings(first_days=15, second_days=15)
    with pytest.raises(ValidationError) as refusal:
        terms.full_clean()
    assert "second_days" in refusal.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        terms.save()


def test_debts_of_many_are_the_debts_of_each(cast: Cast) -> None:
    put_numbers()
    accounts = [cast.anna.account, cast.boris.account, cast.boris_second]
    for month in range(JANUARY.month, APRIL.month):
        close(Period(2026, month))
    services.bring_debt(account=cast.stranger.account, period=SEPTEMBER, due_on=DUE, amount=Decimal("50.00"))
    accounts.append(cast.stranger.account)
    pay(cast.anna.account, "300.00", dt.date(2026, 4, 5))
    pay(cast.boris.account, "100000.00", dt.date(2026, 4, 6))
    today = dt.date(2026, 11, 1)
    together = debt_states([account.pk for account in accounts], today=today)
    assert any(state.debts for state in together.values())
    assert together == {account.pk: debt_state(account, today=today) for account in accounts}

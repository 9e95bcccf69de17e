"""Anna sends both meters' readings on one form, with every mistake that a person makes."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from portal.billing.models import AccountClosing
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.metering.enums import ReadingSource, Status
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading
from portal.notifications.categories import WINDOW_OPENS
from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Message
from portal.notifications.selectors import wants
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast
from tests.portal.billing.month import close

PAGE = "/personal/readings/"


@pytest.fixture
def anna(cast: Cast, client: Client, business_date: SetDate) -> Client:
    business_date("2026-11-15")
    client.force_login(cast.anna.user)
    return client


def meters(cast: Cast) -> tuple[Meter, Meter]:
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    return cold, hot


def write(cast: Cast, cold: str = "", hot: str = "", **more: str) -> dict[str, str]:
    first, second = meters(cast)
    return {f"meter_{first.pk}": cold, f"meter_{second.pk}": hot, **more}


def live(meter: Meter, *values: str) -> None:
    """Readings of the months before November 2026."""
    for back, value in enumerate(reversed(values), 1):
        month = 11 - back
        submit_reading(
            meter=meter,
            value=Decimal(value),
            moment=dt.datetime(2026, month, 15, 12, tzinfo=MOSCOW),
            source=ReadingSource.PHONE,
            confirmed_high=True,
        )


def test_both_readings_are_accepted_with_numbers_and_a_moment(cast: Cast, anna: Client) -> None:
    response = anna.post(PAGE, write(cast, "141,455", "83.210"), follow=True)
    page = response.content.decode()
    assert "Показания приняты" in page
    assert "141,455" in page
    for reading in Reading.objects.all():
        assert reading.number in page
        assert reading.entered_by == cast.anna.user
    assert Message.objects.filter(kind="reading_accepted", user=cast.anna.user, channel="inbox").count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("135,119", "Меньше прошлого показания"),
        ("сто сорок", "Это не число"),
        ("1e5", "Это не число"),
        ("141455", "Слишком много цифр"),
        ("1234567890123", "Слишком много цифр"),
        ("141,4550000000000001", "не больше трёх цифр"),
        ("141,4555", "не больше трёх цифр"),
        ("-5", "меньше нуля"),
    ],
)
def test_a_wrong_one_is_answered_at_its_field_and_the_other_is_kept(
    cast: Cast, anna: Client, typed: str, words: str
) -> None:
    page = anna.post(PAGE, write(cast, typed, "83,210")).content.decode()
    cold, hot = meters(cast)
    assert words in page
    assert f'id="id_meter_{cold.pk}_error"' in page
    assert f'id="id_meter_{hot.pk}_error"' not in page
    assert f'value="{typed}"' in page
    assert 'value="83,210"' in page
    assert "Расход <b>3,210" in page
    assert Reading.objects.get().meter == hot


def test_the_coming_bill_is_estimated_as_the_closing_will_count_it(
    cast: Cast, anna: Client, business_date: SetDate
) -> None:
    assert "Предварительный счёт" not in anna.get(PAGE).content.decode()
    put_numbers()
    live(meters(cast)[0], "135.120")
    live(meters(cast)[1], "80.000")
    close(Period(2026, 10))
    page = anna.post(PAGE, write(cast, "141,455", "83,210"), follow=True).content.decode()
    assert "около 700,14\u00a0₽" in page
    assert "Предварительный счёт за ноябрь" in page
    page = anna.post(PAGE, write(cast, "142,455", "83,210"), follow=True).content.decode()
    assert "около 789,86\u00a0₽" in page
    business_date("2026-11-21")
    close(Period(2026, 11))
    assert AccountClosing.objects.get(account=cast.anna.account, period="2026-11-01").total == Decimal("789.86")


def test_a_reminder_is_switched_on_where_the_window_is_closed(cast: Cast, anna: Client, business_date: SetDate) -> None:
    business_date("2026-11-25")
    assert "Напомнить" in anna.get(PAGE).content.decode()
    assert anna.get(f"{PAGE}remind/").status_code == 405
    for _ in range(2):
        page = anna.post(f"{PAGE}remind/", follow=True).content.decode()
    assert "напишем на anna@mail.example" in page
    assert "Напомнить" not in page
    assert wants(cast.anna.user, WINDOW_OPENS, DeliveryChannel.EMAIL)
    assert not wants(cast.stranger.user, WINDOW_OPENS, DeliveryChannel.EMAIL)


def test_an_unusually_high_one_is_asked_about_once(cast: Cast, anna: Client) -> None:
    cold, _ = meters(cast)
    live(cold, "141.000", "147.000", "153.000")
    page = anna.post(PAGE, write(cast, "190,000")).content.decode()
    assert "Всё верно?" in page
    assert f'name="high_{cold.pk}"' in page
    anna.post(PAGE, write(cast, "190,000", **{f"high_{cold.pk}": "on"}))
    assert Reading.objects.get(source=ReadingSource.CABINET).flags == ["high"]


def test_a_meter_that_turned_over_is_confirmed(cast: Cast, anna: Client) -> None:
    cold, _ = meters(cast)
    Meter.objects.filter(pk=cold.pk).update(start_value=Decimal("99995.000"))
    page = anna.post(PAGE, write(cast, "3,500")).content.decode()
    assert f'name="rollover_{cold.pk}"' in page
    page = anna.post(PAGE, write(cast, "3,500", **{f"rollover_{cold.pk}": "on"}), follow=True).content.decode()
    assert "расход 8,500" in page
    assert Reading.objects.get().flags == ["rollover"]


def test_a_reading_may_be_replaced_until_the_window_closes(cast: Cast, anna: Client, business_date: SetDate) -> None:
    anna.post(PAGE, write(cast, "141,455", "83,210"))
    assert 'value="141,455"' in anna.get(PAGE + "?edit=1").content.decode()
    business_date("2026-11-20")
    anna.post(PAGE, write(cast, "141,999", "83,210"))
    cold, hot = meters(cast)
    assert Reading.objects.get(meter=cold, status=Status.ACCEPTED).value == Decimal("141.999")
    assert Reading.objects.get(meter=cold, status=Status.REPLACED).value == Decimal("141.455")
    assert Reading.objects.filter(meter=hot).count() == 1


def test_the_same_value_twice_is_one_reading_and_one_message(cast: Cast, anna: Client) -> None:
    for _ in range(2):
        anna.post(PAGE, write(cast, "141,455", "83,210"))
    assert Reading.objects.count() == 2
    assert Message.objects.filter(kind="reading_accepted", channel="inbox").count() == 1


def test_nothing_typed_is_told(cast: Cast, anna: Client) -> None:
    assert "Впишите хотя бы одно показание" in anna.post(PAGE, write(cast)).content.decode()


def test_outside_the_window_the_page_says_why_and_when(cast: Cast, anna: Client, business_date: SetDate) -> None:
    business_date("2026-11-21")
    page = anna.get(PAGE).content.decode()
    assert "Приём показаний закрыт" in page
    assert "10\u00a0декабря" in page
    response = anna.post(PAGE, write(cast, "141,455"))
    assert response.status_code == 409
    assert "ничего не сохранено" in response.content.decode()
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        ("2026-11-09 20:59:59Z", False),
        ("2026-11-09 21:00:00Z", True),
        ("2026-11-20 20:59:59Z", True),
        ("2026-11-20 21:00:00Z", False),
    ],
)
def test_the_window_opens_and_closes_at_moscow_midnight(
    cast: Cast, client: Client, moment: str, accepted: bool
) -> None:
    with time_machine.travel(moment, tick=False):
        client.force_login(cast.anna.user)
        client.post(PAGE, write(cast, "141,455"))
    assert Reading.objects.exists() is accepted


def test_a_control_reading_of_the_day_is_not_replaced(cast: Cast, anna: Client) -> None:
    cold, _ = meters(cast)
    moment = dt.datetime(2026, 11, 15, 9, tzinfo=MOSCOW)
    submit_reading(meter=cold, value=Decimal("140.000"), moment=moment, source=ReadingSource.CONTROL, report="7")
    page = anna.post(PAGE, write(cast, "141,455")).content.decode()
    assert "контрольное показание" in page
    assert Reading.objects.get().value == Decimal("140.000")


def test_without_a_meter_the_page_says_what_is_charged(cast: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    client.force_login(cast.stranger.user)
    assert "по нормативу" in client.get(PAGE).content.decode()


def test_the_stranger_cannot_send_for_annas_meter(cast: Cast, client: Client, business_date: SetDate) -> None:
    business_date("2026-11-15")
    client.force_login(cast.stranger.user)
    client.post(PAGE, write(cast, "141,455", "83,210"))
    assert not Reading.objects.exists()


def test_the_history_shows_sources_states_and_can_be_saved(cast: Cast, anna: Client) -> None:
    cold, _ = meters(cast)
    live(cold, "141.000")
    anna.post(PAGE, write(cast, "147,455"))
    page = anna.get(PAGE + "history/").content.decode()
    assert "по телефону" in page
    assert "6,455" in page
    assert "147,455" not in anna.get(PAGE + "history/?year=2025").content.decode()
    saved = anna.get(PAGE + "history/?export=csv").content.decode("utf-8-sig")
    assert "147,455" in saved
    assert anna.get(PAGE + "history/?export=xlsx").content[:2] == b"PK"
    assert anna.get(PAGE + "history/?export=exe").status_code == 404


def test_the_history_of_a_strangers_meter_is_empty(cast: Cast, anna: Client, client: Client) -> None:
    cold, _ = meters(cast)
    live(cold, "141.000")
    client.force_login(cast.stranger.user)
    assert "141,000" not in client.get(f"{PAGE}history/?meter={cold.pk}").content.decode()


def test_the_first_page_takes_readings_while_the_window_is_open(
    cast: Cast, anna: Client, business_date: SetDate
) -> None:
    cold, hot = meters(cast)
    page = anna.get("/personal/").content.decode()
    form = page.split('class="home-readings"')[1].split("</form>")[0]
    assert f'action="{PAGE}"' in page
    assert f'name="meter_{cold.pk}"' in form
    assert f'name="meter_{hot.pk}"' in form
    assert f'data-previous="{cold.start_value:.3f}"' in form
    wrong = anna.post(PAGE, write(cast, "141,455", "много")).content.decode()
    assert 'value="много"' in wrong
    assert "Это не число" in wrong
    assert f'name="meter_{cold.pk}"' not in page.split("<main")[0]
    partly = anna.get("/personal/").content.decode()
    assert 'value="141,455"' in partly
    anna.post(PAGE, write(cast, "141,455", "83.210"))
    assert "home-readings" not in anna.get("/personal/").content.decode()
    business_date("2026-11-25")
    assert "home-readings" not in anna.get("/personal/").content.decode()

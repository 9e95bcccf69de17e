"""A resident is warned before it gets dear, with the sum at stake; a line explains itself."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from portal.accounts.models import Premises
from portal.billing import explain, selectors
from portal.billing.models import Charge
from portal.core.calendars import month_calendar
from portal.core.periods import Period
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast
from tests.portal.billing.month import APRIL, FEBRUARY, JANUARY, MARCH, close, read

pytestmark = pytest.mark.django_db


def _three_months_read(cast: Cast) -> tuple[Meter, Meter]:
    """Cold 6 m³ and hot 3 m³ in each of three months."""
    put_numbers()
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    for number, period in enumerate((JANUARY, FEBRUARY, MARCH), start=1):
        read(cold, f"{135.120 + 6 * number:.3f}", period.day(15))
        read(hot, f"{80 + 3 * number:.3f}", period.day(15))
        close(period)
    return cold, hot


def _warned(cast: Cast, today: dt.date) -> selectors.Warnings:
    meters = list(Meter.objects.filter(account=cast.anna.account))
    return selectors.account_warnings(cast.anna.account, meters=meters, today=today)


def test_months_without_readings(cast: Cast) -> None:
    """One of three months by the average; from July the norm: cold 8.662 for 6 m³, wastewater 14.836 for 9 m³."""
    _three_months_read(cast)
    close(APRIL)
    warned = _warned(cast, dt.date(2026, 5, 2)).no_readings
    extra = Decimal("421.58") - Decimal("292.02") + Decimal("609.02") - Decimal("369.45")
    assert {
        (warning.service, warning.missed, warning.limit, warning.norm_from, warning.extra) for warning in warned
    } == {
        ("cold_water", 1, 3, Period(2026, 7), extra),
        ("hot_water", 1, 3, Period(2026, 7), extra),
    }


def test_her_first_page_says_what_is_at_stake(cast: Cast, client: Client, business_date: SetDate) -> None:
    """The same sum as above, wastewater with it: 129.56 + 239.57."""
    _three_months_read(cast)
    close(APRIL)
    business_date("2026-05-02")
    client.force_login(cast.anna.user)
    page = client.get("/personal/").content.decode().replace("\u00a0", " ")
    assert "Холодное водоснабжение, горячее водоснабжение: 1 месяц из 3 без показаний" in page
    assert page.count("С июля считаем по нормативу: примерно на 369,13 ₽ в месяц дороже.") == 1


def test_no_warning_while_readings_come(cast: Cast) -> None:
    _three_months_read(cast)
    reminder = _warned(cast, dt.date(2026, 4, 2))
    assert (reminder.no_readings, reminder.verification) == ((), ())


def test_verification_expires(cast: Cast) -> None:
    """In twenty days; then three months by the average, then the norm × 1.5 for cold water; hot water goes on as ever.

    Cold 12.993 m³ for 6, wastewater 8.662 + 3 for 6 + 3: 632.37 − 292.02 + 478.73 − 369.45.
    """
    cold, _ = _three_months_read(cast)
    Meter.objects.filter(pk=cold.pk).update(verified_until=dt.date(2026, 4, 22))
    (warned,) = _warned(cast, dt.date(2026, 4, 2)).verification
    assert (warned.meter.pk, warned.days_left) == (cold.pk, 20)
    assert warned.norm_from == Period(2026, 8)
    assert warned.extra == Decimal("449.63")


def test_a_line_explains_itself(cast: Cast) -> None:
    _three_months_read(cast)
    line = Charge.objects.select_related("rate").get(
        account=cast.anna.account, period=FEBRUARY.first_day, service="cold_water"
    )
    with translation.override("ru"):
        said = [sentence.replace("\u00a0", " ") for sentence in explain.sentences(line)]
        source = str(ReadingSource.PHONE.label).lower()
    first = (
        "Счётчик № A-1001: показание 147,120 от 15 февраля 2026 (%s) минус 141,120 от 15 января 2026 (%s) — 6,000 м³."
    )
    assert said == [
        first % (source, source),
        "6,000 м³ × 48,67 ₽ = 292,02 ₽, округлено до копейки.",
        "Тариф действует с 1 января 2024: Распоряжение № 12.",
    ]


def test_what_the_coefficient_adds_is_money_and_not_water(cast: Cast) -> None:
    put_numbers()
    account = cast.boris.account
    Premises.objects.filter(pk=account.premises_id).update(meter_feasible=True)
    close(JANUARY)
    cold = selectors.consumption(account, until=JANUARY, months=1)["cold_water"][0]
    assert (cold.volume, cold.norm) == (Decimal("8.662"), Decimal("8.662"))
    assert cold.amount == Decimal("632.37")


def test_what_is_charged_without_a_reading_is_what_the_closing_charges(cast: Cast) -> None:
    """Shown on the form, then the month is closed without a reading: the same m³, for the average and for the norm."""
    _three_months_read(cast)
    shown = {}
    for period in (APRIL, APRIL.next, APRIL.shift(2), APRIL.shift(3)):
        cache.clear()
        for reading in selectors.without_readings(cast.anna.account, month_calendar(period)):
            shown[period.first_day, reading.service] = (reading.volume, reading.basis)
        close(period)
    charged = Charge.objects.filter(
        account=cast.anna.account, period__gte=APRIL.first_day, service__in=("cold_water", "hot_water")
    )
    assert shown == {(line.period, line.service): (line.volume, line.basis) for line in charged}
    assert {basis for _volume, basis in shown.values()} == {"average", "norm"}


def test_an_account_billed_from_this_month_is_told_before_its_first_closing(cast: Cast) -> None:
    """It was opened years before, but its earlier months were billed elsewhere."""
    put_numbers()
    account = cast.anna.account
    account.billed_from = APRIL.first_day
    account.save()
    shown = {
        reading.service: (reading.volume, reading.basis)
        for reading in selectors.without_readings(account, month_calendar(APRIL))
    }
    estimated = selectors.estimate(account, month_calendar(APRIL), known=())
    close(APRIL)
    charged = Charge.objects.filter(account=account, service__in=("cold_water", "hot_water"))
    assert shown == {line.service: (line.volume, line.basis) for line in charged} != {}
    assert estimated is not None


def test_a_reading_already_sent_does_not_change_what_is_charged_without_it(cast: Cast) -> None:
    cold, _ = _three_months_read(cast)
    before = selectors.without_readings(cast.anna.account, month_calendar(APRIL))
    cache.clear()
    read(cold, "190.000", APRIL.day(15))
    assert selectors.without_readings(cast.anna.account, month_calendar(APRIL)) == before


def test_the_form_shows_the_average_that_would_be_charged(cast: Cast, client: Client, business_date: SetDate) -> None:
    _three_months_read(cast)
    business_date("2026-04-16")
    client.force_login(cast.anna.user)
    page = client.get("/personal/readings/").content.decode().replace("\u00a0", " ")
    assert "Без показания посчитаем" in page
    assert page.count("средний за 3 месяца") == 1
    assert "6,000 м³" in page.split("Без показания посчитаем")[1]


def test_her_first_page_says_until_when_while_the_window_is_open(
    cast: Cast, client: Client, business_date: SetDate
) -> None:
    _three_months_read(cast)
    close(APRIL)
    client.force_login(cast.anna.user)
    business_date("2026-05-16")
    page = client.get("/personal/").content.decode().replace("\u00a0", " ")
    assert "Передайте показание до 20 мая." in page
    assert "ничего делать не нужно" not in page
    business_date("2026-05-25")
    page = client.get("/personal/").content.decode().replace("\u00a0", " ")
    assert "Передайте показание с 10 июня по 20 июня." in page
    assert "ничего делать не нужно" not in page

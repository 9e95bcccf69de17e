"""A line says why it is by the norm and not the average, how a volume was spread, and what a penalty is made of."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.utils import translation

from portal.accounts.models import Premises
from portal.billing import explain
from portal.billing.models import Charge
from portal.core.periods import Period
from portal.metering.models import Meter
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import APRIL, FEBRUARY, JANUARY, MARCH, close, read

pytestmark = pytest.mark.django_db


def said(charge: Charge) -> str:
    with translation.override("ru"):
        return " ".join(explain.sentences(charge)).replace("\u00a0", " ")


def cold(cast: Cast, period: Period, **more: object) -> Charge:
    lookup = {"account": cast.anna.account, "period": period.first_day, "service": "cold_water", "kind": "charge"}
    return Charge.objects.select_related("rate").get(**(lookup | more))


def read_for(cast: Cast, *periods: Period) -> Meter:
    put_numbers()
    meter = Meter.objects.get(account=cast.anna.account, service="cold_water")
    for number, period in enumerate(periods, start=1):
        read(meter, f"{135.120 + 6 * number:.3f}", period.day(15))
        close(period)
    return meter


def test_too_short_a_history(cast: Cast) -> None:
    read_for(cast, JANUARY, FEBRUARY)
    close(MARCH)
    assert "Для среднего нужны месяцы с показаниями: 3, а есть 2: поэтому норматив" in said(cold(cast, MARCH))


def test_the_fourth_month_in_a_row(cast: Cast) -> None:
    read_for(cast, JANUARY, FEBRUARY, MARCH)
    for later in range(4):
        close(APRIL.shift(later))
    third, fourth = said(cold(cast, APRIL.shift(2))), said(cold(cast, APRIL.shift(3)))
    assert "поэтому норматив" not in third
    assert "По среднему считают не больше 3 месяцев подряд, это 4-й месяц без учтённого объёма" in fourth


def test_no_meter_and_why_the_coefficient(cast: Cast) -> None:
    put_numbers()
    Premises.objects.filter(pk=cast.boris.account.premises_id).update(meter_feasible=True)
    close(JANUARY)
    words = said(cold(cast, JANUARY, account=cast.boris.account))
    assert "Счётчика этой услуги нет." in words
    assert "Коэффициент применён, потому что счётчик здесь поставить можно, а его нет" in words


def test_an_expired_verification_and_why_the_coefficient(cast: Cast) -> None:
    meter = read_for(cast, JANUARY, FEBRUARY)
    Meter.objects.filter(pk=meter.pk).update(verified_until=dt.date(2026, 3, 10))
    close(MARCH)
    words = said(cold(cast, MARCH))
    assert "Поверка счётчика № A-1001" in words
    assert "потому что показания счётчика не учитываются" in words


def test_the_days_of_a_spread_month_can_be_checked(cast: Cast) -> None:
    meter = read_for(cast, JANUARY, FEBRUARY, MARCH)
    close(APRIL)
    close(APRIL.next)
    read(meter, "171.120", APRIL.shift(2).day(15))
    close(APRIL.shift(2))
    corrected = Charge.objects.get(
        account=cast.anna.account, service="cold_water", kind="recalculation", for_period=APRIL.first_day
    )
    words = said(corrected)
    assert "18,000 × 30 ÷ 91 дней = 5,934 м³" in words
    own = said(cold(cast, APRIL.shift(2)))
    assert "разделён по дням этих месяцев, всего 91" in own
    assert "Последнему месяцу — остаток: 5,934 м³." in own or "Последнему месяцу — остаток: 5,933 м³." in own


def test_the_parts_of_a_penalty_add_up_and_the_cap_is_named(cast: Cast) -> None:
    read_for(cast, JANUARY, FEBRUARY, MARCH)
    for later in range(3):
        close(APRIL.shift(later))
    charge = Charge.objects.filter(account=cast.anna.account, kind="penalty").first()
    assert charge is not None
    words = said(charge)
    assert "Ключевая ставка 16,0 %, но взять можно не больше 9,5 %" in words
    printed = [Decimal(part.replace(",", ".")) for part in re.findall(r"годовых: ([\d,]+) ₽", words)]
    assert len(printed) == len(charge.explanation["parts"])
    assert round(sum(printed), 2) == charge.amount

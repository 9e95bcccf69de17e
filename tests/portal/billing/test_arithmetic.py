"""A line unfolds into a column that adds up on paper: the rows give the result, times the rate the sum."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from portal.accounts.models import Occupancy, Premises
from portal.billing.arithmetic import ArithmeticRow, column
from portal.billing.explain import sentences
from portal.billing.models import Charge
from portal.metering.models import Meter
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import APRIL, FEBRUARY, JANUARY, MARCH, close, read

pytestmark = pytest.mark.django_db
HALF_A_LITRE, HALF_A_KOPECK = Decimal("0.0005"), Decimal("0.005")


@pytest.fixture
def months(cast: Cast) -> Cast:
    """Anna reads three months (cold 6 m³, hot 3 m³) and forgets the fourth; Boris has no meter and could have one."""
    put_numbers()
    Premises.objects.filter(pk=cast.boris.account.premises_id).update(meter_feasible=True)
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    for number, period in enumerate((JANUARY, FEBRUARY, MARCH), start=1):
        read(cold, f"{135.120 + 6 * number:.3f}", period.day(15))
        read(hot, f"{80 + 3 * number:.3f}", period.day(15))
        close(period)
    close(APRIL)
    return cast


def _number(row: ArithmeticRow) -> Decimal:
    text = row.number.replace("\u00a0", "").replace("\u2212", "-").replace(",", ".")
    return Decimal(text.removesuffix("м³").removesuffix("₽"))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def _rows(charge: Charge) -> list[tuple[str, str, str]]:
    with translation.override("ru"):
        return [(row.sign, _plain(row.label), _plain(row.number)) for row in column(charge)]


def _line(account_id: int, period: dt.date, service: str) -> Charge:
    return Charge.objects.select_related("rate").get(account=account_id, period=period, service=service)


def test_a_reading_minus_the_one_before_times_the_rate(months: Cast) -> None:
    assert _rows(_line(months.anna.account.pk, FEBRUARY.first_day, "cold_water")) == [
        ("", "Показание 15 февраля 2026", "147,120 м³"),
        ("\u2212", "Показание 15 января 2026", "141,120 м³"),
        ("=", "Расход", "6,000 м³"),
        ("×", "Тариф с 1 января 2024", "48,67 ₽"),
        ("=", "Начислено", "292,02 ₽"),
    ]


def test_the_average_of_the_months_before(months: Cast) -> None:
    assert _rows(_line(months.anna.account.pk, APRIL.first_day, "cold_water"))[:3] == [
        ("", "3 месяца по счётчику вместе", "18,000 м³"),
        ("÷", "Число месяцев", "3"),
        ("=", "В среднем", "6,000 м³"),
    ]


def test_the_norm_with_its_coefficient(months: Cast) -> None:
    """4.331 × 2 × 1.5 = 12.993 m³ (Rules 354, cl. 42)."""
    assert _rows(_line(months.boris.account.pk, JANUARY.first_day, "cold_water"))[:4] == [
        ("", "Норматив на человека", "4,331 м³"),
        ("×", "Проживает, человек", "2"),
        ("×", "Повышающий коэффициент", "1,5"),
        ("=", "Объём", "12,993 м³"),
    ]


def test_the_norm_of_a_part_of_a_month_and_of_persons_that_came(cast: Cast) -> None:
    """4.331 × 2 × 15 ÷ 28 × 1.5 = 6.961; 4.331 × (2 × 10 + 3 × 21) ÷ 31 × 1.5 = 17.394 m³: rounded once, at the end."""
    put_numbers()
    account = cast.boris.account
    Premises.objects.filter(pk=account.premises_id).update(meter_feasible=True)
    account.services.filter(service="cold_water").update(since=FEBRUARY.day(14))
    Occupancy.objects.create(account=account, since=MARCH.day(11), registered=3, owners=1)
    for period in (JANUARY, FEBRUARY, MARCH):
        close(period)
    part = _line(account.pk, FEBRUARY.first_day, "cold_water")
    assert _rows(part)[:6] == [
        ("", "Норматив на человека", "4,331 м³"),
        ("×", "Проживает, человек", "2"),
        ("×", "Дней подачи, 14–28 число", "15"),
        ("÷", "Дней в месяце", "28"),
        ("×", "Повышающий коэффициент", "1,5"),
        ("=", "Объём", "6,961 м³"),
    ]
    came = _line(account.pk, MARCH.first_day, "cold_water")
    assert _rows(came)[1:3] == [("×", "Человеко-дней: 2 × 10 + 3 × 21", "83"), ("÷", "Дней в месяце", "31")]
    assert "× 2 человека × 15 ÷ 28 дней × 1,5 = 6,961 м³" in _sentences(part)
    assert "с 1 по 10 число 2 × 10 + с 11 по 31 число 3 × 21) ÷ 31 день × 1,5 = 17,394 м³" in _sentences(came)
    _require_columns_add_up()


def _sentences(charge: Charge) -> str:
    with translation.override("ru"):
        return _plain(" ".join(sentences(charge)))


def test_every_column_adds_up(months: Cast) -> None:
    """Worked with the shown numbers alone, each result is what stands under its line."""
    _require_columns_add_up()


def _require_columns_add_up() -> None:
    checked = 0
    for charge in Charge.objects.select_related("rate"):
        with translation.override("ru"):
            rows = column(charge)
        value = Decimal(0)
        for number, row in enumerate(rows):
            shown = _number(row)
            if row.is_result:
                allowed = HALF_A_KOPECK if number == len(rows) - 1 else HALF_A_LITRE
                assert abs(value - shown) <= allowed, (charge.explanation, rows)
                value, checked = shown, checked + 1
            elif row.sign == "×":
                value *= shown
            elif row.sign == "÷":
                value /= shown
            else:
                value += -shown if row.sign == "\u2212" else shown
    assert checked > Charge.objects.count()

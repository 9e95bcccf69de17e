"""A reading above what the meter can pass since the last one is refused, whichever way it comes.

Worked by hand: a meter of 15 mm passes 3.125 m³ an hour. From 15 October to 15 November 2026, both days counted whole,
are 32 days: 32 × 24 × 3.125 = 2,400 m³. Anna's cold meter showed 140 m³, so 2,540 is possible and 2,540.001 is not.
"""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts.models import ApiKey
from portal.accounts.services import api_keys
from portal.core import clock
from portal.core.clock import MOSCOW
from portal.exchange.bank_files.reported_readings import submit_reported_readings
from portal.exchange.readings import import_readings
from portal.metering.calculation import MAXIMUM_FLOW, possible_run
from portal.metering.commissioning import close
from portal.metering.enums import Flag, ReadingSource
from portal.metering.exceptions import AboveMaximumFlow, HighWithoutHistory
from portal.metering.models import Meter, MeteringSettings, MeterType, Reading
from portal.metering.services import submit_reading
from portal.payments.models import BankFileLine
from tests.conftest import SetDate
from tests.people import Cast, Clerk
from tests.portal.payments.test_readings_told_to_a_bank import taken

OCTOBER = dt.datetime(2026, 10, 15, 12, tzinfo=MOSCOW)
NOVEMBER = dt.datetime(2026, 11, 15, 12, tzinfo=MOSCOW)
TOO_MUCH, MOST = "2540.001", "2540"


@pytest.fixture
def cold(cast: Cast, business_date: SetDate) -> Meter:
    """Anna's cold meter of 15 mm, read on 15 October; her hot one is closed."""
    business_date("2026-11-15")
    small = MeterType.objects.create(name="Бетар СГВ-15")
    cold, hot = cast.anna.account.meters.order_by("service")
    Meter.objects.filter(pk=hot.pk).update(closed_on=dt.date(2026, 10, 1))
    Meter.objects.filter(pk=cold.pk).update(type=small)
    cold.refresh_from_db()
    submit_reading(meter=cold, value=Decimal(140), moment=OCTOBER, source=ReadingSource.PHONE)
    return cold


@pytest.mark.parametrize(("diameter", "days", "most"), [(15, 32, "2400"), (20, 32, "3840"), (100, 1, "4800")])
def test_what_a_diameter_passes(diameter: int, days: int, most: str) -> None:
    last = dt.date(2026, 10, 15) + dt.timedelta(days=days - 1)
    assert possible_run(MAXIMUM_FLOW[diameter], since=dt.date(2026, 10, 15), day=last) == Decimal(most)


def test_the_last_litre_that_is_possible_is_accepted_and_one_more_is_refused(cold: Meter) -> None:
    with pytest.raises(AboveMaximumFlow) as refusal:
        submit_reading(
            meter=cold, value=Decimal(TOO_MUCH), moment=NOVEMBER, source=ReadingSource.PHONE, confirmed_high=True
        )
    assert (refusal.value.volume, refusal.value.possible) == (Decimal("2400.001"), Decimal(2400))
    reading = submit_reading(
        meter=cold, value=Decimal(MOST), moment=NOVEMBER, source=ReadingSource.PHONE, confirmed_high=True
    )
    assert reading.flags == [Flag.HIGH]


def test_a_flow_of_the_type_goes_before_its_diameter_and_the_company_speaks_for_meters_without_a_type(
    cold: Meter,
) -> None:
    MeterType.objects.update(maximum_flow=1)  # 32 × 24 × 1 = 768
    with pytest.raises(AboveMaximumFlow):
        submit_reading(
            meter=Meter.objects.get(closed_on=None),
            value=Decimal("908.001"),
            moment=NOVEMBER,
            source=ReadingSource.FILE,
        )
    Meter.objects.update(type=None)
    submitted: dict[str, Any] = {"moment": NOVEMBER, "source": ReadingSource.FILE, "confirmed_high": True}
    with pytest.raises(AboveMaximumFlow):  # 5 m³ an hour without a type: 3,840
        submit_reading(meter=Meter.objects.get(closed_on=None), value=Decimal("3980.001"), **submitted)
    settings = MeteringSettings.load()
    settings.untyped_flow = Decimal(6)
    settings.save()
    submit_reading(meter=Meter.objects.get(closed_on=None), value=Decimal("3980.001"), **submitted)


def test_a_rollover_that_was_confirmed_by_mistake_is_refused_too(cold: Meter) -> None:
    with pytest.raises(AboveMaximumFlow):  # 14 instead of 141 would be 99,874 m³
        submit_reading(
            meter=cold, value=Decimal(14), moment=NOVEMBER, source=ReadingSource.PHONE, confirmed_rollover=True
        )


def test_the_resident_reads_how_much_is_possible(cold: Meter, cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    data = {f"meter_{cold.pk}": "2540,001", f"high_{cold.pk}": "on"}
    page = client.post("/personal/readings/", data).content.decode().replace("\u00a0", " ")
    assert "возможно не больше 2 400,000 м³" in page
    assert 'value="2540,001"' in page
    assert Reading.objects.count() == 1


def test_a_file_is_answered_by_its_row(cold: Meter) -> None:
    rows = "Лицевой счет;Номер счетчика;Показание;Дата\n0010001;A-1001;2540,001;15.11.2026\n"
    report = import_readings(rows.encode(), today=dt.date(2026, 11, 15))
    assert (report.imported, report.bad[0].number) == (0, 2)
    assert "не больше 2 400,000 м³" in report.bad[0].reason.replace("\u00a0", " ")


def test_a_bank_keeps_it_with_its_reason(cold: Meter) -> None:
    file = taken("12-11-2026;0010001;CounterVal_1:99999")
    submit_reported_readings(file_id=file.pk)
    assert "мог пропустить не больше" in BankFileLine.objects.get(file=file).reading_note


def test_a_program_gets_a_code(cold: Meter, cast: Cast) -> None:
    _key, secret = api_keys.make_key(user=cast.anna.user, name="test", moment=clock.real_now(), scopes=["readings"])
    program = Client(headers={"authorization": f"Bearer {secret}"})
    body = {"meter": cold.pk, "value": TOO_MUCH, "confirmed_high": True}
    address = f"/api/v1/accounts/{cast.anna.account.pk}/readings/"
    answer = program.post(address, json.dumps(body), content_type="application/json")
    assert answer.json()["code"] == "above_maximum_flow"
    assert ApiKey.objects.count() == 1
    assert Reading.objects.count() == 1


def test_an_engineer_enters_it_with_a_reason_and_a_dispatcher_does_not(
    cold: Meter, cast: Cast, clerk: Clerk, client: Client
) -> None:
    url = f"{reverse('office_readings')}?account={cast.anna.account.pk}"
    field = f"meter-{cold.pk}"
    form = {
        "source": "control",
        "taken_on": "2026-11-15",
        "report": "№ 9",
        f"{field}-value": "2600",
        f"{field}-confirmed_high": "on",
        f"{field}-flow_reason": "Прорыв за счётчиком, осмотрен",
    }
    clerk("office.enter_readings", "office.view_account_card", username="dispatcher")
    page = client.post(url, form).content.decode()
    assert "мог пропустить не больше" in page
    assert "flow_reason" not in page
    assert Reading.objects.count() == 1
    engineer = clerk("office.enter_readings", "office.review_readings", "office.view_account_card", username="engineer")
    assert "flow_reason" in client.post(url, form | {f"{field}-flow_reason": ""}).content.decode()
    client.post(url, form)
    reading = Reading.objects.get(value=2600)
    assert reading.flags == [Flag.FLOW, Flag.HIGH]
    assert reading.flow_reason == "Прорыв за счётчиком, осмотрен"
    noted = ModelLogEntry.objects.get(action="portal.decided")
    assert (noted.user, noted.data["after"]) == (engineer, "Прорыв за счётчиком, осмотрен")


def test_a_final_reading_is_held_to_the_same(cold: Meter) -> None:
    with pytest.raises(AboveMaximumFlow):
        close(meter=cold, on=dt.date(2026, 11, 15), value=Decimal(TOO_MUCH))
    assert close(meter=cold, on=dt.date(2026, 11, 15), value=Decimal(MOST)).closing_value == Decimal(MOST)


def test_a_thousand_in_a_first_month_is_asked_about_and_flagged(cold: Meter) -> None:
    """1,005 m³ where the meter has one point of history: no usual consumption says that it is much."""
    first: dict[str, Any] = {"meter": cold, "value": Decimal(1145), "moment": NOVEMBER}
    with pytest.raises(HighWithoutHistory):
        submit_reading(**first, source=ReadingSource.PHONE)
    assert submit_reading(**first, source=ReadingSource.FILE, confirmed_high=True).flags == [Flag.HIGH]


def test_a_flow_is_above_zero(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MeterType.objects.create(name="x", maximum_flow=0)

"""Readings that came with a payment through a bank are submitted once, or listed with the reason why not."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from portal.accounts.enums import Service
from portal.core import clock
from portal.exchange.bank_files import jobs, reported_readings
from portal.exchange.bank_files.reported_readings import submit_reported_readings
from portal.ledger.selectors import balance
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading
from portal.notifications.models import Message
from portal.payments.enums import ReportedReadingState
from portal.payments.models import BankFile, BankFileLine
from portal.payments.services.unknown_lines import settle_line
from tests.people import Cast, make_login, make_meter
from tests.portal.office.test_payments_screens import staff
from tests.portal.payments.test_import_bank_files import imported, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def meter(cast: Cast) -> Meter:
    return make_meter(cast.boris.account, Service.COLD_WATER, serial="B-1", start="100.000")


def taken(*rows: str) -> BankFile:
    """A bank file with readings, imported to its end: «day;account;fields of readings»."""
    lines = []
    for number, row in enumerate(rows):
        day, account, reading_state = row.split(";", 2)
        lines.append(f"{day};{number};10,00;ClientNo:{account};{reading_state}\r\n")
    file = imported(take("".join(lines).encode("cp1251"), code="sberbank-readings"))
    assert not submit_reported_readings(file_id=file.pk)
    return file


def test_a_reading_is_taken_once_as_of_the_day_of_the_payment(cast: Cast, meter: Meter) -> None:
    file = taken("12-11-2026;0010002;CounterVal_1:104,5;CounterVal_2:")
    reading = Reading.objects.get()
    assert (reading.meter, reading.value, reading.taken_on) == (meter, Decimal("104.500"), dt.date(2026, 11, 12))
    assert reading.source == ReadingSource.BANK
    assert str(reading.number) in file.lines.get().reading_note
    assert Message.objects.filter(user=cast.boris.user, kind="reading_accepted", channel="inbox").count() == 1
    BankFileLine.objects.update(reading_state=ReportedReadingState.WAITING)  # a job delivered twice
    submit_reported_readings(file_id=file.pk)
    assert (Reading.objects.count(), file.lines.get().reading_state) == (1, ReportedReadingState.TAKEN)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("12-11-2026;0010001;CounterVal_1:141", "подходят нескольким счётчикам"),
        ("12-11-2026;0010001;CounterVal_1:141;CounterVal_2:142", "подходят нескольким счётчикам"),
        ("12-11-2026;0010001;CounterVal_1:79;CounterVal_2:80", "Меньше прошлого"),
        ("12-11-2026;0010002;CounterVal_1:104;CounterVal_2:80", "Показаний: 2, счётчиков на счёте в этот день: 1"),
        ("12-11-2026;0010003;CounterVal_1:104", "счётчиков на счёте в этот день: 0"),
        ("12-11-2026;0010002;CounterVal_1:сто", "не показание"),
        ("12-11-2026;0010002;CounterVal_1:99,9", "Меньше прошлого"),
        ("12-11-2026;0010002;CounterVal_1:104,1234", "не больше трёх цифр"),
        ("08-11-2026;0010002;CounterVal_1:104", "приём был закрыт"),
        ("21-10-2026;0010002;CounterVal_1:104", "приём был закрыт"),
    ],
)
def test_what_is_not_taken_has_its_reason_and_the_money_is_credited(
    cast: Cast, meter: Meter, client: Client, row: str, words: str
) -> None:
    file = taken(row)
    line = file.lines.get()
    assert (line.reading_state, Reading.objects.exists()) == (ReportedReadingState.REFUSED, False)
    assert words in line.reading_note
    assert balance(line.account) == Decimal("-10.00")
    holders = line.account.holders.values("person__user")
    assert Message.objects.filter(user__in=holders, kind="bank_reading_rejected", channel="inbox").count() == 1
    client.force_login(staff("chief", "import_registry"))
    shown = client.get(f"/admin/office/payments/registries/{file.pk}/").content.decode()
    assert line.reading_note in shown


def test_two_values_find_their_meters_where_no_other_way_is_allowed(cast: Cast) -> None:
    Meter.objects.update(commissioned_on=dt.date(2026, 7, 15))
    cold, hot = Meter.objects.filter(account=cast.anna.account).order_by("service")
    for month, (mine, other) in enumerate((("141.000", "83.000"), ("147.000", "86.000"), ("153.000", "89.000")), 8):
        for meter, value in ((cold, mine), (hot, other)):
            day = clock.start_of(dt.date(2026, month, 15))
            submit_reading(meter=meter, value=Decimal(value), moment=day, confirmed_high=True)
    line = taken("12-11-2026;0010001;CounterVal_1:91,5;CounterVal_2:158").lines.get()
    assert line.reading_state == ReportedReadingState.TAKEN, line.reading_note
    readings = Reading.objects.filter(source=ReadingSource.BANK).values_list("meter", "value")
    assert set(readings) == {(hot.pk, Decimal("91.500")), (cold.pk, Decimal("158.000"))}
    assert Message.objects.filter(user=cast.anna.user, kind="reading_accepted", channel="inbox").count() == 2


def test_what_the_resident_sent_later_stays(cast: Cast, meter: Meter) -> None:
    submit_reading(meter=meter, value=Decimal("105.000"), moment=clock.start_of(dt.date(2026, 11, 14)))
    line = taken("12-11-2026;0010002;CounterVal_1:104").lines.get()
    assert "Уже принято показание 105,000" in line.reading_note.replace("\u00a0", " ")
    assert Reading.objects.get().value == Decimal("105.000")


def test_a_payment_that_found_its_account_later_brings_its_reading(cast: Cast, meter: Meter) -> None:
    file = taken("12-11-2026;777;CounterVal_1:104")
    assert not Reading.objects.exists()
    settle_line(
        line=file.lines.get(),
        account=cast.boris.account,
        by=make_login("clerk", staff=True),
        now=clock.now(),
        remember=False,
    )
    assert jobs.resume_bank_files() == 1
    assert Reading.objects.get().value == Decimal("104.000")
    assert jobs.resume_bank_files() == 0


def test_a_line_that_breaks_stops_no_other_and_is_tried_again(
    cast: Cast, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_meter(cast.anna.account, Service.COLD_WATER, serial="A-1", start="10.000")
    submit = reported_readings.submit_reading

    def broken_for_anna(**sent: Any) -> Reading:
        if sent["meter"].account_id == cast.anna.account.pk:
            raise OperationalError("the disk answers late")
        return submit(**sent)

    monkeypatch.setattr(reported_readings, "submit_reading", broken_for_anna)
    file = taken(
        f"12-11-2026;{cast.anna.account.number};CounterVal_1:14",
        f"12-11-2026;{cast.boris.account.number};CounterVal_1:105",
    )
    assert [line.reading_state for line in file.lines.order_by("number")] == [
        ReportedReadingState.WAITING,
        ReportedReadingState.TAKEN,
    ]
    monkeypatch.undo()
    jobs.resume_bank_files()
    assert not file.lines.filter(reading_state=ReportedReadingState.WAITING).exists()

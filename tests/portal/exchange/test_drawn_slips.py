"""Slips drawn at random over forms and files: none is booked unasked above the thresholds.

300 are drawn by default, SLIPS of them by the environment (`make slips`: 10,000); SLIPS_SEED draws others. What is
below the thresholds may be taken: it is small, shown with a note or flagged, and can be corrected.
"""

import datetime as dt
import random
import re
import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Service
from portal.accounts.models import Account, Occupancy
from portal.approvals.models import ApprovalSettings
from portal.core import clock
from portal.exchange.accounts import MANY_PERSONS, import_accounts
from portal.exchange.bank_files.services import take_bank_file
from portal.exchange.readings import import_readings
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.metering.models import Meter, Reading
from portal.payments.enums import FileState, PaymentChannel
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFileColumn, BankFileTemplate, Payment, PaymentSettings, Refund
from portal.payments.services.bank_files import begin_import, import_all
from portal.payments.services.recording import record_external_payment
from tests.people import Cast, Clerk, make_meter
from tests.portal.exchange.drawn_slips import share, slipped, slipped_row, undone
from tests.portal.payments.test_import_bank_files import sberbank

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 15)
IN_A_FILE = 20
MUCH_WATER = Decimal(100)
"""m³ of one meter in a month that must not come in without a flag or a question."""


def batches(name: str) -> list[int]:
    """Sizes of files: the share of a test, so many slips in each."""
    return [min(IN_A_FILE, share(name) - start) for start in range(0, share(name), IN_A_FILE)]


def as_csv(heading: list[str], rows: list[list[str]], delimiter: str) -> bytes:
    return "\n".join(delimiter.join(row) for row in [heading, *rows]).encode()


# Files of accounts

ACCOUNTS = ["Лицевой счет", "Фамилия", "Имя", "Улица", "Дом", "Квартира", "Прописано", "Открыт", "Долг"]


def test_accounts_from_a_file(cast: Cast, dice: random.Random) -> None:
    limit, known = PaymentSettings.load().ask_above, set(Account.objects.values_list("pk", flat=True))
    for size in batches("accounts"):
        rows: list[list[str]] = []
        for n in range(size):
            good = [f"002{n:04}", "Сидорова", "Ольга", "Новая", f"{n + 1}/2", "12", "2", "01.02.2020", "1240,50"]
            rows += slipped_row(dice, good)
        with undone():
            import_accounts(as_csv(ACCOUNTS, rows, dice.choice(";\t")), today=TODAY)
            for account in Account.objects.exclude(pk__in=known).select_related("premises__house"):
                written = (account.number, account.opened_on, account.premises.house.number)
                assert len(account.number) >= 7, written
                assert 1950 <= account.opened_on.year <= TODAY.year, written
                assert account.opened_on <= TODAY, written
                assert not re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", account.premises.house.number), written
            debts = Entry.objects.filter(kind=EntryKind.OPENING).values_list("account__number", "amount")
            assert all(abs(amount) <= limit for _, amount in debts), list(debts)
            assert not Occupancy.objects.filter(registered__gt=MANY_PERSONS).exists()


# Readings: files, the resident's form, the employee's form

READINGS = ["Лицевой счет", "Тип счетчика", "Номер счетчика", "Показание", "Дата"]


def give_history(meters: list[Meter]) -> None:
    """Readings of ten cubic metres a month for three months."""
    for month, used in ((8, 10), (9, 20), (10, 30)):
        moment = dt.datetime(2026, month, 20, 9, tzinfo=dt.UTC)
        Reading.objects.bulk_create(
            Reading(
                meter=meter, value=meter.start_value + used, taken_on=moment.date(), source="file", accepted_at=moment
            )
            for meter in meters
        )


@pytest.fixture
def meters(cast: Cast) -> list[Meter]:
    """Meters with three months of ten cubic metres each."""
    made = [
        make_meter(cast.boris.account, Service.COLD_WATER, serial=f"B-{n:05}", place=f"{n}") for n in range(IN_A_FILE)
    ]
    give_history(made)
    return made


def require_modest(before: int) -> None:
    """No unflagged reading of more water than is plausible, nor of a day that has not come."""
    for reading in Reading.objects.filter(pk__gt=before).select_related("meter"):
        known = Reading.objects.filter(meter=reading.meter, pk__lte=before).order_by("-taken_on").first()
        volume = reading.value - (known.value if known else reading.meter.start_value)
        assert volume <= MUCH_WATER or reading.flags, (reading.meter.serial_number, reading.value)
        assert reading.meter.commissioned_on <= reading.taken_on <= TODAY, reading.taken_on


def newest_reading() -> int:
    return Reading.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_readings_from_a_file(meters: list[Meter], dice: random.Random) -> None:
    before = newest_reading()
    good = [["0010002", "ХВС", meter.serial_number, "131,455", "12.11.2026"] for meter in meters]
    with undone():
        assert import_readings(as_csv(READINGS, good, ";"), today=TODAY).imported == len(meters)
    for size in batches("readings"):
        rows: list[list[str]] = []
        for meter in meters[:size]:
            rows += slipped_row(
                dice, ["0010002", "ХВС", meter.serial_number, "131,455", f"{dice.randint(10, 14)}.11.2026"]
            )
        with undone():
            import_readings(as_csv(READINGS, rows, dice.choice(";,\t")), today=TODAY)
            require_modest(before)


def test_readings_in_the_residents_form(
    cast: Cast, dice: random.Random, client: Client, business_date: Callable[[object], None]
) -> None:
    business_date(TODAY)
    client.force_login(cast.anna.user)
    meter = cast.anna.account.meters.get(serial_number="A-1001")
    give_history([meter])
    before = newest_reading()
    for _ in range(share("resident")):
        with undone():
            client.post("/personal/readings/", {f"meter_{meter.pk}": slipped(dice, "175,455")})
            require_modest(before)


def test_readings_in_the_employees_form(
    cast: Cast, dice: random.Random, clerk: Clerk, client: Client, business_date: Callable[[object], None]
) -> None:
    business_date(TODAY)
    clerk("office.enter_readings", "office.view_account_card")
    meter = cast.anna.account.meters.get(serial_number="A-1001")
    give_history([meter])
    before = newest_reading()
    url = reverse("office_readings") + f"?account={cast.anna.account.pk}"
    for _ in range(share("employee")):
        form = {"source": "phone", "taken_on": "12.11.2026", "report": "", f"meter-{meter.pk}-value": "175,455"}
        name = dice.choice(["taken_on", f"meter-{meter.pk}-value"])
        with undone():
            client.post(url, form | {name: slipped(dice, form[name])})
            require_modest(before)


# Registries


def credited(data: bytes, code: str) -> list[tuple[int, Decimal, dt.date | None]]:
    """Import a file as a command without options does, and what it credited."""
    template = BankFileTemplate.objects.get(code=code)
    try:
        file = take_bank_file(template=template, name="p", data=data, by=None, now=clock.now(), today=TODAY)
        if file.state == FileState.CHECKED:
            import_all(file_id=begin_import(file=file).pk, now=clock.now())
    except BankFileRefused:
        return []
    return list(Payment.objects.values_list("account_id", "amount", "paid_on"))


def require_plausible(payments: list[tuple[int, Decimal, dt.date | None]]) -> None:
    limit = PaymentSettings.load().ask_above
    for account, amount, day in payments:
        assert 0 < amount <= limit, (account, amount)
        assert day is not None, account
        assert TODAY - dt.timedelta(days=3 * 366) <= day <= TODAY, (account, day)


def test_registries_with_totals_credit_no_other_sum(cast: Cast, dice: random.Random) -> None:
    text = sberbank("0010001", "0010002", "0010001").decode("cp1251").rstrip()
    rows = [line.split(";") for line in text.split("\r\n")]
    with undone():
        assert len(credited(text.encode("cp1251"), "sberbank-13")) == 3
    for _ in range(share("registry")):
        place = dice.randrange(len(rows))
        slipped_file = [*rows[:place], *slipped_row(dice, rows[place]), *rows[place + 1 :]]
        with undone():
            payments = credited("\r\n".join(";".join(row) for row in slipped_file).encode("cp1251"), "sberbank-13")
            require_plausible(payments)
            assert sum(amount for _, amount, _ in payments) <= Decimal("2100.42"), slipped_file


def test_registries_without_totals_and_operations_credit_nothing_twice(cast: Cast, dice: random.Random) -> None:
    template = BankFileTemplate.objects.create(
        name="t", code="t", layout="table", date_format="%d.%m.%Y", decimal_sign=","
    )
    for field, heading in (("date", "Дата"), ("account", "Счёт"), ("amount", "Сумма")):
        BankFileColumn.objects.create(template=template, field=field, heading=heading)
    good = [["12.11.2026", "0010001", "700,14"], ["12.11.2026", "0010002", "1250,00"]]
    with undone():
        assert len(credited(as_csv(["Дата", "Счёт", "Сумма"], good, ";"), "t")) == 2
    for _ in range(share("table")):
        place = dice.randrange(len(good))
        rows = [*good[:place], *slipped_row(dice, good[place]), *good[place + 1 :]]
        with undone():
            payments = credited(as_csv(["Дата", "Счёт", "Сумма"], rows, ";"), "t")
            require_plausible(payments)
            assert len(payments) == len(set(payments)), rows


# Money by hand


def test_corrections_and_refunds(
    cast: Cast, dice: random.Random, clerk: Clerk, client: Client, business_date: Callable[[object], None]
) -> None:
    business_date(TODAY)
    clerk("office.book_correction", "office.view_account_card", "payments.make_refund", "payments.view_payment")
    limit = ApprovalSettings.load().second_person_above
    payment = record_external_payment(
        account=cast.anna.account, amount=Decimal("700.14"), paid_on=TODAY, channel=PaymentChannel.BANK, key="one"
    )
    for number in range(share("money")):
        form = {
            "account": "0010001",
            "amount": "-186,40",
            "for_period": "2026-09",
            "service": "",
            "reason": "Ошибка",
            "document": "№ 14",
            "confirmed": "on",
            "form_token": str(uuid.UUID(int=number)),
        }
        name = dice.choice(["account", "amount", "for_period"])
        with undone():
            client.post(reverse("office_correction"), form | {name: slipped(dice, form[name])})
            booked = Entry.objects.filter(kind=EntryKind.CORRECTION).values_list("amount", "period")
            assert all(abs(amount) <= limit for amount, _ in booked), list(booked)
            opened = dt.date(2024, 1, 1)
            assert all(month is not None and opened <= month <= TODAY for _, month in booked), list(booked)
            refund = {"amount": slipped(dice, "100,00"), "reason": "Переплата", "form_token": form["form_token"]}
            client.post(reverse("office_refund_new", args=[payment.pk]), refund)
            assert all(0 < row.amount <= Decimal("700.14") for row in Refund.objects.all()), refund

"""A row of each kind of file: what it makes, and the reason in words of each row that is not taken."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from portal.accounts.enums import PremisesKind, Service
from portal.accounts.models import Account, Premises
from portal.exchange.balances import login_of, take_balances
from portal.exchange.enums import Subject
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.reports import ImportReport, begin_report
from portal.exchange.rows import RowContext
from portal.exchange.tables import read_table
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.metering.models import Meter, Reading
from tests.people import Cast, make_account, make_cast, make_meter
from tests.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 25)
METERS = {
    "Лицевой счет": "0010002",
    "Тип счетчика": "ХВС",
    "Номер счетчика": "M-1",
    "Показание 1": "12,5",
    "Дата ввода в эксплуатацию": "01.03.2025",
    "Дата следующей поверки": "01.03.2031",
}
READINGS = {
    "Лицевой счет": "0010001",
    "Тип счетчика": "ХВС",
    "Номер счетчика": "A-1001",
    "Показание": "141,455",
    "Показание 2": "",
    "Дата": "12.11.2026",
}
PREMISES = {"Тип улицы": "", "Улица": "Речная", "Дом": "4", "Квартира": "117", "Площадь": "48,6"}
ACCOUNTS = {
    "Лицевой счет": "0020001",
    "Фамилия": "Сидорова",
    "Имя": "Ольга",
    "Улица": "Речная",
    "Дом": "4",
    "Квартира": "112",
    "Открыт": "01.02.2020",
    "Услуги": "",
    "Площадь": "",
    "Телефон": "",
    "Почта": "",
    "ЕЛС": "",
    "Долг": "",
}


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The cast, written once."""
    with shared_rows(django_db_blocker, make_cast) as cast:
        yield cast


def take(subject: Subject, *rows: dict[str, str], accept: bool = False, books_debts: bool = True) -> ImportReport:
    """The report on such rows, each by its headings."""
    spec = SUBJECTS[subject]
    lines = [list(rows[0]), *([row[heading] for heading in rows[0]] for row in rows)]
    data = "\n".join(";".join(line) for line in lines).encode()
    report = begin_report(read_table(data, columns=spec.columns, required=spec.required), dry_run=False)
    spec.take(report, RowContext(TODAY, accept_asked=accept, books_debts=books_debts))
    return report


def reasons(report: ImportReport) -> list[str]:
    """Why rows were refused or are asked about."""
    return [row.reason for row in report.not_taken()]


def notes(report: ImportReport) -> str:
    """What is said of rows that were taken."""
    return " ".join(row.reason for row in report.notes).replace("\u00a0", " ")


def only_reason(report: ImportReport) -> str:
    """Why the only row was refused; spaces in it are plain."""
    (reason,) = reasons(report)
    assert report.imported == 0
    return reason.replace("\u00a0", " ")


# Balances.


def balances(*rows: tuple[str, str], accept: bool = False) -> ImportReport:
    """The report on balances of such accounts."""
    return take(
        Subject.BALANCES, *({"Лицевой счет": number, "Остаток": amount} for number, amount in rows), accept=accept
    )


@pytest.mark.parametrize(
    ("written", "booked"),
    [("1240,50", "1240.50"), ("-300", "-300.00"), ("1 000,1", "1000.10"), ("0,01", "0.01"), ("0", "0"), ("0,00", "0")],
)
def test_a_balance_is_booked_as_it_is_written(people: Cast, written: str, booked: str) -> None:
    report = balances(("10001", written))
    assert reasons(report) == []
    assert balance(people.anna.account) == Decimal(booked)
    assert Entry.objects.count() == (Decimal(booked) != 0)


@pytest.mark.parametrize(
    ("number", "amount", "words"),
    [
        ("0010001", "", "нет суммы"),
        ("0010001", "сто", "не число"),
        ("0010001", "1,005", "не целое число копеек"),
        ("0010001", "100000000", "99 999 999,99"),
        ("777", "5", "счёта нет"),
        ("1,23457E+15", "5", "потеряла"),
    ],
)
def test_a_balance_that_is_not_booked_says_why(people: Cast, number: str, amount: str, words: str) -> None:
    assert words in only_reason(balances((number, amount))).lower()
    assert not Entry.objects.exists()


def test_a_balance_that_stands_is_repeated_and_another_sum_names_it(people: Cast) -> None:
    balances(("0010001", "1240,50"))
    again = balances(("10001", "1240,50"))
    assert (again.imported, again.repeated, reasons(again)) == (0, 1, [])
    other = only_reason(balances(("0010001", "1240,51")))
    assert "1 240,50" in other
    assert balance(people.anna.account) == Decimal("1240.50")


def test_two_rows_of_an_account_name_each_other_and_others_are_booked(people: Cast) -> None:
    report = balances(("0010001", "100"), ("0010002", "200"), ("10001", "100"))
    assert report.imported == 1
    assert ["строке 4" in reasons(report)[0], "строке 2" in reasons(report)[1]] == [True, True]
    assert balance(people.boris.account) == Decimal("200.00")


def test_a_large_balance_is_asked_about_whatever_its_sign(people: Cast) -> None:
    rows = ("0010001", "100000,01"), ("0010002", "-99999999,99"), ("0010003", "5")
    asked = balances(*rows)
    assert ([row.number for row in asked.asked], asked.imported) == ([2, 3], 1)
    assert balances(*rows, accept=True).imported == 2
    assert balance(people.boris.account) == Decimal("-99999999.99")


def test_the_ledger_names_both_people_of_a_balance(people: Cast) -> None:
    spec = SUBJECTS[Subject.BALANCES]
    table = read_table("Лицевой счет;Остаток\n0010001;5".encode(), columns=spec.columns, required=spec.required)
    report = begin_report(table, dry_run=False)
    take_balances(report, RowContext(TODAY), made_by=login_of(people.anna.user), approved_by=login_of(None))
    entry = Entry.objects.get()
    assert (entry.made_by, entry.approved_by, entry.effective_on) == ("anna", "", TODAY)
    assert report.outcomes[2].made == {"amount": "5", "entry": entry.key}


# Meters.


def meter(**changes: str) -> ImportReport:
    """The report on a meter; `changes` by heading."""
    return take(Subject.METERS, METERS | changes)


def test_a_meter_stands_with_all_that_its_row_tells(people: Cast) -> None:
    more = {"Место": "Кухня", "Номер пломбы": "0012345", "Дата установки": "27.02.2025", "Разрядность": "7"}
    report = meter(**more)
    assert reasons(report) == []
    made = Meter.objects.get(serial_number="M-1")
    assert (made.account, made.service, made.start_value) == (people.boris.account, "cold_water", Decimal("12.500"))
    assert (made.commissioned_on, made.verified_until) == (dt.date(2025, 3, 1), dt.date(2031, 3, 1))
    assert (made.place, made.seal_number, made.digits) == ("Кухня", "0012345", 7)
    assert made.mounted_on == dt.date(2025, 2, 27)
    assert report.outcomes[2].made == {"meter": made.pk}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Лицевой счет": "777"}, "счёта нет"),
        ({"Номер счетчика": ""}, "номера счётчика"),
        ({"Номер счетчика": "12.05.2026"}, "сделала из него дату"),
        ({"Тип счетчика": "нефть"}, "тип счётчика"),
        ({"Тип счетчика": "водоотведение"}, "тип счётчика"),
        ({"Показание 1": "много"}, "не число"),
        ({"Показание 1": "-1"}, "не бывает меньше нуля"),
        ({"Показание 1": "999999999"}, "у счётчика их 5 до запятой"),
        ({"Дата ввода в эксплуатацию": ""}, "не дата"),
        ({"Дата ввода в эксплуатацию": "26.11.2026"}, "ещё не наступил"),
        ({"Дата ввода в эксплуатацию": "31.12.2023"}, "1 января 2024"),
        ({"Дата следующей поверки": "01.03.1931"}, "год неправдоподобен"),
        ({"Дата следующей поверки": "28.02.2025"}, "поверка закончилась"),
        ({"Дата поверки": "02.03.2031"}, "перепутаны"),
        ({"Разрядность": "5,5"}, "не целое число"),
        ({"Разрядность": "9"}, "не больше 8"),
        ({"Номер счетчика": "a-1001", "Лицевой счет": "0010002"}, "с таким номером уже есть"),
    ],
)
def test_a_meter_that_is_not_taken_says_why(people: Cast, changes: dict[str, str], words: str) -> None:
    before = Meter.objects.count()
    reason = only_reason(meter(**changes))
    assert words in reason.lower()
    assert Meter.objects.count() == before


def test_a_meter_that_stands_is_repeated_however_its_number_is_written(people: Cast) -> None:
    report = meter(**{"Лицевой счет": "10001", "Номер счетчика": "a-1001"})
    assert (report.imported, report.repeated, reasons(report)) == (0, 1, [])


def test_one_number_may_belong_to_meters_of_two_services(people: Cast) -> None:
    report = meter(**{"Тип счетчика": "ГВС", "Номер счетчика": "A-1001"})
    assert (report.imported, reasons(report)) == (1, [])


def test_a_meter_whose_verification_has_ended_since_is_taken_and_told(people: Cast) -> None:
    report = meter(**{"Дата следующей поверки": "24.11.2026"})
    assert report.imported == 1
    assert "24 ноября 2026" in notes(report)
    assert notes(meter(**{"Номер счетчика": "M-2", "Дата следующей поверки": "25.11.2026"})) == ""


# Readings.


def reading(**changes: str) -> ImportReport:
    """The report on a reading; `changes` by heading."""
    return take(Subject.READINGS, READINGS | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Показание": ""}, "нет показания"),
        ({"Показание 2": "5"}, "одно показание"),
        ({"Дата": "26.11.2026"}, "ещё не наступил"),
        ({"Дата": "31.12.2023"}, "ещё не был введён"),
        ({"Номер счетчика": ""}, "номера счётчика"),
        ({"Номер счетчика": "A-9"}, "счётчика с таким номером"),
        ({"Номер счетчика": "1001"}, "счётчика с таким номером"),
        ({"Тип счетчика": "ГВС"}, "счётчика с таким номером"),
        ({"Тип счетчика": "свет"}, "тип счётчика"),
        ({"Лицевой счет": "0010002"}, "счётчика с таким номером"),
        ({"Лицевой счет": "777"}, "счёта нет"),
        ({"Показание": "135,119"}, "135,12"),
        ({"Показание": "141,4555"}, "не больше трёх цифр"),
        ({"Показание": "-1"}, "не бывает меньше нуля"),
        ({"Показание": "999999"}, "у счётчика их 5 до запятой"),
    ],
)
def test_a_reading_that_is_not_taken_says_why(people: Cast, changes: dict[str, str], words: str) -> None:
    reason = only_reason(reading(**changes))
    assert words in reason.lower()
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"Показание 2": "0"},
        {"Тип счетчика": ""},
        {"Лицевой счет": "", "Номер счетчика": "a-1001"},
        {"Номер счетчика": "000A-1001"},
        {"Показание": "135,12"},
        {"Тип счетчика": "Холодное водоснабжение"},
    ],
)
def test_a_reading_finds_its_meter_by_less_than_all(people: Cast, changes: dict[str, str]) -> None:
    report = reading(**changes)
    assert (report.imported, reasons(report)) == (1, [])
    assert Reading.objects.get().meter.serial_number == "A-1001"


def test_a_number_of_two_meters_needs_the_account(people: Cast) -> None:
    make_meter(people.boris.account, Service.COLD_WATER, serial="00A-1001")
    assert "несколько" in only_reason(reading(**{"Лицевой счет": ""})).lower()
    assert reading().imported == 1


def test_two_values_of_a_meter_and_day_name_each_other_and_the_same_value_is_a_repeat(people: Cast) -> None:
    other = take(Subject.READINGS, READINGS, READINGS | {"Показание": "142"})
    assert other.imported == 0
    assert ["строке 3" in reasons(other)[0], "строке 2" in reasons(other)[1]] == [True, True]
    same = take(Subject.READINGS, READINGS, READINGS | {"Показание": "141,4550"})
    assert (same.imported, same.repeated) == (1, 1)


# Premises and accounts.


@pytest.mark.parametrize(
    ("written", "kind"),
    [("", "street"), ("улица", "street"), ("Ул.", "street"), ("ПРОСПЕКТ", "avenue"), ("бульвар", "boulevard")],
)
def test_kinds_of_streets_are_known_long_and_short(people: Cast, written: str, kind: str) -> None:
    report = take(Subject.PREMISES, PREMISES | {"Тип улицы": written, "Улица": "Дальняя"})
    assert reasons(report) == []
    assert Premises.objects.latest("pk").house.street.kind == kind


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Тип улицы": "тропа"}, "тропа"),
        ({"Улица": ""}, "улица и дом"),
        ({"Дом": ""}, "улица и дом"),
        ({"Дом": "12.05.2026"}, "сделала из него дату"),
        ({"Квартира": "1,5E+20"}, "потеряла"),
        ({"Площадь": "много"}, "не число"),
        ({"Площадь": "-1"}, "площадь не больше нуля"),
        ({"Площадь": "0"}, "площадь не больше нуля"),
    ],
)
def test_an_address_that_is_not_made_says_why(people: Cast, changes: dict[str, str], words: str) -> None:
    before = Premises.objects.count()
    reason = only_reason(take(Subject.PREMISES, PREMISES | changes))
    assert words in reason.lower()
    assert Premises.objects.count() == before


def test_an_address_tells_what_of_it_is_new(people: Cast) -> None:
    report = take(Subject.PREMISES, PREMISES, PREMISES | {"Дом": "6"}, PREMISES | {"Улица": "Дальняя"}, PREMISES)
    assert [sorted(outcome.made) for outcome in report.outcomes.values()][:3] == [
        ["premises"],
        ["house", "premises"],
        ["house", "premises", "street"],
    ]
    assert Premises.objects.filter(number="117", house__number="4", house__street__name="Речная").count() == 1


def test_an_address_without_a_flat_is_a_private_house(people: Cast) -> None:
    take(Subject.PREMISES, PREMISES | {"Дом": "8", "Квартира": ""})
    assert Premises.objects.get(house__number="8").kind == PremisesKind.HOUSE


def account(changes: dict[str, str], *, accept: bool = False, books_debts: bool = True) -> ImportReport:
    """The report on an account; `changes` by heading."""
    return take(Subject.ACCOUNTS, ACCOUNTS | changes, accept=accept, books_debts=books_debts)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Открыт": ""}, "нет даты открытия"),
        ({"Открыт": "26.11.2026"}, "ещё не наступил"),
        ({"Услуги": "ХВС, нефть"}, "нефть"),
        ({"Почта": "не почта"}, "«не почта»"),
        ({"Фамилия": ""}, "фамилия «»"),
        ({"Долг": "1,005"}, "не целое число копеек"),
        ({"Лицевой счет": "0010001"}, "другому адресу"),
        ({"Лицевой счет": "01.02.2020"}, "сделала из него дату"),
    ],
)
def test_an_account_that_is_not_made_says_why_and_leaves_no_address(
    people: Cast, changes: dict[str, str], words: str
) -> None:
    before = Account.objects.count(), Premises.objects.count()
    assert words in only_reason(account(changes)).lower()
    assert (Account.objects.count(), Premises.objects.count()) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Лицевой счет": "20001"}, "0020001"),
        ({"Площадь": "4860"}, "4 860"),
        ({"Телефон": "12"}, "12:"),
        ({"Долг": "-100000,01"}, "100 000,01"),
        ({"Улица": "Речьная"}, "Речная"),
    ],
)
def test_an_account_that_looks_like_a_slip_is_asked_about(people: Cast, changes: dict[str, str], words: str) -> None:
    report = account(changes)
    assert (len(report.asked), report.bad) == (1, [])
    assert words in only_reason(report)
    assert account(changes, accept=True).imported == 1


@pytest.mark.parametrize(
    ("written", "services"),
    [
        ("", {"cold_water", "wastewater"}),
        ("ХВС", {"cold_water"}),
        ("ХВС; ГВС", {"cold_water", "hot_water"}),
        ("хвс, ХВС ,", {"cold_water"}),
    ],
)
def test_services_are_read_by_their_usual_names(people: Cast, written: str, services: set[str]) -> None:
    quoted = f'"{written}"'
    assert account({"Услуги": quoted}).imported == 1
    assert set(Account.objects.latest("pk").services.values_list("service", flat=True)) == services


def test_a_debt_that_is_not_booked_goes_to_an_import_of_balances(people: Cast) -> None:
    report = account({"Долг": "1240,50"}, books_debts=False)
    made = Account.objects.get(number="0020001")
    assert balance(made) == 0
    assert (report.outcomes[2].made["debt"], "1 240,50" in notes(report)) == ("1240.50", True)


def test_the_number_with_most_zeros_in_a_file_is_the_accounts(people: Cast) -> None:
    report = take(Subject.ACCOUNTS, ACCOUNTS | {"Лицевой счет": "20001"}, ACCOUNTS)
    assert (report.imported, report.repeated, reasons(report)) == (1, 1, [])
    assert Account.objects.filter(number="0020001").exists()
    assert not Account.objects.filter(number="20001").exists()


def test_numbers_that_differ_in_zeros_alone_are_named(people: Cast) -> None:
    make_account("10001", flat="40")
    assert "0010001, 10001" in only_reason(account({"Лицевой счет": "010001"}))

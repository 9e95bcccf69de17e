"""Slips that spreadsheets and people make in files of readings and accounts: each is refused, asked about or told."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from portal.accounts.models import Account, Occupancy
from portal.billing.loading.facts import open_accounts
from portal.billing.models import PeriodRun
from portal.core.periods import Period
from portal.exchange.accounts import import_accounts
from portal.exchange.readings import import_readings
from portal.exchange.reports import ImportReport
from portal.exchange.tables import TableRefused
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.metering.models import Reading
from tests.people import Cast
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 25)
HEADING = ["Лицевой счет", "Фамилия", "Имя", "Улица", "Дом", "Квартира", "Прописано", "Открыт", "Долг"]
GOOD = ["0020001", "Сидорова", "Ольга", "Новая", "5", "12", "2", "01.02.2020", "1240,50"]


def accounts(*rows: list[object], accept: bool = False, heading: list[str] | None = None) -> ImportReport:
    return import_accounts(workbook([heading or HEADING, *rows]), today=TODAY, accept_asked=accept)


def changed(column: str, value: object) -> list[object]:
    return [value if name == column else text for name, text in zip(HEADING, GOOD, strict=True)]


def readings(text: str, *, accept: bool = False) -> ImportReport:
    return import_readings(text.encode(), today=TODAY, accept_asked=accept)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Долг", "99999999999999", "Долг «99999999999999»: больше возможного (не больше 99 999 999,99)"),
        ("Долг", "100.555", "Долг «100.555»: не целое число копеек"),
        ("Прописано", "99999999999", "Прописано «99999999999»: больше возможного"),
        ("Прописано", "-2", "Прописано «-2»: меньше нуля"),
        ("Прописано", "1,5", "Прописано «1,5»: не целое число"),
        ("Прописано", "двое", "Прописано «двое»: не число"),
        ("Открыт", "01.02.0020", "Открыт «01.02.0020»: год неправдоподобен"),
        ("Открыт", "32.02.2020", "Открыт «32.02.2020»: не дата"),
        ("Дом", dt.datetime(2026, 4, 2), "имелось в виду: 2/4, 4/2?"),
        ("Дом", "апр.26", "Дом «апр.26»: таблица сделала из него дату"),
        ("Квартира", "2026-04-02 00:00:00", "Квартира «2026-04-02 00:00:00»: таблица сделала из него дату"),
        ("Лицевой счет", "1,00E+09", "Лицевой счет «1,00E+09»: таблица потеряла"),
        ("Лицевой счет", "12", "Лицевой счет «12»"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_column_and_value(cast: Cast, column: str, value: object, words: str) -> None:
    report = accounts(changed(column, value))
    assert [bad.number for bad in report.bad] == [2]
    assert words in report.bad[0].reason.replace("\u00a0", " ")
    assert not Account.objects.filter(premises__house__street__name="Новая").exists()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("Долг", "124050,50", "Долг 124 050,50 ₽: верно ли это?"),
        ("Прописано", "22", "22 человек"),
        ("Лицевой счет", 20001, "короче всех остальных: потеряны ноли в начале, имеется в виду 0020001?"),
    ],
)
def test_what_looks_like_a_slip_is_asked_about_and_taken_when_accepted(
    cast: Cast, column: str, value: object, words: str
) -> None:
    report = accounts(changed(column, value))
    assert (report.imported, report.bad) == (0, [])
    assert words in report.asked[0].reason.replace("\u00a0", " ")
    assert not Account.objects.filter(number__endswith="20001").exists()
    accepted = accounts(changed(column, value), accept=True)
    assert (accepted.imported, accepted.asked) == (1, [])
    assert words in accepted.notes[0].reason.replace("\u00a0", " ")


def test_a_street_that_is_called_by_a_date_is_a_street(cast: Cast) -> None:
    report = accounts(changed("Улица", "1 Мая"), [*changed("Лицевой счет", "0020002")[:5], "13", *GOOD[6:]])
    assert (report.imported, report.bad) == (2, [])


def test_an_account_opened_before_closed_months_is_billed_from_the_first_open_one(cast: Cast) -> None:
    PeriodRun.objects.create(
        period=dt.date(2026, 10, 1),
        closing_day=dt.date(2026, 11, 1),
        status="done",
        started_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )
    report = accounts(GOOD)
    account = Account.objects.get(number="0020001")
    assert (account.opened_on, account.billed_from) == (dt.date(2020, 2, 1), dt.date(2026, 11, 1))
    assert "счета выставляются с 1 ноября 2026" in report.notes[0].reason.replace("\u00a0", " ")
    assert account not in open_accounts(Period.of(dt.date(2026, 10, 1)))
    assert account in open_accounts(Period.of(dt.date(2026, 11, 1)))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_spellings_of_one_account_in_a_file_are_one_account(cast: Cast, order: tuple[int, ...]) -> None:
    spellings = ["30001", "00030001", "0000030001"]
    report = accounts(*[changed("Лицевой счет", spellings[place]) for place in order], accept=True)
    assert (report.imported, report.repeated, report.bad) == (1, 2, [])
    assert Account.objects.filter(number__endswith="30001").get().number == "0000030001"
    lines = [
        f"{number};ХВС;A-1001;{140 + place};{12 + place}.11.2026" for place, number in enumerate(("10001", "00010001"))
    ]
    taken = readings("\n".join(["Лицевой счет;Тип счетчика;Номер счетчика;Показание;Дата", *lines]))
    assert (taken.imported, taken.bad) == (2, [])


def test_a_repeated_account_with_another_debt_is_told(cast: Cast) -> None:
    accounts(GOOD)
    report = accounts(changed("Долг", "999,00"))
    assert report.repeated == 1
    assert "долг 1 240,50 ₽; 999,00 ₽ из этой строки не внесено" in report.notes[0].reason.replace("\u00a0", " ")
    assert balance(Account.objects.get(number="0020001")) == Decimal("1240.50")


COMMA = "Лицевой счет,Номер счетчика,Показание\n0010001,A-1001,105,5\n0010001,A-1002,83\n"


def test_an_unquoted_comma_makes_a_row_too_long_and_is_refused(cast: Cast) -> None:
    report = readings(COMMA)
    assert [(bad.number, "больше значений, чем столбцов" in bad.reason) for bad in report.bad] == [(2, True)]
    assert report.imported == 1


def test_headings_over_two_merged_rows_keep_the_date(cast: Cast) -> None:
    data = workbook(
        [
            ["Показания за ноябрь"],
            ["Лицевой счет", "Счетчик", None, None, "Дата показания"],
            [None, "Тип счетчика", "Номер счетчика", "Показание", None],
            [10001, "ХВС", "A-1001", 141.455, dt.datetime(2026, 11, 12)],
        ]
    )
    report = import_readings(data, today=TODAY)
    assert (report.imported, report.bad) == (1, [])
    assert Reading.objects.get().taken_on == dt.date(2026, 11, 12)
    assert any("двух строках" in remark for remark in report.remarks)


def test_two_values_of_one_meter_and_day_refuse_both(cast: Cast) -> None:
    text = "Номер счетчика;Показание;Дата\nA-1001;141;12.11.2026\nA-1001;149;12.11.2026\nA-1002;83;12.11.2026\n"
    report = readings(text)
    assert [bad.number for bad in report.bad] == [2, 3]
    assert "в строке 3" in report.bad[0].reason
    assert report.imported == 1


def test_two_columns_of_one_name_are_told_where_they_differ(cast: Cast) -> None:
    text = "Номер счетчика;Показание;Показание;Дата\nA-1001;141;149;12.11.2026\nA-1002;83;;12.11.2026\n"
    report = readings(text)
    assert [(bad.number, "141 / 149" in bad.reason) for bad in report.bad] == [(2, True)]
    assert report.imported == 1


def test_a_row_without_its_date_and_columns_that_are_not_read_are_told(cast: Cast) -> None:
    report = readings("Номер счетчика;Показание;Дата;Примечание\nA-1001;141;;новый\n")
    assert (report.imported, report.remarks) == (1, ["Столбцы, которые не читаются: Примечание."])
    assert "Даты в строке нет" in report.notes[0].reason
    without = readings("Номер счетчика;Показание\nA-1002;83\n")
    assert "нет столбца «Дата передачи показаний»" in without.remarks[0]


def test_another_reading_of_the_day_is_replaced_only_when_somebody_says_so(cast: Cast) -> None:
    readings("Номер счетчика;Показание;Дата\nA-1001;141;12.11.2026\n")
    again = "Номер счетчика;Показание;Дата\nA-1001;142;12.11.2026\n"
    report = readings(again)
    assert (report.imported, len(report.asked)) == (0, 1)
    assert Reading.objects.get().value == 141
    assert readings(again, accept=True).imported == 1


TABLE = "Номер счетчика;Показание;Дата\nA-1001;141,455;12.11.2026\n"


@pytest.mark.parametrize(
    "data",
    [
        f"Показания, ноябрь, 2026, ул. Речная, 4\n{TABLE}".encode(),
        TABLE.encode("cp866"),
        TABLE.encode("koi8-r"),
        TABLE.encode("utf-16"),
        TABLE.replace(";", "|").encode(),
        workbook([["Справка"]], [["Номер счетчика", "Показание", "Дата"], ["A-1001", "141,455", "12.11.2026"]]),
    ],
    ids=["title with commas", "cp866", "koi8-r", "utf-16", "bars", "second sheet"],
)
def test_a_table_is_found_whatever_its_encoding_separator_and_sheet(cast: Cast, data: bytes) -> None:
    report = import_readings(data, today=TODAY)
    assert (report.imported, report.bad) == (1, [])


def test_a_file_without_its_columns_names_those_that_were_found(cast: Cast) -> None:
    with pytest.raises(TableRefused) as refused:
        readings("Лицевой счет;Показание\n0010001;141\n")
    assert (refused.value.detail, refused.value.headings) == (
        "Номер счетчика, Показание 1",
        "Лицевой счет, Показание 1",
    )


def test_the_database_itself_bounds_debts_and_persons(cast: Cast) -> None:
    entry = NewEntry(
        account_id=cast.anna.account.pk,
        kind=EntryKind.OPENING,
        amount=Decimal(99999999999999),
        effective_on=TODAY,
        key="opening:x",
        source="opening",
    )
    with pytest.raises(DatabaseError), transaction.atomic():  # PostgreSQL refuses the number, SQLite the constraint
        post_entry(entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        Occupancy.objects.create(account=cast.anna.account, since=TODAY, registered=1001)
    assert not Entry.objects.exists()


def test_the_command_names_questions_and_takes_them_with_its_option(cast: Cast, tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "accounts.xlsx"
    path.write_bytes(workbook([HEADING, changed("Долг", "124050,50")]))
    call_command("import_accounts", str(path))
    heard = capsys.readouterr()
    assert "asked: Долг 124" in heard.err
    assert "1 to be decided" in heard.out
    call_command("import_accounts", str(path), "--accept-asked")
    assert "took 1 of 1" in capsys.readouterr().out


def test_a_street_like_one_that_stands_a_strange_phone_and_a_longer_number_are_asked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.exchange.accounts.FEW_ACCOUNTS", 1)
    phoned = accounts([*GOOD, "916123"], heading=[*HEADING, "Телефон"])
    rows = {
        "похожи:": accounts(changed("Улица", "Ричная")),
        "916123": phoned,
        "В номере 00200011": accounts(changed("Лицевой счет", "00200011")),
    }
    for words, report in rows.items():
        assert [words in question.reason for question in report.asked] == [True]
    assert not Account.objects.filter(number__startswith="0020001").exists()
    assert accounts(changed("Улица", "Ричная"), accept=True).imported == 1


def test_another_surname_of_an_account_that_stands_is_told(cast: Cast) -> None:
    accounts(GOOD)
    report = accounts(changed("Фамилия", "Петрова"))
    assert (report.repeated, len(report.notes)) == (1, 1)
    assert "Сидорова" in report.notes[0].reason
    assert "Петрова" in report.notes[0].reason

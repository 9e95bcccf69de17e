"""Staff import readings and accounts: the dry run names every bad row and stores nothing; a repeat adds nothing."""

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import Account, Person
from portal.exchange import accounts
from portal.exchange.accounts import import_accounts
from portal.exchange.readings import import_readings
from portal.exchange.tables import TableRefused
from portal.ledger.selectors import balance
from portal.metering.enums import ReadingSource
from portal.metering.models import Reading
from tests.conftest import SetDate
from tests.people import Cast
from tests.workbooks import workbook

TODAY = dt.date(2026, 11, 25)
HEADING = "Лицевой счет;Тип счетчика;Номер счетчика;Показание 1;Дата передачи показаний"
READINGS = f"""Показания за ноябрь;;;;
{HEADING}
0010001;ХВС;A-1001;141,455;12.11.2026
0010001;ГВС;A-1002;83.21;2026-11-12
;;;;
0010001;ХВС;A-9999;10;12.11.2026
0010001;ХВС;A-1001;1;13.11.2026
0010001;ХВС;A-1001;много;13.11.2026
0010001;ХВС;A-1001;150;завтра
0010001;ХВС;A-1001;150;26.11.2026
9999999;ХВС;A-1001;150;13.11.2026
"""


def test_the_dry_run_names_every_bad_row_and_stores_nothing(cast: Cast) -> None:
    report = import_readings(READINGS.encode("cp1251"), today=TODAY, dry_run=True)
    assert (report.rows, report.imported, report.repeated) == (8, 2, 0)
    assert [bad.number for bad in report.bad] == [6, 7, 8, 9, 10, 11]
    assert all(bad.reason for bad in report.bad)
    assert not Reading.objects.exists()


def test_a_date_with_slashes_is_refused_as_it_may_name_another_day(cast: Cast) -> None:
    table = f"{HEADING}\n0010001;ХВС;A-1001;141,455;11/10/2026\n0010001;ГВС;A-1002;83,21;11/24/2026\n"
    report = import_readings(table.encode(), today=TODAY, dry_run=True)
    assert [bad.number for bad in report.bad] == [2, 3]
    assert all("15.11.2026" in bad.reason for bad in report.bad)


def test_the_good_rows_are_taken_once(cast: Cast) -> None:
    first = import_readings(READINGS.encode(), today=TODAY)
    assert (first.imported, len(first.bad)) == (2, 6)
    reading = Reading.objects.get(meter__serial_number="A-1001")
    assert (reading.value, reading.source, reading.taken_on) == (
        Decimal("141.455"),
        ReadingSource.FILE,
        dt.date(2026, 11, 12),
    )
    again = import_readings(READINGS.encode("utf-8-sig"), today=TODAY)
    assert (again.imported, again.repeated) == (0, 2)
    assert Reading.objects.count() == 2


def test_a_spreadsheet_that_ate_zeros_and_has_empty_rows_is_understood(cast: Cast) -> None:
    rows: list[list[object]] = [
        HEADING.split(";"),
        [10001, "ХВС", "A-1001", 141.455, dt.datetime(2026, 11, 12, 10)],
        *[[None] * 5 for _ in range(1000)],
    ]
    report = import_readings(workbook(rows), today=TODAY)
    assert (report.rows, report.imported, report.bad) == (1, 1, [])


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"\x00\x01\x02", "type"), (b"PK\x03\x04nonsense", "type"), ("а;б\n1;2".encode(), "no_heading")],
)
def test_what_is_no_table_is_refused(db: None, data: bytes, code: str) -> None:
    with pytest.raises(TableRefused) as refusal:
        import_readings(data, today=TODAY)
    assert refusal.value.code == code


ACCOUNTS = """Лицевой счет;Фамилия;Имя;Почта;Улица;Дом;Квартира;Площадь;Прописано;Услуги;Открыт;Долг
0020001;Сидорова;Ольга;olga@mail.example;Новая;5;12;48,6;2;ХВС, водоотведение;01.02.2020;1 240,50
0020002;Сидоров;Олег;;Новая;5;13;;;нефть;01.02.2020;
0020003;;Без фамилии;;Новая;5;14;;;;01.02.2020;
0020004;Котов;Иван;не почта;Новая;5;15;;;;01.02.2020;
0010001;Чужая;Анна;;Новая;5;16;;;;01.02.2020;
"""


def test_accounts_are_made_with_all_that_belongs_to_them(cast: Cast) -> None:
    dry = import_accounts(ACCOUNTS.encode(), today=TODAY, dry_run=True)
    assert (dry.imported, [bad.number for bad in dry.bad]) == (1, [3, 4, 5, 6])
    assert not Account.objects.filter(number="0020001").exists()
    import_accounts(ACCOUNTS.encode(), today=TODAY)
    account = Account.objects.with_address().get(number="0020001")
    assert account.premises.address.replace("\u00a0", " ") == "ул. Новая, 5, кв. 12"
    assert account.holders.get().person.last_name == "Сидорова"
    assert account.occupancies.get().registered == 2
    assert sorted(account.services.values_list("service", flat=True)) == ["cold_water", "wastewater"]
    assert balance(account) == Decimal("1240.50")
    again = import_accounts(ACCOUNTS.encode(), today=TODAY)
    assert (again.imported, again.repeated) == (0, 1)
    assert Person.objects.filter(last_name="Сидорова").count() == 1


def test_the_command_names_the_rows_and_fails(cast: Cast, tmp_path: Path, business_date: SetDate) -> None:
    business_date(str(TODAY))
    path = tmp_path / "readings.csv"
    path.write_bytes(READINGS.encode())
    errors = io.StringIO()
    with pytest.raises(CommandError, match="took 2 of 8 rows"):
        call_command("import_readings", str(path), stderr=errors)
    assert "readings.csv:6:" in errors.getvalue()
    good = tmp_path / "good.csv"
    good.write_text(f"{HEADING}\n0010001;ХВС;A-1001;141,455;12.11.2026\n")
    out = io.StringIO()
    call_command("import_readings", str(good), "--dry-run", stdout=out)
    assert "would take" in out.getvalue()


def test_the_sample_of_accounts_can_be_imported(db: None) -> None:
    columns = [headings[0] for headings in accounts.COLUMNS.values()]
    rows: list[list[object]] = [[sample.get(name, "") for name in accounts.COLUMNS] for sample in accounts.SAMPLES]
    report = import_accounts(workbook([columns, *rows]), today=TODAY)
    assert (report.imported, report.bad, report.asked) == (2, [], [])

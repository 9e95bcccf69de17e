"""Staff import files by screens: columns named once, checked, loaded, undone; told in the journal."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal.accounts.models import Account, Person, Premises, Street
from portal.approvals.models import NumberRequest
from portal.approvals.services import approve, reject
from portal.core import clock
from portal.exchange import balances
from portal.exchange.enums import ImportState, RowState
from portal.exchange.imports import services
from portal.exchange.imports.finishing import counts_of
from portal.exchange.imports.retention import forget_rows
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.models import ColumnMapping, Import, ImportChunk, ImportRow
from portal.exchange.readings import import_readings
from portal.ledger.models import Entry
from portal.ledger.selectors import balance, opening_balance
from portal.metering.models import Meter, Reading
from portal.notifications.models import Message
from tests.people import Cast, Clerk, make_clerk
from tests.portal.exchange.test_import_files import ACCOUNTS, HEADING, READINGS
from tests.workbooks import workbook

TODAY = dt.date(2026, 11, 25)


def sent(client: Client, kind: str, content: bytes, name: str = "x.csv") -> Import:
    """The import that an upload begins."""
    answer = client.post(reverse("office_import", args=[kind]), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    return Import.objects.latest("pk")


def loaded(client: Client, imported: Import, **data: str) -> Import:
    """The import after «Import» was pressed."""
    client.post(reverse("office_import_file", args=[imported.pk]), data)
    imported.refresh_from_db()
    return imported


@pytest.fixture
def today(business_date: object) -> None:
    """A day on which the window of readings is open."""
    business_date(TODAY)  # type: ignore[operator]


@pytest.mark.usefixtures("today")
def test_a_file_is_checked_then_loaded_and_whoever_sent_it_is_told_of_bad_rows(
    cast: Cast, clerk: Clerk, client: Client
) -> None:
    employee = clerk("office.import_readings")
    imported = sent(client, "readings", READINGS.encode(), name="=x.csv")
    assert imported.state == ImportState.CHECKED
    assert counts_of(imported) == {RowState.READY: 2, RowState.BAD: 6}
    assert not Reading.objects.exists()
    page = client.get(reverse("office_import_file", args=[imported.pk])).content.decode()
    assert "141,455" in page
    assert loaded(client, imported).state == ImportState.LOADED
    assert Reading.objects.count() == 2
    assert counts_of(imported) == {RowState.TAKEN: 2, RowState.BAD: 6}
    assert Message.objects.filter(user=employee, kind="readings_import_rows_refused").exists()
    loaded(client, imported)  # pressed once more
    assert Reading.objects.count() == 2
    assert client.get(reverse("office_import", args=["accounts"])).status_code == 302
    assert client.get(reverse("office_import_file", args=[999])).status_code == 404


@pytest.mark.usefixtures("today")
def test_another_role_sees_neither_the_import_nor_its_rows(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_readings")
    imported = sent(client, "readings", READINGS.encode())
    clerk("office.import_balances", username="other")
    for name in ("office_import_file", "office_import_columns", "office_import_rows", "office_import_undo"):
        assert client.get(reverse(name, args=[imported.pk])).status_code == 404
    assert imported.name not in client.get(reverse("office_imports")).content.decode()
    loaded(client, imported)
    assert not Reading.objects.exists()


@pytest.mark.usefixtures("today")
def test_rows_that_were_not_taken_come_as_a_file_that_can_be_repaired(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_readings")
    imported = sent(client, "readings", READINGS.encode())
    errors = client.get(reverse("office_import_rows", args=[imported.pk])).content
    sheet = load_workbook(io.BytesIO(errors)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (*HEADING.split(";"), "Почему не принята")
    assert len(rows) == 7
    assert "счёта нет" in str(rows[-1][-1])
    report = import_readings(errors, today=TODAY)
    assert (report.rows, len(report.bad), report.remarks) == (6, 6, [])


@pytest.mark.usefixtures("today")
def test_columns_of_a_foreign_file_are_named_once_and_known_the_next_time(
    cast: Cast, clerk: Clerk, client: Client
) -> None:
    clerk("office.import_readings")
    foreign = "Абонент;Прибор;Значение;Снято\n0010001;A-1001;141,455;12.11.2026\n"
    imported = sent(client, "readings", foreign.encode("cp1251"))
    assert imported.state == ImportState.COLUMNS
    url = reverse("office_import_columns", args=[imported.pk])
    assert "Прибор" in client.get(url).content.decode()
    answers = {"source": "1С выгрузка", "column_account": "Абонент", "column_serial": "Прибор"}
    short = client.post(url, answers)
    assert "column_value" in short.context["form"].errors, "a needed column is not named"
    doubled = client.post(url, answers | {"column_value": "Значение", "column_second": "Значение"})
    assert "column_second" in doubled.context["form"].errors
    client.post(url, answers | {"column_value": "Значение", "column_taken_on": "Снято"})
    imported.refresh_from_db()
    assert (imported.state, counts_of(imported)) == (ImportState.CHECKED, {RowState.READY: 1})
    again = sent(client, "readings", foreign.encode().replace(b"12.11", b"13.11"))
    assert again.mapping == ColumnMapping.objects.get(name="1С выгрузка")
    assert again.state == ImportState.CHECKED
    assert sent(client, "readings", READINGS.encode()).mapping is None, "the usual headings stay known"


@pytest.mark.usefixtures("today")
def test_readings_are_undone_and_what_they_replaced_is_in_force_again(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_readings")
    first = f"{HEADING}\n0010001;ХВС;A-1001;141,455;12.11.2026\n"
    loaded(client, sent(client, "readings", first.encode()))
    other = sent(client, "readings", first.replace("141,455", "142").encode())
    assert counts_of(other) == {RowState.ASKED: 1}
    loaded(client, other, accept_asked="1")
    assert counts_of(other) == {RowState.TAKEN: 1}
    earlier = Import.objects.earliest("pk")
    refused = client.get(reverse("office_import_undo", args=[earlier.pk]))
    assert refused.context["dependents"], "a later reading stands in its place"
    client.post(reverse("office_import_undo", args=[earlier.pk]))
    assert Reading.objects.count() == 2
    client.post(reverse("office_import_undo", args=[other.pk]))
    other.refresh_from_db()
    assert other.state == ImportState.UNDONE
    assert Reading.objects.get().status == "accepted"


def test_accounts_are_undone_with_their_people_and_places(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_accounts")
    before = Account.objects.count(), Person.objects.count(), Premises.objects.count(), Street.objects.count()
    table = ACCOUNTS.replace(";1 240,50", ";").replace("Новая", "Далёкая")
    imported = loaded(client, sent(client, "accounts", table.encode()))
    assert Account.objects.filter(number="0020001").exists()
    client.post(reverse("office_import_undo", args=[imported.pk]))
    imported.refresh_from_db()
    assert imported.state == ImportState.UNDONE
    after = Account.objects.count(), Person.objects.count(), Premises.objects.count(), Street.objects.count()
    assert after == before


def test_accounts_with_a_meter_are_not_undone_and_the_meter_is_named(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_accounts", "office.import_meters")
    imported = loaded(client, sent(client, "accounts", ACCOUNTS.replace(";1 240,50", ";").encode()))
    meters = (
        "Лицевой счет;Тип счетчика;Номер счетчика;Показание 1;Дата ввода в эксплуатацию;Дата следующей поверки\n"
        "0020001;ХВС;B-1;0;01.03.2025;01.03.2031\n0020001;ХВС;B-2;0;01.03.2031;01.03.2025\n"
    )
    brought = sent(client, "meters", meters.encode())
    assert counts_of(brought) == {RowState.READY: 1, RowState.BAD: 1}
    loaded(client, brought)
    assert Meter.objects.get(serial_number="B-1").account.number == "0020001"
    shown = client.post(reverse("office_import_undo", args=[imported.pk]), follow=True).content.decode()
    assert "Счётчики" in shown
    assert Account.objects.filter(number="0020001").exists()
    client.post(reverse("office_import_undo", args=[brought.pk]))
    client.post(reverse("office_import_undo", args=[imported.pk]))
    assert not Account.objects.filter(number="0020001").exists()


def test_debts_of_accounts_wait_for_a_second_person_and_are_booked_by_both_names(
    cast: Cast, clerk: Clerk, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    maker = clerk("office.import_accounts", "office.import_balances")
    table = ACCOUNTS.replace("1 240,50", "12 240,50")
    imported = loaded(client, sent(client, "accounts", table.encode()), accept_asked="1")
    account = Account.objects.get(number="0020001")
    assert balance(account) == 0
    debts = Import.objects.get(parent=imported)
    assert (debts.state, counts_of(debts)) == (ImportState.CHECKED, {RowState.READY: 1})
    assert loaded(client, debts).state == ImportState.WAITING
    request = NumberRequest.objects.get()
    assert "12\u00a0240,50" in request.title
    second = make_clerk("second", "approvals.approve_number")
    reject(NumberRequest, pk=request.pk, by=second, answer="нет", now=clock.now())
    assert loaded(client, debts).state == ImportState.WAITING
    with django_capture_on_commit_callbacks(execute=True):
        approve(NumberRequest, pk=NumberRequest.objects.latest("pk").pk, by=second, now=clock.now())
    debts.refresh_from_db()
    assert debts.state == ImportState.LOADED
    entry = Entry.objects.get(account=account)
    assert (entry.amount, entry.made_by, entry.approved_by) == (Decimal("12240.50"), maker.username, "second")
    client.post(reverse("office_import_undo", args=[debts.pk]))
    assert (balance(account), opening_balance(account)) == (0, 0)
    corrected = sent(client, "balances", "Лицевой счет;Остаток\n20001;\u00a01\u00a0240,50\n20001x;1\n".encode())
    assert counts_of(corrected) == {RowState.READY: 1, RowState.BAD: 1}
    loaded(client, corrected)
    assert balance(account) == Decimal("1240.50"), "a reversed balance leaves room for the right one"


def test_two_rows_of_one_account_are_refused_wherever_they_stand(
    cast: Cast, clerk: Clerk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk("office.import_balances")
    monkeypatch.setattr("portal.exchange.imports.runs.CHUNK", {"balances": 1})
    table = "Лицевой счет;Остаток\n0010001;100\n10001;200\n"
    imported = sent(client, "balances", table.encode())
    assert counts_of(imported) == {RowState.BAD: 2}
    loaded(client, imported)
    assert not Entry.objects.exists()


def test_a_workbook_of_several_sheets_with_a_title_and_serial_dates(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_meters")
    rows: list[list[object]] = [
        ["Реестр приборов учёта", None],
        [],
        ["ЛС", "Услуга", "Заводской номер", "Дата ввода в эксплуатацию", "Поверен до", "Показание"],
        [10001.0, "ГВС", "C-1", 45717, "1 марта 2031 г.", 12.5],
        *[[None] * 6 for _ in range(50)],
    ]
    imported = sent(client, "meters", workbook(rows), name="Лист.xlsx")
    assert counts_of(imported) == {RowState.READY: 1}
    loaded(client, imported)
    meter = Meter.objects.get(serial_number="C-1")
    assert (meter.commissioned_on, meter.verified_until) == (dt.date(2025, 3, 1), dt.date(2031, 3, 1))
    assert meter.start_value == Decimal("12.5")


def test_premises_come_by_file_and_a_repeat_adds_none(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_accounts")
    table = "Улица;Дом;Квартира\nРечная;4;117\nРечная;4;118\n".encode()
    before = Premises.objects.count()
    loaded(client, sent(client, "premises", table))
    again = sent(client, "premises", table)
    assert counts_of(again) == {RowState.REPEATED: 2}
    assert Premises.objects.count() == before + 2


def test_a_fault_in_a_part_stops_the_import_tells_its_sender_and_it_goes_on_later(
    cast: Cast, clerk: Clerk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    employee = clerk("office.import_balances")
    imported = sent(client, "balances", "Лицевой счет;Остаток\n0010001;100\n".encode())
    monkeypatch.setattr(services, "AT_ONCE", 0)
    imported = loaded(client, imported)
    chunk = ImportChunk.objects.get(run__imported=imported, run__action="load")
    with monkeypatch.context() as patch:
        patch.setattr(balances, "take_balances", None)
        with pytest.raises(TypeError):
            services.work_on_chunk(chunk.pk)
    imported.refresh_from_db()
    assert imported.state == ImportState.FAILED
    assert Message.objects.filter(user=employee, kind="balances_import_file_refused").exists()
    client.post(reverse("office_import_file", args=[imported.pk]), {"resume": "1"})
    services.work_on_chunk(chunk.pk)
    services.work_on_chunk(chunk.pk)
    imported.refresh_from_db()
    assert imported.state == ImportState.LOADED
    assert balance(cast.anna.account) == 100


def test_old_imports_forget_what_people_wrote(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_balances")
    imported = loaded(client, sent(client, "balances", "Лицевой счет;Остаток\n0010001;100\n".encode()))
    assert forget_rows(before=imported.uploaded_at) == 0
    assert forget_rows(before=imported.uploaded_at + dt.timedelta(1)) == 1
    assert ImportRow.objects.get(imported=imported).cells == []
    client.post(reverse("office_import_undo", args=[imported.pk]))
    assert balance(cast.anna.account) == 0, "what it made is known all the same"


def test_the_journal_is_filtered(cast: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.import_balances", "office.import_readings")
    sent(client, "balances", "Лицевой счет;Остаток\n0010001;100\n".encode(), name="saldo.csv")
    sent(client, "readings", READINGS.encode(), name="pokazaniya.csv")
    for query, names in (("q=saldo", {"saldo.csv"}), ("subject=readings", {"pokazaniya.csv"}), ("state=loaded", set())):
        page = client.get(f"{reverse('office_imports')}?{query}")
        assert {imported.name for imported in page.context["imports"]} == names


@pytest.mark.parametrize("kind", list(SUBJECTS))
def test_the_sample_of_a_kind_is_read_by_it(cast: Cast, clerk: Clerk, client: Client, kind: str) -> None:
    clerk(SUBJECTS[kind].permission)
    sample = client.get(reverse("office_import_sample", args=[kind])).content
    imported = sent(client, kind, sample, name="sample.xlsx")
    assert (imported.state, imported.remarks) == (ImportState.CHECKED, [])
    assert imported.rows.count() == len(SUBJECTS[kind].samples)

"""An accountant takes charges, receipts, balances and payments to 1C: the files say what the ledger says."""

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal.accounts.models import Street, User
from portal.core import clock
from portal.core.files.services import open_file
from portal.core.models import PrivateFile
from portal.core.periods import Period
from portal.exchange.enums import ExportFormat
from portal.exchange.exports import runs
from portal.exchange.exports.files import read_part, write_file, write_part
from portal.exchange.exports.retention import forget_exports
from portal.exchange.exports.subjects import EXPORTS, CellKind, Column
from portal.exchange.models import Export, ExportChunk
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.notifications.models import Message
from portal.payments.enums import PaymentChannel
from portal.payments.services.recording import record_external_payment
from tests.conftest import SetDate
from tests.october import close_october
from tests.people import Cast, Clerk

OCTOBER = Period(2026, 10)
RIGHT = "office.export_books"


@pytest.fixture
def october(cast: Cast, business_date: SetDate) -> Cast:
    """October is closed, its receipts are issued, Anna has paid in November."""
    close_october(cast, business_date)
    pay(cast, "100.50", "2026-11-12")
    return cast


def pay(cast: Cast, amount: str, day: str) -> None:
    """A payment at the cash desk."""
    record_external_payment(
        account=cast.anna.account,
        amount=Decimal(amount),
        paid_on=dt.date.fromisoformat(day),
        channel=PaymentChannel.OFFICE,
        key=f"desk:{amount}",
    )


def content(export: Export) -> bytes:
    """The file of an export."""
    export.refresh_from_db()
    assert export.file is not None
    with open_file(export.file) as stored:
        return stored.read()


def made(
    client: Client, subject: str, file_format: str = "csv", first: str = "10.2026", last: str = "10.2026"
) -> Export:
    """The export that the form begins."""
    data = {"subject": subject, "file_format": file_format, "first": first, "last": last}
    answer = client.post(reverse("office_exports"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Export.objects.latest("pk")


def rows_of(data: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """Rows of a CSV by heading, as 1C reads them."""
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline=""), delimiter=";"))


def total(rows: list[dict[str, str]], heading: str) -> Decimal:
    """The sum of a column."""
    return sum((Decimal(row[heading].replace(",", ".")) for row in rows), Decimal(0))


def booked(**filters: Any) -> Decimal:
    """The sum of entries of the ledger that stand, ₽."""
    entries = Entry.objects.active().filter(**filters)
    return sum(entries.values_list("amount", flat=True), Decimal(0))


def test_sums_of_the_files_are_those_of_the_ledger(october: Cast, clerk: Clerk, client: Client) -> None:
    clerk(RIGHT)
    charges = made(client, "charges")
    rows = rows_of(content(charges))
    assert total(rows, "Сумма") == booked(kind=EntryKind.CHARGE, period=OCTOBER.first_day) == charges.total > 0
    assert len(rows) == charges.rows
    cold = next(row for row in rows if row["Лицевой счет"] == "0010001" and row["Услуга"] == "Холодное водоснабжение")
    assert (cold["Месяц начисления"], cold["Объем, м3"], cold["Тариф, руб."]) == ("01.10.2026", "6,335", "64,8400")
    assert cold["Сумма"] == "410,76"
    assert "141,455" in cold["Причина"]
    keys = {row["Код строки"] for row in rows}
    assert keys == set(Entry.objects.filter(kind=EntryKind.CHARGE).values_list("key", flat=True))

    payments = made(client, "payments", last="11.2026")
    (payment,) = rows_of(content(payments))
    assert (payment["Сумма"], payment["Дата"], payment["Вид"]) == ("100,50", "12.11.2026", "Платёж")
    assert payments.total == Decimal("100.50") == -booked(kind=EntryKind.PAYMENT)

    debts = made(client, "debts", last="11.2026")
    rows = rows_of(content(debts))
    assert total(rows, "Остаток на конец") == booked() == debts.total
    assert total(rows, "Начислено") == booked(kind=EntryKind.CHARGE)
    assert total(rows, "Оплачено") == Decimal("100.50")
    for row in rows:
        sums = [Decimal(row[name].replace(",", ".")) for name in ("Остаток на начало", "Перенесено", "Начислено")]
        end = sum(sums) - Decimal(row["Оплачено"].replace(",", "."))
        assert end == Decimal(row["Остаток на конец"].replace(",", "."))

    receipts = made(client, "receipts")
    assert receipts.rows == len({row["Номер квитанции"] for row in rows_of(content(receipts))}) > 0


def test_a_month_without_bookings_begins_and_ends_with_the_same_balance(
    october: Cast, clerk: Clerk, client: Client
) -> None:
    clerk(RIGHT)
    debts = rows_of(content(made(client, "debts", first="12.2026", last="12.2026")))
    assert total(debts, "Остаток на начало") == booked() == total(debts, "Остаток на конец")
    assert {row["Начислено"] for row in debts} == {"0,00"}


def test_the_file_opens_in_1c_and_in_excel(october: Cast, clerk: Clerk, client: Client) -> None:
    clerk(RIGHT)
    utf8 = content(made(client, "charges"))
    assert utf8.startswith(b"\xef\xbb\xbf")
    old = content(made(client, "charges", "csv1251"))
    assert total(rows_of(old, "cp1251"), "Сумма") == total(rows_of(utf8), "Сумма")
    assert "м3" in rows_of(old, "cp1251")[0]["Причина"]
    assert b"?" not in old
    sheet = load_workbook(io.BytesIO(content(made(client, "charges", "xlsx")))).active
    assert sheet is not None
    heading, *rows = sheet.iter_rows(values_only=True)
    place = heading.index("Сумма")
    assert sum(Decimal(str(row[place])) for row in rows) == total(rows_of(utf8), "Сумма")
    assert isinstance(rows[0][heading.index("Месяц начисления")], dt.datetime)


@pytest.mark.parametrize("file_format", list(ExportFormat))
def test_no_cell_is_a_formula(file_format: ExportFormat) -> None:
    columns = [Column("а"), Column("б", CellKind.NUMBER), Column("в", CellKind.DAY)]
    texts = ["=1+1", "+7 (495)", "-cmd", "@x", "\t=2", "−2+3", "  =3"]
    part = io.BytesIO()
    write_part(part, [(text, Decimal("-1.50"), dt.date(2026, 10, 1)) for text in texts])
    part.seek(0)
    out = io.BytesIO()
    write_file(out, file_format, headings=["а", "б", "в"], rows=read_part(part, columns), title="а")
    if file_format is ExportFormat.XLSX:
        sheet = load_workbook(io.BytesIO(out.getvalue())).active
        assert sheet is not None
        rows: list[Any] = list(sheet.iter_rows(min_row=2))
        assert [row[0].data_type for row in rows] == ["s"] * len(texts)
        values = [str(row[0].value) for row in rows]
        assert {row[1].value for row in rows} == {-1.5}
    else:
        encoding = "utf-8-sig" if file_format is ExportFormat.CSV else "cp1251"
        read = rows_of(out.getvalue(), encoding)
        values = [row["а"] for row in read]
        assert {(row["б"], row["в"]) for row in read} == {("-1,50", "01.10.2026")}
    assert not [value for value in values if value.lstrip().startswith(("=", "+", "-", "@"))]


def test_a_street_that_looks_like_a_formula_stays_a_text(october: Cast, clerk: Clerk, client: Client) -> None:
    Street.objects.update(kind="", name="=HYPERLINK(1)")
    clerk(RIGHT)
    addresses = [row["Адрес"] for row in rows_of(content(made(client, "debts")))]
    assert addresses
    assert not [text for text in addresses if text.startswith("=")]


def test_a_large_export_is_a_job_that_is_told_of_and_a_repeat_of_a_chunk_adds_nothing(
    october: Cast, clerk: Clerk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    monkeypatch.setattr(runs, "CHUNK", 2)
    clerk(RIGHT)
    export = made(client, "charges")
    assert export.is_running
    assert made(client, "charges") == export, "pressed once more"
    page = client.get(reverse("office_exports")).content.decode()
    assert "http-equiv" in page
    assert "0 из 2" in page
    first, second = ExportChunk.objects.filter(run=export).order_by("pk")
    runs.RUNS.do(chunk_id=first.pk)
    runs.RUNS.do(chunk_id=first.pk)
    assert not Message.objects.filter(kind="books_export_ready").exists()
    runs.RUNS.work(export, ExportChunk.objects.get(pk=second.pk))  # a worker that died before it was noted
    runs.RUNS.do(chunk_id=second.pk)
    runs.RUNS.do(chunk_id=second.pk)
    assert total(rows_of(content(export)), "Сумма") == booked(kind=EntryKind.CHARGE)
    assert Message.objects.filter(kind="books_export_ready", channel="inbox").count() == 1
    assert not ExportChunk.objects.exclude(file=None).exists()


def test_an_export_is_made_anew_and_its_file_is_deleted_after_its_term(
    october: Cast, clerk: Clerk, client: Client
) -> None:
    clerk(RIGHT)
    earlier = made(client, "payments", first="11.2026", last="11.2026")
    pay(october, "7.00", "2026-11-14")
    client.post(reverse("office_export_again", args=[earlier.pk]))
    later = Export.objects.latest("pk")
    assert (earlier.total, later.total) == (Decimal("100.50"), Decimal("107.50"))
    content(later)
    assert later.file is not None
    name, storage = str(later.file.name), later.file.file.storage
    stored = str(later.file.file.name)
    assert forget_exports(before=clock.real_now() - dt.timedelta(1)) == 0
    assert forget_exports(before=clock.real_now() + dt.timedelta(1)) == 2
    assert not storage.exists(stored)
    assert not PrivateFile.objects.filter(name=name, kind=runs.FILE_KIND).exists()
    assert "удалён" in client.get(reverse("office_exports")).content.decode()


def test_accountants_and_the_manager_may_and_nobody_else(
    october: Cast, client: Client, staff: dict[str, User], clerk: Clerk
) -> None:
    clerk(RIGHT)
    export = made(client, "charges")
    address = reverse("core:private-file", args=[content(export) and export.file_id])
    for role, may in {"accountant": True, "manager": True, "registrar": False, "editor": False}.items():
        client.force_login(staff[role])
        answer = client.get(address)
        assert answer.status_code == (200 if may else 404)
        if may:
            assert b"".join(answer.streaming_content) == content(export)  # type: ignore[attr-defined]
        page = client.get(reverse("office_exports"))
        assert (page.status_code == 200) is may
        before = Export.objects.count()
        client.post(reverse("office_export_again", args=[export.pk]))
        assert (Export.objects.count() > before) is may
    client.force_login(october.anna.user)
    assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code in (302, 404)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("11.2026", "10.2026", "раньше первого"), ("01.2020", "01.2020", "ничего нет"), ("x", "10.2026", "10.2026")],
)
def test_bad_months_are_refused_in_words(
    october: Cast, clerk: Clerk, client: Client, first: str, last: str, words: str
) -> None:
    clerk(RIGHT)
    data = {"subject": "charges", "file_format": "csv", "first": first, "last": last}
    assert words in client.post(reverse("office_exports"), data).content.decode()
    assert not Export.objects.exists()


def test_more_rows_than_excel_opens_are_refused_for_it(
    october: Cast, clerk: Clerk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "EXCEL_ROWS", 1)
    clerk(RIGHT)
    data = {"subject": "charges", "file_format": "xlsx", "first": "10.2026", "last": "10.2026"}
    assert "выберите CSV" in client.post(reverse("office_exports"), data).content.decode()
    assert made(client, "charges").rows > 1


def test_every_heading_stands_once_in_the_guide() -> None:
    guide = Path("docs/guide/exchange-1c.md").read_text(encoding="utf-8")
    for spec in EXPORTS.values():
        assert "; ".join(spec.headings) in guide, spec.subject

"""Files that leave the portal: their rows by the ledger, their letters and numbers, who repeats and when they go."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.accounts.models import User
from portal.core import clock
from portal.core.files.services import open_file
from portal.core.models import PrivateFile
from portal.core.periods import Period
from portal.core.refusals import error_message
from portal.core.runs.enums import RunStatus
from portal.core.spreadsheets import Cell
from portal.exchange.enums import ExportFormat, ExportSubject
from portal.exchange.exceptions import ExportRefused
from portal.exchange.exports import runs, selectors
from portal.exchange.exports.files import NOT_IN_CP1251, SUFFIXES, read_part, write_file, write_part
from portal.exchange.exports.retention import forget_exports
from portal.exchange.exports.runs import drop_file, repeat_export, start_export
from portal.exchange.exports.subjects import EXPORTS, CellKind, Column, ExportSpan, row_total
from portal.exchange.models import Export
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from tests.people import Cast, make_cast, make_login
from tests.shared_rows import shared_rows

COLUMNS = [Column("Имя"), Column("Сумма", CellKind.NUMBER), Column("День", CellKind.DAY)]
HEADINGS = [column.heading for column in COLUMNS]
OCTOBER, NOVEMBER = Period(2026, 10), Period(2026, 11)
TEXTS = st.text("абЁz019 ;,\"'=+-@\n\u00a0³", max_size=30)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS,
        st.none() | st.decimals(min_value="-99999999.99", max_value="99999999.99", places=2),
        st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)),
    ),
    max_size=10,
)


def file_of(rows: list[list[Cell]], file_format: ExportFormat) -> bytes:
    """The file of such rows."""
    out = io.BytesIO()
    write_file(out, file_format, headings=HEADINGS, rows=rows, title="Файл")
    return out.getvalue()


def csv_rows(data: bytes, encoding: str) -> list[list[str]]:
    """Rows of a CSV below its headings."""
    heading, *rows = csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=";")
    assert heading == HEADINGS
    return rows


# Letters and numbers.


@given(ROWS)
def test_a_part_gives_back_the_rows_that_wait_in_it(rows: list[tuple[Cell, ...]]) -> None:
    part = io.BytesIO()
    write_part(part, rows)
    part.seek(0)
    assert [tuple(row) for row in read_part(part, COLUMNS)] == rows


@given(
    st.decimals(min_value="-99999999.99", max_value="99999999.99", places=2), st.sampled_from(list(ExportFormat)[:2])
)
def test_a_sum_is_written_with_a_comma_and_without_spaces(amount: Decimal, file_format: ExportFormat) -> None:
    encoding = "cp1251" if file_format is ExportFormat.CSV_1251 else "utf-8-sig"
    [[_name, written, _day]] = csv_rows(file_of([["а", amount, None]], file_format), encoding)
    assert written == f"{amount:.2f}".replace(".", ",")
    assert Decimal(written.replace(",", ".")) == amount


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("ул. Речная, 4", "ул. Речная, 4"),
        ("а;б", "а;б"),
        ('труба 1/2"', 'труба 1/2"'),
        ("две\nстроки", "две\nстроки"),
        ("0010001", "0010001"),
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("\u00a0-cmd", "'\u00a0-cmd"),
        ("＝1", "'＝1"),
        ("-5", "-5"),
        ("+7,5", "+7,5"),
        ("+7 (495) 000", "'+7 (495) 000"),
        ("а\x07б", "аб"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_text_stays_what_it_is_and_never_becomes_a_formula(value: str | None, written: str) -> None:
    rows: list[list[Cell]] = [[value, Decimal("-1.50"), dt.date(2026, 10, 1)]]
    assert csv_rows(file_of(rows, ExportFormat.CSV), "utf-8-sig") == [[written, "-1,50", "01.10.2026"]]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("6,335 м³", "6,335 м3"),
        ("54 м²", "54 м2"),
        ("5 ₽", "5 руб."),
        ("≥ 2 × 3", ">= 2 x 3"),
        ("−2+3", "'-2+3"),
        ("1\u202f240", "1\u00a0240"),
        ("за\u0301мок", "замок"),
        ("«Ёлка» — №", "«Ёлка» — №"),
        ("李", "?"),
    ],
)
def test_signs_that_windows_1251_lacks_have_another_writing(value: str, written: str) -> None:
    [[read, _sum, _day]] = csv_rows(file_of([[value, None, None]], ExportFormat.CSV_1251), "cp1251")
    assert read == written


def test_every_other_writing_is_in_windows_1251() -> None:
    for sign, writing in NOT_IN_CP1251.items():
        assert str(writing).encode("cp1251") or sign == 0x301
        with pytest.raises(UnicodeEncodeError):
            chr(sign).encode("cp1251")


def test_a_workbook_has_numbers_days_and_texts_as_such() -> None:
    rows: list[list[Cell]] = [["0010001", Decimal("-1240.50"), dt.date(2026, 10, 1)], [None, None, None]]
    sheet = load_workbook(io.BytesIO(file_of(rows, ExportFormat.XLSX))).active
    assert sheet is not None
    heading, first, *_empty = sheet.iter_rows(values_only=True)
    assert (sheet.title, heading) == ("Файл", tuple(HEADINGS))
    assert first == ("0010001", -1240.5, dt.datetime(2026, 10, 1))


# Rows by the ledger.


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Anna brought a debt in September, was charged and paid in October; Boris paid in November in advance."""
    with shared_rows(django_db_blocker, make_books) as cast:
        yield cast


def make_books() -> Cast:
    """The cast with its entries."""
    cast = make_cast()
    anna, boris = cast.anna.account.pk, cast.boris.account.pk
    for account, kind, amount, day in (
        (anna, EntryKind.OPENING, "1000.00", "2026-09-30"),
        (anna, EntryKind.CHARGE, "410.76", "2026-10-31"),
        (anna, EntryKind.PENALTY, "10.24", "2026-10-31"),
        (anna, EntryKind.PAYMENT, "-300.00", "2026-10-01"),
        (boris, EntryKind.OPENING, "50.00", "2026-10-01"),
        (boris, EntryKind.PAYMENT, "-70.00", "2026-11-30"),
    ):
        post_entry(
            NewEntry(
                account_id=account,
                kind=kind,
                amount=Decimal(amount),
                effective_on=dt.date.fromisoformat(day),
                key=f"{account}:{kind}:{day}",
                source="test:0",
            )
        )
    return cast


@pytest.fixture
def accountant(people: Cast, db: None) -> User:
    """Whoever takes the files away."""
    return make_login("accountant", staff=True)


def debts(span: ExportSpan) -> dict[str, list[str]]:
    """Start, brought, charged, penalties, paid, end, debt, advance by account."""
    return {str(row[0]): [str(value) for value in row[5:]] for row in EXPORTS[ExportSubject.DEBTS].rows(span)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "anna", "boris"),
    [
        (
            Period(2026, 9),
            Period(2026, 9),
            ["0.00", "1000.00", "0.00", "0.00", "0.00", "1000.00", "1000.00", "0.00"],
            None,
        ),
        (
            OCTOBER,
            OCTOBER,
            ["1000.00", "0.00", "421.00", "10.24", "300.00", "1121.00", "1121.00", "0.00"],
            ["0.00", "50.00", "0.00", "0.00", "0.00", "50.00", "50.00", "0.00"],
        ),
        (
            NOVEMBER,
            NOVEMBER,
            ["1121.00", "0.00", "0.00", "0.00", "0.00", "1121.00", "1121.00", "0.00"],
            ["50.00", "0.00", "0.00", "0.00", "70.00", "-20.00", "0.00", "20.00"],
        ),
        (
            OCTOBER,
            NOVEMBER,
            ["1000.00", "0.00", "421.00", "10.24", "300.00", "1121.00", "1121.00", "0.00"],
            ["0.00", "50.00", "0.00", "0.00", "70.00", "-20.00", "0.00", "20.00"],
        ),
    ],
)
def test_debts_of_months_begin_where_the_month_before_ended(
    people: Cast, first: Period, last: Period, anna: list[str], boris: list[str] | None
) -> None:
    rows = debts(ExportSpan(first, last))
    assert rows == {"0010001": anna} | ({"0010002": boris} if boris else {})
    assert EXPORTS[ExportSubject.DEBTS].count(ExportSpan(first, last)) == len(rows)


@pytest.mark.django_db
def test_both_days_of_a_span_count_and_accounts_are_bounded_on_both_sides(people: Cast) -> None:
    spec = EXPORTS[ExportSubject.PAYMENTS]
    anna, boris = people.anna.account.pk, people.boris.account.pk
    assert [row[4] for row in spec.rows(ExportSpan(OCTOBER, NOVEMBER))] == [Decimal("300.00"), Decimal("70.00")]
    assert [row[0] for row in spec.rows(ExportSpan(OCTOBER, NOVEMBER, boris, boris))] == ["0010002"]
    assert [row[0] for row in spec.rows(ExportSpan(OCTOBER, NOVEMBER, anna, boris - 1))] == ["0010001"]
    assert list(spec.rows(ExportSpan(Period(2026, 12), Period(2026, 12)))) == []


@pytest.mark.parametrize("subject", list(ExportSubject))
def test_the_control_sum_is_that_of_a_column_of_numbers(subject: ExportSubject) -> None:
    spec = EXPORTS[subject]
    assert spec.columns[spec.total_column].kind is CellKind.NUMBER
    assert len(set(spec.headings)) == len(spec.headings)
    row: list[Cell] = [None] * len(spec.columns)
    assert row_total(spec, row) == 0
    row[spec.total_column] = Decimal("5.50")
    assert row_total(spec, row) == Decimal("5.50")


# An export as a run.


def begin(by: User, *, first: Period = OCTOBER, last: Period = OCTOBER, **changes: Any) -> Export:
    """An export of debts."""
    options: dict[str, Any] = {"subject": ExportSubject.DEBTS, "file_format": ExportFormat.CSV} | changes
    export = start_export(first=first, last=last, by=by, **options)
    export.refresh_from_db()
    return export


@pytest.mark.parametrize("file_format", list(ExportFormat))
@pytest.mark.parametrize(("last", "months"), [(OCTOBER, "2026-10"), (NOVEMBER, "2026-10…2026-11")])
def test_a_file_is_called_by_what_is_in_it(
    accountant: User, file_format: ExportFormat, last: Period, months: str
) -> None:
    export = begin(accountant, file_format=file_format, last=last)
    assert export.file is not None
    assert export.file.name == f"{export.get_subject_display()} {months}.{SUFFIXES[file_format]}"
    assert (export.rows, export.total) == (2, Decimal("1171.00") if last == OCTOBER else Decimal("1101.00"))


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_parts_are_joined_in_the_order_of_accounts_however_many_there_are(
    accountant: User, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(runs, "CHUNK", chunk)
    export = begin(accountant)
    assert export.file is not None
    with open_file(export.file) as stored:
        _heading, *rows = csv.reader(io.StringIO(stored.read().decode("utf-8-sig")), delimiter=";")
    assert [row[0] for row in rows] == ["0010001", "0010002"]
    assert PrivateFile.objects.count() == 1, "the parts are gone"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first": NOVEMBER, "last": OCTOBER}, "order"),
        ({"first": Period(2020, 1), "last": Period(2020, 1)}, "nothing"),
        ({"subject": ExportSubject.CHARGES}, "nothing"),
        ({"subject": ExportSubject.RECEIPTS}, "nothing"),
        ({"file_format": ExportFormat.XLSX}, "too_many"),
    ],
)
def test_an_export_that_is_not_begun_says_why(
    accountant: User, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], code: str
) -> None:
    monkeypatch.setattr(runs, "EXCEL_ROWS", 1)
    with pytest.raises(ExportRefused) as refused:
        begin(accountant, **changes)
    assert refused.value.code == code
    assert error_message(refused.value, for_staff=True) != code
    assert not Export.objects.exists()


def test_one_more_press_returns_the_export_that_is_being_made_but_not_anothers(
    accountant: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    export = begin(accountant)
    assert (export.status, export.queued, export.file) == (RunStatus.RUNNING, True, None)
    assert begin(accountant) == export
    assert begin(accountant, last=NOVEMBER) != export
    assert begin(make_login("other", staff=True)) != export


def test_an_export_made_again_is_another_file_of_the_books_as_they_are_now(people: Cast, accountant: User) -> None:
    earlier = begin(accountant)
    post_entry(
        NewEntry(
            account_id=people.stranger.account.pk,
            kind=EntryKind.OPENING,
            amount=Decimal("0.01"),
            effective_on=dt.date(2026, 10, 31),
            key="late",
            source="test:0",
        )
    )
    later = repeat_export(earlier, by=accountant)
    assert (later.rows - earlier.rows, later.total - earlier.total) == (1, Decimal("0.01"))
    assert (later.subject, later.file_format, later.periods) == (earlier.subject, earlier.file_format, earlier.periods)
    assert [export.pk for export in selectors.exports()] == [later.pk, earlier.pk]
    assert selectors.export_of(0) is None


def test_a_file_is_deleted_once_and_the_line_of_the_export_stays(accountant: User) -> None:
    export = begin(accountant)
    tomorrow = clock.real_now() + dt.timedelta(1)
    Export.objects.filter(pk=export.pk).update(status=RunStatus.RUNNING)
    assert forget_exports(before=tomorrow) == 0, "it is still being made"
    Export.objects.filter(pk=export.pk).update(status=export.status)
    assert (forget_exports(before=tomorrow), forget_exports(before=tomorrow)) == (1, 0)
    export.refresh_from_db()
    assert (export.file, export.rows, export.total) == (None, 2, Decimal("1171.00"))
    assert not PrivateFile.objects.exists()
    drop_file(None)

"""What banks write, piece by piece: sums, days, months, letters, fields, records of dBase, lines and totals."""

import datetime as dt
import struct
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exchange.bank_files.dbase import dbf_rows
from portal.exchange.bank_files.delimited import split_fields
from portal.exchange.bank_files.lines import bad_line, cells_of, line_of
from portal.exchange.bank_files.problems import PROBLEMS, problem_text, warning_text
from portal.exchange.bank_files.text import decoded, numbered_lines
from portal.exchange.bank_files.totals import FileTotals
from portal.exchange.bank_files.values import parse_date, parse_period, parse_sum
from portal.payments.enums import Field
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFileTemplate
from portal.payments.services.bank_files import ParsedLine

TEMPLATE = BankFileTemplate(decimal_sign=",", date_format="%d.%m.%Y", separator=";")
RUSSIAN = "Иванова Анна Петровна;ул. Речная, дом 4;оплата за воду;700,14"


def line(**cells: str) -> ParsedLine:
    """A line of the template above with these fields; sum and day are right unless they are given."""
    written: dict[str, str] = {Field.AMOUNT: "700,14", Field.DATE: "12.11.2026", Field.ACCOUNT: "0010001"}
    return line_of(template=TEMPLATE, number=7, raw="…", cells={**written, **cells})


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1 240,50", "1240.50"),
        ("1\u00a0240,50", "1240.50"),
        ("1'240.50", "1240.50"),
        ("1.240,50", "1240.50"),
        ("1,240.50", "1240.50"),
        ("1.234.567,80", "1234567.80"),
        ("700,14 руб.", "700.14"),
        ("700,14RUB", "700.14"),
        ("700,14 ₽", "700.14"),
        ("−5,00", "-5.00"),
        ("+5", "5.00"),
        ("700,140", "700.14"),
    ],
)
def test_a_sum_has_its_thousands_parted_and_its_currency_beside_it(written: str, amount: str) -> None:
    assert parse_sum(written, decimal_sign=",") == Decimal(amount)


@pytest.mark.parametrize(
    "written", ["", " ", "сто", "700,145", "7-00", "1,2,3", "12345678901,00", "1e3", "nan", "--5", "700,14 USD"]
)
def test_what_is_no_sum_in_kopecks_is_none(written: str) -> None:
    assert parse_sum(written, decimal_sign=",") is None


@given(
    st.decimals(min_value="-9999999999.99", max_value="9999999999.99", places=2),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "'"]),
)
def test_every_sum_reads_back_as_it_was_written(amount: Decimal, sign: str, thousands: str) -> None:
    written = f"{amount:,.2f}".replace(",", thousands).replace(".", sign)
    assert parse_sum(written, decimal_sign=sign) == amount


@pytest.mark.parametrize(
    ("written", "formats", "day"),
    [
        ("12.11.2026", "%d.%m.%Y", dt.date(2026, 11, 12)),
        (" 12.11.2026 ", "%d.%m.%Y", dt.date(2026, 11, 12)),
        ("12.11.2026 23:59:59", "%d.%m.%Y", dt.date(2026, 11, 12)),
        ("12.11.2026", "%d.%m.%Y %H:%M", dt.date(2026, 11, 12)),
        ("20261112", "%Y%m%d", dt.date(2026, 11, 12)),
        ("11.12.26", "%d.%m.%y", dt.date(2026, 12, 11)),
        ("2026-11-12", "%d.%m.%Y", None),
        ("31.11.2026", "%d.%m.%Y", None),
        ("", "%d.%m.%Y", None),
    ],
)
def test_a_day_is_read_by_the_format_of_the_template_alone(written: str, formats: str, day: dt.date | None) -> None:
    assert parse_date(written, formats=formats) == day


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("1126", (2026, 11)),
        ("112026", (2026, 11)),
        ("11/2026", (2026, 11)),
        ("15.11.2026", (2026, 11)),
        ("2026-11", (2026, 11)),
        ("2026-11-15", (2026, 11)),
        ("мая 2026", (2026, 5)),
        ("Май 2026 г.", (2026, 5)),
        ("март 2026", (2026, 3)),
        ("ИЮЛЬ 2026", (2026, 7)),
        ("июнь 2026г", (2026, 6)),
        ("1326", None),
        ("0026", None),
        ("11.1990", None),
        ("весна 2026", None),
        ("", None),
    ],
)
def test_a_month_is_read_in_digits_and_in_words(written: str, month: tuple[int, int] | None) -> None:
    assert parse_period(written) == (dt.date(*month, 1) if month else None)


@given(st.dates(dt.date(1991, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["%m%Y", "%m.%Y", "%Y-%m", "%d.%m.%Y"]))
def test_every_month_reads_back_whatever_its_form(day: dt.date, form: str) -> None:
    assert parse_period(f"{day:{form}}") == day.replace(day=1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("declared", ["auto", "cp1251", "cp866", "koi8-r", "utf-8"])
def test_letters_are_found_whatever_encoding_was_declared(encoding: str, declared: str) -> None:
    assert decoded(RUSSIAN.encode(encoding), declared) == RUSSIAN


@pytest.mark.parametrize("data", [b"700\x00", b"\x00" * 9, "\ufeff7\x00".encode("utf-16-le")])
def test_a_nul_is_no_text(data: bytes) -> None:
    with pytest.raises(BankFileRefused) as refused:
        decoded(data, "cp1251")
    assert (refused.value.code, refused.value.detail) == ("encoding", "NUL")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("а", [(1, "а")]),
        ("а\nб\n", [(1, "а"), (2, "б")]),
        ("а\r\nб\rв\n", [(1, "а"), (2, "б"), (3, "в")]),
        ("\n\nа", [(1, ""), (2, ""), (3, "а")]),
    ],
)
def test_lines_are_numbered_as_an_editor_shows_them(text: str, lines: list[tuple[int, str]]) -> None:
    assert list(numbered_lines(text)) == lines


@pytest.mark.parametrize(
    ("separator", "raw", "fields"),
    [
        (";", "1;2;3", ["1", "2", "3"]),
        (";", '1;"а;б";3', ["1", "а;б", "3"]),
        ("\\t", "1\t2", ["1", "2"]),
        ("", "1;2", ["1", "2"]),
        ("|", "1||3", ["1", "", "3"]),
    ],
)
def test_fields_are_parted_by_the_sign_of_the_template(separator: str, raw: str, fields: list[str]) -> None:
    assert split_fields(BankFileTemplate(separator=separator), raw) == fields


# Records of dBase.


def dbase(*records: str, fields: tuple[tuple[str, int], ...] = (("LS", 5), ("SUM", 6)), **header: int) -> bytes:
    """A dBase III file with such records; each begins with a space, or with * where it is deleted."""
    length = 1 + sum(width for _, width in fields)
    start = 32 + 32 * len(fields) + 1
    head = struct.pack(
        "<B3xIHH20x",
        header.get("version", 3),
        header.get("count", len(records)),
        start,
        header.get("length", length),
    )
    described = b"".join(struct.pack("<11sc4xB15x", name.encode(), b"C", width) for name, width in fields)
    return head + described + b"\r" + "".join(records).encode("cp866")


def test_records_of_dbase_are_read_and_deleted_ones_passed_over() -> None:
    rows = dbf_rows(dbase(" 10001700.14", "*10002  1.00", " Анна   5.00"), "cp866")
    assert list(rows) == [["LS", "SUM"], ["10001", "700.14"], ["Анна", "5.00"]]


def test_a_dbase_file_without_records_has_headings_alone() -> None:
    assert list(dbf_rows(dbase(), "cp866")) == [["LS", "SUM"]]


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b"", "other_layout", "DBF"),
        (b"\x03short", "other_layout", "DBF"),
        (dbase(" 10001700.14", version=0x50), "other_layout", "DBF"),
        (dbase(" 10001700.14", length=99), "broken", ""),
        (dbase(" 10001700.14", count=3), "cut", "1 / 3"),
        (dbase(" 10001700.14")[:-1], "cut", "0 / 1"),
    ],
)
def test_a_dbase_file_that_contradicts_its_header_is_refused(data: bytes, code: str, detail: str) -> None:
    with pytest.raises(BankFileRefused) as refused:
        list(dbf_rows(data, "cp866"))
    assert (refused.value.code, refused.value.detail) == (code, detail)


# A line from its fields.


def test_a_line_has_its_fields_without_stray_spaces() -> None:
    read = line(
        account=" 00\u00a010001 ", payer="ИВАНОВА   АННА", address=" Речная  4 ", period="1026", operation=" 7 "
    )
    assert (read.number, read.amount, read.paid_on) == (7, Decimal("700.14"), dt.date(2026, 11, 12))
    assert (read.account_text, read.payer, read.address) == ("0010001", "ИВАНОВА АННА", "Речная 4")
    assert (read.period, read.operation) == (dt.date(2026, 10, 1), "7")
    assert (read.problem, read.question, read.remark) == ("", "", "")


@pytest.mark.parametrize(
    ("cells", "problem", "detail"),
    [
        ({"amount": "много"}, "no_sum", "много"),
        ({"amount": ""}, "no_sum", ""),
        ({"date": "31.02.2026"}, "no_date", "31.02.2026"),
        ({"amount": "много", "date": "вчера"}, "no_sum", "много"),
        ({"currency": "USD"}, "currency", "USD"),
        ({"currency": "rub"}, "", ""),
        ({"currency": " 643 "}, "", ""),
        ({"currency": ""}, "", ""),
    ],
)
def test_a_line_that_cannot_be_credited_names_the_first_reason(
    cells: dict[str, str], problem: str, detail: str
) -> None:
    read = line(**cells)
    assert (read.problem, read.detail) == (problem, detail)


@pytest.mark.parametrize("written", ["01.01.1991", "01.01.2200", "12.11.0026"])
def test_a_day_that_no_payment_has_is_no_day(written: str) -> None:
    assert line(date=written).paid_on is None


@pytest.mark.parametrize(
    ("transferred", "commission", "vat", "question"),
    [
        ("693,14", "7,00", "", ""),
        ("700,14", "7,00", "", ""),
        ("691,74", "7,00", "1,40", ""),
        ("693,14", "-7,00", "", ""),
        ("693,13", "7,00", "", "not_tied"),
        ("707,14", "7,00", "", "not_tied"),
    ],
)
def test_a_sum_is_what_is_transferred_or_that_with_the_commission(
    transferred: str, commission: str, vat: str, question: str
) -> None:
    read = line(transferred=transferred, commission=commission, vat=vat)
    assert read.question == question
    assert bool(read.question_detail) == bool(question)


@pytest.mark.parametrize(
    ("cells", "remark"),
    [
        ({"commission": "семь"}, "commission_unreadable"),
        ({"vat": "1,2,3"}, "vat_unreadable"),
        ({"transferred": "?"}, "transferred_unreadable"),
        ({"period": "9999"}, "period_unreadable"),
        ({"period": "0000", "commission": "-", "vat": "—", "transferred": "0"}, ""),
    ],
)
def test_what_is_not_needed_for_crediting_is_a_remark_alone(cells: dict[str, str], remark: str) -> None:
    read = line(**cells)
    assert (read.problem, read.remark) == ("", remark)
    assert read.amount == Decimal("700.14")


def test_several_readings_stand_together_and_another_field_is_taken_once() -> None:
    pairs = [
        (Field.READING, " 141 "),
        (Field.READING, ""),
        (Field.READING, "80"),
        (Field.PAYER, "а"),
        (Field.PAYER, "б"),
    ]
    assert cells_of(pairs) == {Field.READING: "141; 80", Field.PAYER: "б"}


# Totals.


@pytest.mark.parametrize(
    ("stated", "code", "detail"),
    [
        ({"count": 2, "amount": Decimal("700.14"), "commission": Decimal("7.00")}, "", ""),
        ({"count": None, "amount": None}, "", ""),
        ({"count": 3, "amount": None}, "total_count", "3 / 2"),
        ({"count": None, "amount": Decimal("700.15")}, "total_sum", "700.15 / 700.14"),
        ({"count": None, "amount": None, "commission": Decimal("0.00")}, "total_commission", "0.00 / 7.00"),
    ],
)
def test_totals_tie_to_the_kopeck_or_the_file_is_refused(
    stated: dict[str, Decimal | int | None], code: str, detail: str
) -> None:
    totals = FileTotals()
    totals.add(line(commission="7,00"))
    totals.add(bad_line(number=8, raw="?", problem="fields"))
    if not code:
        totals.tie(**stated)  # type: ignore[arg-type]
        assert (totals.count, totals.amount) == (2, Decimal("700.14"))
        return
    with pytest.raises(BankFileRefused) as refused:
        totals.tie(**stated)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_each_problem_of_a_line_has_russian_words_of_its_own() -> None:
    words = [problem_text(code) for code in PROBLEMS]
    assert len(set(words)) == len(PROBLEMS)
    assert problem_text("") == ""
    assert not [text for text in words if text in PROBLEMS]


def test_a_warning_has_what_was_seen_beside_its_words() -> None:
    assert warning_text("turnover|5.00 / 4.00").endswith(": 5,00\u00a0₽ / 4,00\u00a0₽")
    assert warning_text("sheet|Ноябрь") != warning_text("sheet|Октябрь")

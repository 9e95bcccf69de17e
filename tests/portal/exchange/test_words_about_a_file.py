"""What whoever loads a file reads about it: cells, rows, the file as a whole, and the file of errors."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import translation

from portal.accounts.models import Street
from portal.exchange.reports import (
    ImportReport,
    begin_report,
    cell_refusal_text,
    doubt_texts,
    errors_table,
    remark_text,
    several_accounts,
    table_refusal_text,
)
from portal.exchange.rows import RefusalTexts, RowOutcome, RowRefused, refusing, take_row
from portal.exchange.tables import REASON_HEADING, CellRefused, Remark, TableRefused, read_table

COLUMNS = {"number": ("Счёт", "Лицевой счёт"), "value": ("Показание",)}


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def report_of(text: str) -> ImportReport:
    return begin_report(read_table(text.encode(), columns=COLUMNS, required=["number", "value"]), dry_run=False)


CODES = ("date", "year", "number", "turned_date", "scientific", "two_values", "below_zero", "whole", "kopecks")


@pytest.mark.parametrize("code", CODES)
def test_each_refusal_of_a_cell_names_its_column_and_value(code: str) -> None:
    words = cell_refusal_text(CellRefused("value", code, value="12,5x"), {"value": "Показание, м³"})
    assert words.startswith("Показание, м³ «12,5x»: ")
    assert not words.endswith(f": {code}"), "a code is no word for people"


def test_each_refusal_has_words_of_its_own() -> None:
    words = {cell_refusal_text(CellRefused("value", code, value="x"), {}) for code in CODES}
    assert len(words) == len(CODES)


def test_a_bound_is_named_as_people_write_it() -> None:
    with translation.override("ru"):
        words = cell_refusal_text(CellRefused("value", "above", value="1000001", limit="1000000.5"), {"value": "Сумма"})
    assert "1 000 000,5" in words.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_may_have_been_meant_is_offered() -> None:
    words = cell_refusal_text(
        CellRefused("house", "turned_date", value="12.05.2026", hint="12/5, 5/12"), {"house": "Дом"}
    )
    assert words.endswith("Was one of these meant: 12/5, 5/12?")


def test_a_row_that_is_too_long_asks_about_a_comma() -> None:
    words = cell_refusal_text(CellRefused("", "longer", value="5, кв. 3"), {})
    assert "5, кв. 3" in words
    assert "comma" in words


@pytest.mark.parametrize(
    ("refusal", "part"),
    [
        (TableRefused("too_big"), "30 MB"),
        (TableRefused("empty"), "empty"),
        (TableRefused("long_cell", "7"), "Line 7"),
        (TableRefused("open_quote", "3"), "Line 3"),
        (TableRefused("type"), "neither XLSX nor CSV"),
        (TableRefused("no_heading", "Счёт, Показание"), "Счёт, Показание"),
    ],
)
def test_a_file_that_cannot_be_read(refusal: TableRefused, part: str) -> None:
    assert part in table_refusal_text(refusal)


def test_the_headings_that_were_found_are_named_too() -> None:
    words = table_refusal_text(TableRefused("no_heading", "Счёт, Показание", headings="Показание"))
    assert words.endswith("One row has only these headings: Показание.")
    assert "only these headings" not in table_refusal_text(TableRefused("no_heading", "Счёт"))


@pytest.mark.parametrize("code", ["unused", "beside", "sheet", "other_sheet", "two_rows"])
def test_each_remark_names_what_it_is_about(code: str) -> None:
    assert "42" in remark_text(Remark(code, "42"))


def test_several_accounts_are_all_named() -> None:
    assert "0010001, 10001" in several_accounts(["0010001", "10001"])


def test_a_doubt_names_the_heading_and_the_value_that_was_taken() -> None:
    report = report_of("Лицевой счёт;Счёт;Показание\n7;1;2\n")
    [words] = doubt_texts(report.table.rows[0], report.table)
    assert "«Счёт»" in words
    assert words.endswith("used: 1.")


# The file of errors.


def test_the_file_of_errors_has_the_rows_as_they_were_written_with_reasons() -> None:
    report = report_of("Счёт;Показание;Примечание\n1;2;а\n3;4\n5;6;в\n")
    report.refuse(4, "5", "нет такого счёта")
    report.refuse(3, "3", "мало")
    heading, rows = errors_table(report)
    assert heading == ["Счёт", "Показание", "Примечание", REASON_HEADING]
    assert rows == [["3", "4", None, "мало"], ["5", "6", "в", "нет такого счёта"]]


def test_the_corrected_file_is_read_again_without_its_reasons() -> None:
    report = report_of("Счёт;Показание\n1;x\n")
    report.refuse(2, "1", "не число")
    heading, rows = errors_table(report)
    again = ";".join(heading) + "\n" + ";".join(str(cell) for cell in rows[0]) + "\n"
    corrected = report_of(again.replace("x", "5"))
    assert corrected.remarks == []
    assert corrected.table.rows[0].number_of("value") == Decimal(5)


# A row is taken whole, refused, or asked about.


def stored(outcome: RowOutcome | Exception) -> Callable[[], RowOutcome]:
    """Work that writes a street before it ends with this."""

    def store() -> RowOutcome:
        Street.objects.create(name="Новая", kind="street", settlement="Красногорск")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return store


def take(report: ImportReport, outcome: RowOutcome | Exception, *, accept_asked: bool = False) -> int:
    """Take a row; how many streets there are then."""
    words: RefusalTexts = {KeyError: lambda refusal: f"нет: {refusal.args[0]}"}
    take_row(report, 2, "1", stored(outcome), accept_asked=accept_asked, refusals=words)
    return Street.objects.count()


@pytest.mark.django_db
def test_a_row_is_taken_or_repeated() -> None:
    report = report_of("Счёт;Показание\n1;2\n")
    assert take(report, RowOutcome(new=True)) == 1
    Street.objects.all().delete()
    take(report, RowOutcome(new=False, notes=["присмотритесь"]))
    assert (report.imported, report.repeated) == (1, 1)
    assert [row.reason for row in report.notes] == ["присмотритесь"]
    assert report.not_taken() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (RowRefused("нет адреса"), "нет адреса"),
        (KeyError("дом"), "нет: дом"),
        (CellRefused("value", "number", value="x"), "Показание «x»: not a number."),
    ],
)
def test_a_refused_row_leaves_nothing_behind(refusal: Exception, words: str) -> None:
    report = report_of("Счёт;Показание\n1;2\n")
    assert take(report, refusal) == 0
    assert [(row.number, row.subject, row.reason) for row in report.bad] == [(2, "1", words)]


@pytest.mark.django_db
def test_a_question_keeps_the_row_out_until_it_is_answered() -> None:
    report = report_of("Счёт;Показание\n1;2\n")
    asked = RowOutcome(new=True, questions=["Десять тысяч?"])
    assert take(report, asked) == 0
    assert [row.reason for row in report.not_taken()] == ["Десять тысяч?"]
    assert report.imported == 0

    accepted = report_of("Счёт;Показание\n1;2\n")
    assert take(accepted, asked, accept_asked=True) == 1
    assert (accepted.imported, accepted.asked) == (1, [])
    assert [row.reason for row in accepted.notes] == ["Десять тысяч?"], "what was accepted is still told"


def test_an_error_of_ours_is_no_refusal() -> None:
    report = report_of("Счёт;Показание\n1;2\n")
    with pytest.raises(ZeroDivisionError), refusing(report, 2, "1"):
        raise ZeroDivisionError
    assert report.bad == []


def test_days_in_the_report_are_shown_as_days() -> None:
    table = read_table("Счёт;Показание\n1;2\n".encode(), columns=COLUMNS, required=["number", "value"])
    table.rows[0].cells["value"] = dt.datetime(2026, 11, 15)
    assert table.rows[0].shown("value") == "15.11.2026"

"""Slips in files of banks: what cannot be right is refused by its line, what may be is asked about, all is told."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from portal.accounts.models import Account
from portal.core import clock
from portal.core.models import CompanySettings
from portal.exchange.bank_files.problems import warning_text
from portal.exchange.bank_files.services import take_bank_file
from portal.ledger.selectors import balance
from portal.payments.enums import FileState, LineState
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFile, BankFileColumn, BankFileTemplate, PaymentSettings
from tests.people import Cast
from tests.portal.payments.bank import problems
from tests.portal.payments.test_import_bank_files import STATEMENT, imported, report, sberbank, take
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 15)


def template_of(code: str, headings: dict[str, str], **values: Any) -> BankFileTemplate:
    template = BankFileTemplate.objects.create(
        name=code, code=code, layout="table", date_format="%d.%m.%Y", decimal_sign=",", **values
    )
    for place, (field, heading) in enumerate(headings.items(), 1):
        BankFileColumn.objects.create(
            template=template, field=field, heading=heading, position=None if heading else place
        )
    return template


# Sums, dates, periods


@pytest.mark.parametrize(
    ("account", "changes", "problem"),
    [
        ("0010001", {"sums": {0: "9999999999.99"}}, "large"),
        ("0010001", {"day": "12-11-1995"}, "old"),
    ],
)
def test_an_unlikely_payment_is_asked_about(cast: Cast, account: str, changes: dict[str, Any], problem: str) -> None:
    file = take(sberbank(account, **changes))
    assert problems(file) == [(1, LineState.ASKED, problem)]
    imported(file)
    assert balance(cast.anna.account) == 0


def changed_row(*change: str) -> BankFile:
    BankFileTemplate.objects.filter(code="sberbank-13").update(total_prefix="")
    row = sberbank("0010001").decode("cp1251").split("\r\n")[0]
    assert change[0] in row
    return take(row.replace(*change).encode("cp1251"))


@pytest.mark.parametrize(
    ("change", "state", "problem"),
    [
        ((";1026;", ";122099;"), LineState.ASKED, "period_far"),
        ((";1026;", ";13-26;"), LineState.READY, "period_unreadable"),
        ((";693,14;7,00;", ";693,14;8,00;"), LineState.ASKED, "not_tied"),
        ((";693,14;7,00;", ";693,14;семь;"), LineState.ASKED, "not_tied"),
        ((";693,14;7,00;", ";;семь;"), LineState.READY, "commission_unreadable"),
        ((";693,14;7,00;", ";700,14;7,00;"), LineState.READY, ""),
        ((";1026;", ";;"), LineState.READY, ""),
    ],
)
def test_a_row_that_does_not_tie_is_asked_about_and_what_is_not_read_is_told(
    cast: Cast, change: tuple[str, str], state: str, problem: str
) -> None:
    line = changed_row(*change).lines.get()
    assert (line.state, line.problem) == (state, problem)


def test_the_limit_of_sums_is_a_setting(cast: Cast) -> None:
    terms = PaymentSettings.load()
    terms.ask_above = Decimal("500.00")
    terms.save()
    assert take(sberbank("0010001")).asked == 1


@pytest.mark.parametrize("total", ["=1;700,14;много;7,00;1;1", "=1;700,14;693,14;семь;1;1"])
def test_an_unreadable_total_is_refused(cast: Cast, total: str) -> None:
    assert take(sberbank("0010001", total=total)).refusal == "total_unreadable"


def test_a_short_total_line_is_told(cast: Cast) -> None:
    file = take(sberbank("0010001", total="=1;700,14"))
    assert (file.state, "к перечислению" in warning_text(file.warnings[0])) == (FileState.CHECKED, True)


# Accounts


@pytest.mark.parametrize("written", ["10001", "00010001", "0000010001", "0010001"])
def test_spellings_of_an_account_in_one_file_are_one_account(cast: Cast, written: str) -> None:
    file = take(sberbank(written, "10001", "000000010001", "0010001"))
    assert {line.account for line in file.lines.all()} == {cast.anna.account}


def test_the_very_number_wins_and_several_that_fit_are_no_account(cast: Cast) -> None:
    short = Account.objects.get(pk=cast.stranger.account.pk)
    short.number = "10001"
    short.save()
    file = take(sberbank("10001", "0010001", "000010001"))
    assert [line.account_id for line in file.lines.all()] == [short.pk, cast.anna.account.pk, None]


# Tables


HEADINGS = {"date": "Дата", "account": "Счёт", "amount": "Сумма"}
TABLE = "Дата;Счёт;Сумма\n12.11.2026;0010001;700,14\n12.11.2026;0010002;12,00\n"
TOTAL = {"total_prefix": "Итого", "total_count_prefix": "Всего"}


@pytest.mark.parametrize(
    ("tail", "refusal"),
    [
        ("Итого: 712,14\nВсего: 2\n", ""),
        ("Итого: 712,14\nВсего: 2\nБухгалтер: Иванова\n", ""),
        ("Итого: 712,14\n12.11.2026;0010001;50,00\n", "after_total"),
        ("Итого: 712,14\nВсего: две\n", "total_unreadable"),
        ("Итого: семьсот\nВсего: 2\n", "total_unreadable"),
        ("Итого: 712,14\nВсего: 3 шт.\n", "total_count"),
    ],
)
def test_what_stands_after_a_table_is_held_against_it(cast: Cast, tail: str, refusal: str) -> None:
    template_of("table", HEADINGS, **TOTAL)
    file = take((TABLE + tail).encode(), name="t.csv", code="table")
    assert file.refusal == refusal
    assert bool(file.warnings) == ("Бухгалтер" in tail)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Дата;Счёт;Сумма;Сумма\n12.11.2026;0010001;5,00;6,00\n", "two_values"),
        ("Дата;Счёт;Сумма\n12.11.2026;0010001;1;000,50\n", "fields"),
        ("Дата;Счёт;Сумма\n;0010001;5,00\n", "no_date"),
    ],
)
def test_a_bad_row_of_a_table_is_named(cast: Cast, text: str, problem: str) -> None:
    template_of("table", HEADINGS)
    assert problems(take(text.encode(), name="t.csv", code="table")) == [(2, LineState.BAD, problem)]


def test_a_sum_with_a_third_decimal_is_no_sum_and_the_noise_of_floats_is_none(cast: Cast) -> None:
    template_of("table", HEADINGS)
    rows: list[list[object]] = [["Дата", "Счёт", "Сумма"]]
    rows += [[dt.datetime(2026, 11, 12), "0010001", value] for value in (100.555, 0.1 + 0.2)]
    file = take(workbook(rows), name="t.xlsx", code="table")
    assert [(line.state, line.amount) for line in file.lines.all()] == [("bad", None), ("ready", Decimal("0.30"))]


def test_a_table_on_the_second_sheet_is_found_and_told(cast: Cast) -> None:
    template_of("table", HEADINGS)
    rows: list[list[object]] = [["Дата", "Счёт", "Сумма"], ["12.11.2026", "0010001", 5]]
    file = take(workbook([["Справка"]], rows), name="t.xlsx", code="table")
    assert (file.ready, file.warnings) == (1, ["sheet|Лист2"])


def test_a_table_without_headings_is_read_by_numbers_of_columns(cast: Cast) -> None:
    template_of("bare", {"date": "", "account": "", "amount": ""})
    file = take(workbook([["12.11.2026", "0010001", 700.14]]), name="t.xlsx", code="bare")
    assert (file.ready, file.total_amount) == (1, Decimal("700.14"))


def test_a_file_without_dates_asks_for_the_day_of_the_payments(
    cast: Cast,
    clerk: Any,
    client: Any,
    business_date: Any,
) -> None:
    business_date(TODAY)
    clerk("payments.import_registry")
    template = template_of("undated", {"account": "Счёт", "amount": "Сумма"})
    data = "Счёт;Сумма\n0010001;700,14\n".encode()
    with pytest.raises(BankFileRefused, match="paid_on"):
        take(data, name="t.csv", code="undated")
    url = reverse("office_bank_files")
    upload = {"template": template.pk, "file": io.BytesIO(data)}
    assert "укажите день платежей" in client.post(url, upload).content.decode()
    late = client.post(url, {"template": template.pk, "file": io.BytesIO(data), "paid_on": "12.11.1995"})
    assert "за последние двенадцать месяцев" in late.content.decode()
    client.post(url, {"template": template.pk, "file": io.BytesIO(data), "paid_on": "12.11.2026"})
    assert BankFile.objects.get().lines.get().paid_on == dt.date(2026, 11, 12)


def test_a_report_without_its_preamble_is_said_to_need_another_template(db: None) -> None:
    rows = report(["p1", "5,00", "RUB", "12.11.2026 12:00:00", ""], total="5,00", count=1)[2:]
    text = "\n".join(";".join(map(str, row)) for row in rows)
    assert take(text.encode(), name="r.csv", code="yookassa").refusal == "heading_early"


def test_the_commission_of_the_gateway_counts_with_its_vat(db: None) -> None:
    rows = report(["p1", "1000,00", "RUB", "12.11.2026 12:00:00", ""], total="1000,00", count=1)
    rows[2] += ["Сумма комиссии без НДС", "Сумма НДС"]
    rows[3] += ["30,00", "6,60"]
    text = "\n".join(";".join(map(str, row)) for row in rows)
    assert take(text.encode(), name="r.csv", code="yookassa").commission == Decimal("36.60")


# Statements


def test_a_document_without_its_end_is_a_bad_line(cast: Cast) -> None:
    file = take(STATEMENT.replace("КонецДокумента\n", "", 1).encode(), code="1c")
    assert problems(file)[0] == (9, LineState.BAD, "document_open")
    assert file.bad == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("ДатаПоступило=12.11.2026", "ДатаПоступило=13.11.2026"), "number_again"),
        (("Номер=17", "Номер=000017"), "imported_before"),
        (("Номер=17", "Номер=117"), ""),
    ],
)
def test_a_document_that_was_credited_is_not_credited_again(cast: Cast, change: tuple[str, str], problem: str) -> None:
    imported(take(STATEMENT.encode(), code="1c"))
    file = imported(take(STATEMENT.replace(*change).encode(), name="again.txt", code="1c"))
    assert file.lines.get(payer__startswith="Иванова").problem == problem
    assert balance(cast.anna.account) == Decimal("-700.14") * (1 if problem else 2)


def test_zeros_before_a_number_make_no_other_operation(cast: Cast) -> None:
    imported(take(sberbank("0010001")))
    other = take(sberbank("0010001").replace(b";100;", b";000100;"))
    assert [line.problem for line in other.lines.all()] == ["again"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("№ 0010001 за", "№ 0010001 и л/с 0010003 за"), "two_accounts"),
        (("№ 0010001 за", "№ 0010001 и л/с 10001 за"), ""),
        (("ДатаПоступило=12.11.2026", "ДатаПоступило=12.11.2025"), "before_document"),
    ],
)
def test_a_statement_that_contradicts_itself_is_asked_about(cast: Cast, change: tuple[str, str], problem: str) -> None:
    file = take(STATEMENT.replace(*change, 1).encode(), code="1c")
    assert file.lines.get(payer__startswith="Иванова").problem == problem
    assert file.asked == bool(problem)


@pytest.mark.parametrize("tail", ["СекцияДокумент=Платежное поручение\n", "1CClientBankExchange\n"])
def test_data_after_the_end_of_a_statement_is_refused(cast: Cast, tail: str) -> None:
    assert take((STATEMENT + tail).encode(), code="1c").refusal == "after_total"


def test_a_statement_of_two_of_our_accounts_is_read(cast: Cast) -> None:
    company = CompanySettings.load()
    company.bank_account = "40702810900000000001"
    company.save()
    other = "40702810900000000777"
    text = STATEMENT.replace("СекцияРасчСчет", f"РасчСчет={other}\nСекцияРасчСчет", 1)
    text = text.replace("ПолучательСчет=4070281090000000****", f"ПолучательСчет={other}")
    file = take(text.encode(), code="1c")
    assert [line.amount for line in file.lines.all()] == [Decimal("700.14"), Decimal("12.00")]
    assert "0777" in warning_text(file.warnings[0])
    strange = STATEMENT.replace("РасчСчет=40702810900000000001", f"РасчСчет={other}", 1)
    assert take(strange.encode(), code="1c").refusal == "other_account"


@pytest.mark.parametrize(
    "words",
    [
        "лиц.счет 0010001",
        "л.с. 0010001",
        "по лицевому счёту № 0010001",
        "ЛС0010001",
        "л/сч: 0010001",
        "лицевой счет 0010001",
        "с лицевого счета 0010001",
    ],
)
def test_the_account_is_found_in_the_purpose_whatever_the_words(cast: Cast, words: str) -> None:
    text = STATEMENT.replace("лицевой счет № 0010001", words)
    assert take(text.encode(), code="1c").lines.all()[0].account == cast.anna.account


def test_a_purpose_in_several_lines_is_put_together(cast: Cast) -> None:
    text = STATEMENT.replace(
        "НазначениеПлатежа=Оплата за воду, лицевой счет № 0010001 за октябрь",
        "НазначениеПлатежа1=Оплата за воду, лицевой счет\nНазначениеПлатежа2=0010001 за октябрь",
    )
    assert take(text.encode(), code="1c").lines.all()[0].account == cast.anna.account


def test_a_document_without_a_number_may_be_credited_already(cast: Cast) -> None:
    text = STATEMENT.replace("Номер=17\n", "")
    imported(take(text.encode(), code="1c"))
    again = take(text.replace("ВерсияФормата=1.03", "ВерсияФормата=1.02").encode(), code="1c")
    assert again.lines.get(account=cast.anna.account).problem == "again"


def test_a_registry_is_taken_with_the_day_given_only_where_it_has_none(cast: Cast) -> None:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    file = take_bank_file(
        template=template,
        name="p.txt",
        data=sberbank("0010001"),
        by=None,
        now=clock.now(),
        today=TODAY,
        paid_on=dt.date(2026, 11, 1),
    )
    assert (file.paid_on, file.lines.get().paid_on) == (None, dt.date(2026, 11, 12))

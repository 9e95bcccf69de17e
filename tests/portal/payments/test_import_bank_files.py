"""A bank's file is read whole, named line by line, credited once; nothing is ever half imported."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_q.models import OrmQ

from portal.core import clock
from portal.core.models import CompanySettings
from portal.exchange.bank_files.jobs import resume_bank_files
from portal.exchange.bank_files.services import take_bank_file
from portal.exchange.bank_files.values import parse_period, parse_sum
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.payments.enums import FileState, LineState
from portal.payments.exceptions import BankFileRefused, LineSettled
from portal.payments.jobs import import_bank_file_chunk
from portal.payments.models import BankFile, BankFileChunk, BankFileTemplate, IdentificationRule, Payment
from portal.payments.services import bank_file_imports
from portal.payments.services.bank_files import begin_import, carry_out_import, import_all, import_chunk
from portal.payments.services.unknown_lines import dismiss_line, settle_line
from tests.people import Cast, make_login
from tests.portal.payments.bank import begin, pay_at_bank, send_notice
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 15)
ROW = "12-11-2026;10-15-00;8047/01;12;{op};{account};{payer};{address};1026;{sum};{net};{fee};"
SUM, FEE = Decimal("700.14"), Decimal("7.00")


def comma(value: Decimal) -> str:
    return str(value).replace(".", ",")


def sberbank(
    *accounts: str, sums: dict[int, str] | None = None, total: str = "", tail: str = "", day: str = "12-11-2026"
) -> bytes:
    rows = []
    amount = Decimal(0)
    for number, account in enumerate(accounts):
        value = Decimal((sums or {}).get(number, str(SUM)))
        amount += value
        rows.append(
            ROW.format(
                op=f"10{number}",
                account=account,
                payer="ИВАНОВА АННА",
                address="РЕЧНАЯ 4-17",
                sum=comma(value),
                net=comma(value - FEE),
                fee=comma(FEE),
            )
        )
    fee = FEE * len(accounts)
    rows.append(total or f"={len(accounts)};{comma(amount)};{comma(amount - fee)};{comma(fee)};000123;13-11-2026")
    return ("\r\n".join(rows) + "\r\n" + tail).replace("12-11-2026", day).encode("cp1251")


def take(data: bytes, *, name: str = "pay.txt", code: str = "sberbank-13") -> BankFile:
    template = BankFileTemplate.objects.get(code=code)
    return take_bank_file(template=template, name=name, data=data, by=None, now=clock.now(), today=TODAY)


def imported(file: BankFile) -> BankFile:
    return import_all(file_id=begin_import(file=file).pk, now=clock.now())


def test_a_dry_run_credits_nothing_and_an_import_credits_once(cast: Cast) -> None:
    file = take(sberbank("0010001", "0010002", "0010001"))
    assert (file.state, file.ready, file.total_amount) == (FileState.CHECKED, 3, SUM * 3)
    assert not Entry.objects.exists()
    file = imported(file)
    assert (file.state, file.done) == (FileState.IMPORTED, 3)
    assert balance(cast.anna.account) == -2 * SUM
    assert Payment.objects.filter(for_period=dt.date(2026, 10, 1), paid_on=dt.date(2026, 11, 12)).count() == 3
    import_all(file_id=file.pk, now=clock.now())
    assert Entry.objects.count() == 3


def test_it_is_imported_in_chunks_each_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank_file_imports, "CHUNK", 2)
    file = begin_import(file=take(sberbank("0010001", "0010002", "0010001")))
    carry_out_import(file=file)
    chunks = [job.args()[0] for job in OrmQ.objects.order_by("pk")]
    assert len(chunks) == 2
    assert [import_chunk(chunk_id=pk) for pk in (*chunks, *chunks)] == [2, 1, 0, 0]
    file.refresh_from_db()
    assert (file.state, file.done, Entry.objects.count()) == (FileState.IMPORTED, 3, 3)


def test_an_import_that_lost_its_jobs_is_put_back(cast: Cast) -> None:
    file = begin_import(file=take(sberbank("0010001")))
    carry_out_import(file=file)
    OrmQ.objects.all().delete()
    assert resume_bank_files() == 0
    BankFileChunk.objects.update(queued_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert resume_bank_files() == 1
    job = OrmQ.objects.get()
    assert job.func() == "portal.payments.jobs.import_bank_file_chunk"
    import_bank_file_chunk(job.args()[0])
    file.refresh_from_db()
    assert file.state == FileState.IMPORTED


def test_the_same_file_under_another_name_is_refused(cast: Cast) -> None:
    data = sberbank("0010001")
    imported(take(data))
    with pytest.raises(BankFileRefused, match="already_imported"):
        take(data, name="other.txt")


def test_operations_of_an_earlier_file_are_not_credited_again(cast: Cast) -> None:
    imported(take(sberbank("0010001")))
    file = take(sberbank("0010001", "0010002"))
    assert file.lines.get(number=1).state == LineState.REPEATED
    imported(file)
    assert balance(cast.anna.account) == -SUM


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r", "utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_is_found_whatever_was_declared(cast: Cast, encoding: str) -> None:
    file = take(sberbank("0010001").decode("cp1251").encode(encoding))
    assert file.state == FileState.CHECKED
    assert file.lines.get().payer == "ИВАНОВА АННА"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sberbank("0010001", tail="12-11-2026;1;2"), "after_total"),
        (sberbank("0010001").split(b"=")[0], "no_total"),
        (sberbank("0010001", total="=2;700,14;693,14;7,00;1;1"), "total_count"),
        (sberbank("0010001", total="=1;700,15;693,15;7,00;1;1"), "total_sum"),
        (sberbank("0010001", total="=1;700,14;693,14;7,01;1;1"), "total_commission"),
        (sberbank("0010001", total="=1;700,14;600,00;7,00;1;1"), "total_transferred"),
        (sberbank("0010001", total="=x;y"), "total_unreadable"),
        (b"a|b|c\r\n" * 30, "other_layout"),
        (b"1CClientBankExchange\r\n", "other_layout"),
        (b"\r\n\r\n", "empty"),
        (b"\x00\x01\x02" * 99, "encoding"),
    ],
)
def test_a_wrong_file_is_refused_whole_with_its_words(cast: Cast, data: bytes, code: str) -> None:
    file = take(data)
    assert (file.state, file.refusal) == (FileState.REFUSED, code)
    with pytest.raises(BankFileRefused):
        begin_import(file=file)
    assert not Entry.objects.exists()


def test_an_empty_file_is_not_even_kept(db: None) -> None:
    with pytest.raises(BankFileRefused, match="empty"):
        take(b"")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("12-11-2026", "16-11-2026"), "future"),
        (("12-11-2026", "31-02-2026"), "no_date"),
        ((";700,14;", ";семьсот;"), "no_sum"),
        ((";700,14;", ";700,145;"), "no_sum"),
        ((";1026;", ";10;26;"), "fields"),
        ((";700,14;", ";-700,14;"), "negative"),
        ((";700,14;", ";0,00;"), "zero"),
    ],
)
def test_every_bad_line_is_named_and_nothing_is_half_imported(
    cast: Cast, change: tuple[str, str], problem: str
) -> None:
    text = sberbank("0010002", "0010001").decode("cp1251")
    lines = text.split("\r\n")
    lines[1] = lines[1].replace(*change)
    template = BankFileTemplate.objects.get(code="sberbank-13")
    template.total_prefix = ""
    template.save()
    file = take("\r\n".join(lines[:2]).encode("cp1251"))
    assert file.bad == 1
    assert file.lines.get(state=LineState.BAD).problem == problem
    assert file.lines.get(state=LineState.BAD).number == 2
    with pytest.raises(BankFileRefused, match="bad_lines"):
        begin_import(file=file)
    assert not Entry.objects.exists()


def test_a_negative_sum_may_be_a_correction_by_the_template(cast: Cast) -> None:
    BankFileTemplate.objects.filter(code="sberbank-13").update(negative="correction")
    file = take(sberbank("0010001", sums={0: "-5.00"}))
    assert file.lines.get().state == LineState.UNKNOWN


def test_the_account_in_the_files_name_must_be_ours(cast: Cast) -> None:
    company = CompanySettings.load()
    company.bank_account = "40702810900000000001"
    company.save()
    assert take(sberbank("0010001"), name="x_5024000000_40702810900000000001_1.y12").state == FileState.CHECKED
    assert take(sberbank("0010002"), name="x_5024000000_40702810900000000002_1.txt").refusal == "other_account"


def test_a_zip_is_opened(cast: Cast) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("pay.txt", sberbank("0010001"))
    assert take(out.getvalue(), name="pay.zip").state == FileState.CHECKED


def test_an_unknown_account_waits_is_settled_and_remembered(cast: Cast) -> None:
    accountant = make_login("accountant", staff=True)
    file = imported(take(sberbank("00100O1", "0010002")))
    line = file.lines.get(state=LineState.UNKNOWN)
    settle_line(line=line, account=cast.anna.account, by=accountant, now=clock.now(), remember=True)
    assert balance(cast.anna.account) == -SUM
    with pytest.raises(LineSettled):
        settle_line(line=line, account=cast.boris.account, by=accountant, now=clock.now(), remember=False)
    again = take(sberbank("00100O1", sums={0: "12.00"}))
    assert again.ready == 1
    imported(again)
    assert IdentificationRule.objects.get().used == 1
    assert balance(cast.anna.account) == -SUM - 12


def test_nobody_credits_a_payment_to_an_account_of_their_own(cast: Cast) -> None:
    line = imported(take(sberbank("00100O1"))).lines.get()
    with pytest.raises(BankFileRefused, match="own_account"):
        settle_line(line=line, account=cast.anna.account, by=cast.anna.user, now=clock.now(), remember=True)
    assert not Entry.objects.exists()
    assert not IdentificationRule.objects.exists()


def test_what_is_no_residents_payment_is_dismissed_with_a_reason(cast: Cast) -> None:
    accountant = make_login("accountant", staff=True)
    line = imported(take(sberbank("777"))).lines.get()
    with pytest.raises(BankFileRefused, match="reason"):
        dismiss_line(line=line, by=accountant, now=clock.now(), note=" ", remember=False)
    dismiss_line(line=line, by=accountant, now=clock.now(), note="перевод банка", remember=True)
    assert take(sberbank("777", sums={0: "1.00"})).lines.get().state == LineState.DISMISSED
    assert not Entry.objects.exists()


def test_lost_leading_zeros_are_forgiven(cast: Cast) -> None:
    assert take(sberbank("10001")).lines.get().account == cast.anna.account


def report(*rows: list[Any], total: str, count: int) -> list[list[Any]]:
    heading = ["Идентификатор платежа", "Сумма платежа", "Валюта платежа", "Время платежа", "Описание заказа"]
    return [
        ["Реестр платежей"],
        ["Дата платежей: 2026-11-12"],
        heading,
        *rows,
        [],
        [f"Сумма принятых платежей: {total} RUB"],
        [f"Число платежей: {count}"],
    ]


def test_a_yookassa_report_is_compared_and_never_credited(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    send_notice(payment)
    when = dt.datetime(2026, 11, 12, 12, 0)
    rows = report(
        [payment.gateway_id, 700.14, "RUB", when, "л/с"], ["unknown", 5, "RUB", when, ""], total="705.14", count=2
    )
    file = imported(take(workbook(rows), name="report.xlsx", code="yookassa"))
    assert list(file.lines.values_list("state", "problem")) == [("compared", ""), ("compared", "not_ours")]
    assert Entry.objects.count() == 1


def test_an_empty_yookassa_report_in_csv_is_said_to_be_empty(db: None) -> None:
    text = "\n".join(";".join(map(str, row)) for row in report(total="0.00", count=0))
    assert take(text.encode("cp1251"), code="yookassa").refusal == "empty"


STATEMENT = """1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
НовыйНеведомыйАтрибут=7
РасчСчет=40702810900000000001
СекцияРасчСчет
ВсегоПоступило=712.14
КонецРасчСчет
СекцияДокумент=Платежное поручение
Номер=17
Дата=12.11.2026
Сумма=700.14
ПлательщикСчет=40817810000000000017
Плательщик1=Иванова Анна Петровна
ПолучательСчет=40702810900000000001
ДатаПоступило=12.11.2026
НазначениеПлатежа=Оплата за воду, лицевой счет № 0010001 за октябрь
КонецДокумента
СекцияДокумент=Платежное поручение
Номер=18
Дата=12.11.2026
Сумма=12.00
Плательщик1=ООО Ромашка
ПолучательСчет=4070281090000000****
ДатаПоступило=12.11.2026
НазначениеПлатежа=Возврат аванса
КонецДокумента
СекцияДокумент=Платежное поручение
Номер=19
Дата=12.11.2026
Сумма=99.00
ПолучательСчет=40702810900000000999
ДатаСписано=12.11.2026
НазначениеПлатежа=Поставщику
КонецДокумента
КонецФайла
"""


def test_a_statement_finds_the_account_in_the_purpose(cast: Cast) -> None:
    company = CompanySettings.load()
    company.bank_account = "40702810900000000001"
    company.save()
    file = take(STATEMENT.encode("utf-8"), code="1c")
    assert [(line.amount, line.state) for line in file.lines.all()] == [
        (Decimal("700.14"), "ready"),
        (Decimal("12.00"), "unknown"),
    ]
    assert take(STATEMENT.replace("КонецФайла", "").encode("cp1251"), code="1c").refusal == "cut"
    wrong = take(STATEMENT.replace("712.14", "800.00").encode("cp866"), code="1c")
    assert (wrong.state, len(wrong.warnings)) == (FileState.CHECKED, 1)


def test_the_command_checks_imports_and_fails_with_words(
    cast: Cast, tmp_path: Path, capsys: Any, settings: Any
) -> None:
    settings.PORTAL_TODAY = str(TODAY)
    path = tmp_path / "pay.txt"
    path.write_bytes(sberbank("0010001", "0010002"))
    call_command("import_registry", str(path), "--dry-run")
    assert not Payment.objects.exists()
    call_command("import_registry", str(path))
    assert capsys.readouterr().out.splitlines()[-1].startswith("imported 2")
    with pytest.raises(CommandError):
        call_command("import_registry", str(path))


def test_ten_thousand_lines_take_a_constant_number_of_queries_a_chunk(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    file_of_800 = sberbank(*(["0010001", "0010002"] * 400))
    with django_assert_max_num_queries(40):
        file = take(file_of_800)
    with django_assert_max_num_queries(60):
        imported(file)
    assert balance(cast.anna.account) == -400 * SUM


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1 234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("-5,00", "-5.00"),
        ("5", "5.00"),
        ("1'000.5", "1000.50"),
        ("", None),
        ("5,001", None),
        ("1e3", None),
        ("NaN", None),
    ],
)
def test_sums_of_banks(written: str, amount: str | None) -> None:
    assert parse_sum(written, decimal_sign=",") == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    "written", ["1026", "102026", "10.2026", "2026-10", "15.10.2026", "2026-10-15", "октябрь 2026", "октября 2026 г."]
)
def test_periods_in_all_forms(written: str) -> None:
    assert parse_period(written) == dt.date(2026, 10, 1)

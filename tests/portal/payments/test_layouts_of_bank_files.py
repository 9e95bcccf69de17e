"""Every layout that FORMATS names is read by a ready template; what does not tie is refused with its words."""

import datetime as dt
import io
import struct
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.exchange.bank_files.problems import problem_text
from portal.ledger.selectors import balance
from portal.payments.enums import FileState, LineState
from portal.payments.exceptions import BankFileRefused
from portal.payments.messages import file_refusal
from portal.payments.models import BankFile, BankFileColumn, BankFileTemplate
from tests.people import Cast
from tests.portal.payments.test_import_bank_files import imported, sberbank, take

pytestmark = pytest.mark.django_db
ORDERS = "12.11.2026|000417|0000000712.14|2\r\n12.11.2026|000418|0000000000005.00|1\r\n"
ROWS = (
    "417|12.11.2026|8047|12|1001|700.14|0010001\r\n417|12.11.2026|8047|12|1002|12.00|0010002\r\n"
    "418|11.11.2026|8047|12|1003|5.00|0010001\r\n"
)


def two_files(orders: str = ORDERS, rows: str = ROWS, *, rows_first: bool = False) -> bytes:
    files = [("orders.txt", orders), ("rows.txt", rows)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in reversed(files) if rows_first else files:
            archive.writestr(name, text.encode("cp1251"))
    return out.getvalue()


@pytest.mark.parametrize("rows_first", [False, True])
def test_orders_and_payments_in_two_files_tie(cast: Cast, rows_first: bool) -> None:
    file = imported(take(two_files(rows_first=rows_first), name="sber.zip", code="sberbank-two"))
    assert (file.state, file.done, file.total_amount) == (FileState.IMPORTED, 3, Decimal("717.14"))
    assert balance(cast.anna.account) == Decimal("-705.14")


@pytest.mark.parametrize(
    ("orders", "rows", "code"),
    [
        (ORDERS.replace("712.14", "712.15"), ROWS, "total_sum"),
        (ORDERS.replace("|2\r", "|3\r"), ROWS, "total_count"),
        (ORDERS.split("\n", maxsplit=1)[0], ROWS, "orders"),
        (ORDERS, ROWS.partition("418")[0], "orders"),
        ("\r\n", "\r\n", "empty"),
    ],
)
def test_two_files_that_do_not_tie_are_refused(cast: Cast, orders: str, rows: str, code: str) -> None:
    assert take(two_files(orders, rows), name="sber.zip", code="sberbank-two").refusal == code


def test_one_file_alone_is_not_two(cast: Cast) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rows.txt", ROWS)
    with pytest.raises(BankFileRefused, match="archive 1 / 2"):
        take(out.getvalue(), name="sber.zip", code="sberbank-two")


def test_named_fields_bring_readings_and_pass_over_what_is_no_payment(cast: Cast) -> None:
    text = (
        "12-11-2026;77;700,14;ClientNo:0010001;CLIENTDOCNO:1;CounterVal_1:141,455;countERval_2:80\r\n"
        "12-11-2026;78;1,00;KIND:service\r\n"
    )
    file = take(text.encode("cp1251"), code="sberbank-readings")
    line = file.lines.get()
    assert (line.account, line.amount) == (cast.anna.account, Decimal("700.14"))
    assert line.readings == "counterval_1: 141,455; counterval_2: 80"


def dbf(*records: tuple[str, str, str, str], encoding: str = "cp866", cut: int = 0) -> bytes:
    fields = [("DATE", 8), ("LS", 10), ("SUMMA", 12), ("FIO", 20)]
    head = b"".join(struct.pack("<11sc4xB15x", name.encode(), b"C", width) for name, width in fields) + b"\r"
    length = 1 + sum(width for _, width in fields)
    start = struct.pack("<B3xIHH20x", 3, len(records), 32 + len(head), length)
    body = b"".join(
        b" " + b"".join(text.encode(encoding).ljust(width) for text, (_, width) in zip(record, fields, strict=True))
        for record in records
    )
    return (start + head + body)[: -cut or None] + b"\x1a" * (not cut)


def test_a_dbase_file_is_read(cast: Cast) -> None:
    records = [("20261112", "0010001", "700.14", "ИВАНОВА АННА"), ("20261112", "0010002", "12.00", "ПЕТРОВ БОРИС")]
    file = imported(take(dbf(*records), name="pay.dbf", code="dbf"))
    assert [line.payer for line in file.lines.all()] == ["ИВАНОВА АННА", "ПЕТРОВ БОРИС"]
    assert balance(cast.anna.account) == Decimal("-700.14")
    assert take(dbf(*records, cut=30), name="pay.dbf", code="dbf").refusal == "cut"
    assert take(sberbank("0010001"), name="pay.dbf", code="dbf").refusal == "other_layout"


def test_fixed_width_and_comments_that_look_like_totals(cast: Cast) -> None:
    template = BankFileTemplate.objects.create(
        name="РЦ",
        code="centre",
        layout="fixed",
        encoding="cp866",
        date_format="%d.%m.%Y",
        decimal_sign=".",
        comment_prefix="# =",
        total_prefix="",
    )
    for field, position, width in (("account", 1, 8), ("date", 9, 10), ("amount", 19, 10), ("payer", 29, 20)):
        BankFileColumn.objects.create(template=template, field=field, position=position, width=width)
    rows = [
        "# ПАЧКА 1;100;70000",
        "=2;712.14",
        "0010001 12.11.2026    700.14ИВАНОВА АННА, КВ. 17",
        "0010002 12.11.2026     12.00ПЕТРОВ",
    ]
    file = take("\n".join(rows).encode("cp866"), code="centre")
    assert (file.state, file.total_amount) == (FileState.CHECKED, Decimal("712.14"))
    assert list(file.lines.values_list("payer", flat=True)) == ["ИВАНОВА АННА, КВ. 17", "ПЕТРОВ"]


def test_every_template_has_a_sample_that_it_reads_without_a_remark(
    cast: Cast, clerk: Any, client: Client, business_date: Any
) -> None:
    business_date(dt.date(2026, 11, 15))
    clerk("payments.import_registry")
    fixed = BankFileTemplate.objects.create(name="РЦ", code="centre", layout="fixed", decimal_sign=".")
    for field, position, width in (("account", 1, 8), ("date", 9, 10), ("amount", 19, 10), ("payer", 29, 20)):
        BankFileColumn.objects.create(template=fixed, field=field, position=position, width=width)
    bare = BankFileTemplate.objects.create(name="Без заголовков", code="bare", layout="table", skip_first=1)
    for position, field in enumerate(("account", "date", "amount"), 1):
        BankFileColumn.objects.create(template=bare, field=field, position=position)
    page = client.get(reverse("office_bank_files")).content.decode()
    for template in BankFileTemplate.objects.all():
        url = reverse("office_bank_file_sample", args=[template.pk])
        assert url in page
        response = client.get(url)
        name = response["Content-Disposition"].split("filename=")[1].strip('"')
        file = take(response.content, name=name, code=template.code)
        problems = list(file.lines.exclude(problem="").values_list("problem", "detail"))
        assert (file.refusal, file.bad, file.warnings, problems) == ("", 0, [], []), template.code
        assert (file.total_lines, file.total_amount) == (2, Decimal("1940.64")), template.code
        if template.purpose == "credit":
            assert set(file.lines.values_list("account", flat=True)) == {cast.anna.account.pk, cast.boris.account.pk}


def said(file: BankFile) -> str:
    """What the screen says of a file and of its first bad line."""
    bad = file.lines.filter(state=LineState.BAD).first()
    line = problem_text(bad.problem, bad.detail) if bad else ""
    return f"{file_refusal(file)} {line}".strip()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x00\x01\x02" * 99, "не текст"),
        (b"\r\n", "нет платежей"),
        (b"a|b\r\n" * 30, "другого банка"),
        (sberbank("0010001", total="=1;700,15;693,15;7,00;1;1"), "в строке / по платежам): 700,15\xa0₽ / 700,14\xa0₽"),
        (sberbank("0010001", day="16-11-2026"), "будущ"),
    ],
)
def test_bad_input_is_told_in_plain_russian(cast: Cast, data: bytes, words: str) -> None:
    file = take(data)
    assert words in said(file)
    with pytest.raises(BankFileRefused):
        imported(file)


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_mark_of_order_before_the_first_byte_does_no_harm(cast: Cast, mark: str) -> None:
    assert take(sberbank("0010001").decode("cp1251").encode(mark)).ready == 1


def broken_zip() -> bytes:
    """Two files whose place in the archive is a lie."""
    return two_files().replace(b"12.11.2026|000417", b"12.026|000417", 1)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("sberbank-13", b'"' + b"a" * 200_000 + b'"'),
        ("yookassa", b"a;b\rc;d\n" + b'"' + b"a" * 200_000 + b'"'),
        ("sberbank-13", sberbank("0010001") + b" " * 200_000 + b"\x00"),
        ("sberbank-13", b"\xff\xfe" + "12-11-2026;\x00;1\r\n".encode("utf-16-le")),
        ("sberbank-two", broken_zip()),
        ("dbf", dbf(("20261112", "0010001", "700.14", "ИВАНОВА"))[:100]),
    ],
    ids=["long field", "long cell", "NUL at the end", "NUL in UTF-16", "lying archive", "cut DBF"],
)
def test_a_hostile_file_is_refused_and_never_breaks_us(cast: Cast, code: str, data: bytes) -> None:
    try:
        file = take(data, code=code)
    except BankFileRefused:
        return
    assert file.state == FileState.REFUSED
    assert not any("\x00" in line.raw for line in file.lines.all())

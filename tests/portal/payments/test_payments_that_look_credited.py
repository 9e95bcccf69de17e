"""The same payment again, in files without operation numbers: somebody is asked, and nothing is credited before."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from portal.core import clock
from portal.exchange.bank_files.problems import problem_text
from portal.ledger.selectors import balance
from portal.office.dashboard.panel import WAITING
from portal.payments.enums import FileState, LineState
from portal.payments.exceptions import BankFileRefused
from portal.payments.services.bank_files import begin_import
from portal.payments.services.repeats import decide_lines
from tests.people import Cast
from tests.portal.payments.bank import problems
from tests.portal.payments.test_import_bank_files import imported, sberbank, take
from tests.portal.payments.test_layouts_of_bank_files import dbf

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 15)
ROWS = [("20261112", "0010001", "700.14", "ИВАНОВА"), ("20261112", "0010002", "12.00", "ПЕТРОВ")]


def test_a_payment_that_looks_credited_is_asked_about_and_credited_only_when_somebody_says_so(cast: Cast) -> None:
    imported(take(dbf(*ROWS), name="d1.dbf", code="dbf"))
    again = dbf(*ROWS)[:1] + b"\x01" + dbf(*ROWS)[2:]  # one byte of the header
    file = take(again, name="d2.dbf", code="dbf")
    assert (file.state, file.ready, file.asked) == (FileState.CHECKED, 0, 2)
    assert "d1.dbf" in problem_text(file.lines.all()[0].problem, file.lines.all()[0].detail)
    file = imported(file)
    assert balance(cast.anna.account) == Decimal("-700.14")
    first = file.lines.order_by("number")[0]
    assert decide_lines(file=file, credit=True, by=None, now=clock.now(), line_id=first.pk) == 1
    assert (file.state, file.asked) == (FileState.IMPORTING, 1)
    from portal.payments.services.bank_files import import_all

    import_all(file_id=file.pk, now=clock.now())
    assert balance(cast.anna.account) == Decimal("-1400.28")
    decide_lines(file=file, credit=False, by=None, now=clock.now())
    assert file.lines.get(number=first.number + 1).state == LineState.REPEATED
    assert balance(cast.boris.account) == Decimal("-12.00")


def test_two_equal_payments_of_one_file_are_asked_about(cast: Cast) -> None:
    file = take(dbf(ROWS[0], ROWS[0]), name="d.dbf", code="dbf")
    assert [state for _, state, _ in problems(file)] == [LineState.ASKED]
    decide_lines(file=file, credit=True, by=None, now=clock.now())
    imported(file)
    assert balance(cast.anna.account) == Decimal("-1400.28")


def test_two_files_checked_side_by_side_do_not_credit_a_payment_twice(cast: Cast) -> None:
    dbf_file = take(dbf(*ROWS), name="d1.dbf", code="dbf")
    other = take(dbf(*ROWS)[:1] + b"\x01" + dbf(*ROWS)[2:], name="d2.dbf", code="dbf")
    assert (dbf_file.asked, other.asked) == (0, 0)
    imported(dbf_file)
    with pytest.raises(BankFileRefused, match="undecided 2"):
        begin_import(file=other)
    assert balance(cast.anna.account) == Decimal("-700.14")


def test_operation_numbers_tell_two_equal_payments_apart(cast: Cast) -> None:
    imported(take(sberbank("0010001")))
    other = take(sberbank("0010001", "0010001").replace(b";100;", b";200;").replace(b";101;", b";201;"))
    assert (other.ready, other.asked) == (2, 0)


def test_the_command_leaves_questions_undecided_without_its_option(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "d.dbf"
    path.write_bytes(dbf(ROWS[0], ROWS[0], ROWS[1]))
    call_command("import_registry", str(path), "--template", "dbf")
    heard = capsys.readouterr()
    assert "2: asked: " in heard.err or "3: asked: " in heard.err
    assert heard.out.splitlines()[-1] == "imported 2 payments; 0 wait for their accounts, 1 for a decision"
    path.write_bytes(dbf(ROWS[0], ROWS[0])[:1] + b"\x02" + dbf(ROWS[0], ROWS[0])[2:])
    call_command("import_registry", str(path), "--template", "dbf", "--credit-asked")
    assert balance(cast.anna.account) == Decimal("-700.14") * 3


def test_staff_decide_on_the_page_of_the_file(cast: Cast, clerk: Any, client: Any, business_date: Any) -> None:
    business_date(TODAY)
    clerk("payments.import_registry")
    file = take(dbf(ROWS[0], ROWS[0]), name="d.dbf", code="dbf")
    url = reverse("office_bank_file", args=[file.pk])
    page = client.get(url).content.decode()
    assert "1 строка ждёт решения" in page
    assert "(700,14\u00a0₽)" in page
    assert "Таких платежей в файле два" in page
    line = file.lines.get(state=LineState.ASKED)
    (tile,) = [item for item in WAITING if item.query == "?waiting=yes"]
    with translation.override("ru"):
        assert [tile.label % count for count in (tile.count(TODAY), 2, 5)] == [
            "строка реестра ждёт решения",
            "строки реестров ждут решения",
            "строк реестров ждут решения",
        ]
    waiting = reverse(tile.url_name) + tile.query
    assert url in client.get(waiting).content.decode()
    client.post(url, {"decide": "skip", "line": str(line.pk)})
    assert file.lines.get(pk=line.pk).state == LineState.REPEATED
    assert "ждёт решения" not in client.get(url).content.decode()
    assert tile.count(TODAY) == 0
    assert "Ни одна строка не ждёт решения" in client.get(waiting).content.decode()

"""Bank files, unidentified payments, refunds, doubles, reconciliation: refusals, second clicks, filters, exports."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.core import clock
from portal.ledger.selectors import balance
from portal.notifications.models import Message
from portal.office.payments import views
from portal.payments.enums import DuplicateDecision, FileState, LineState, RefundState
from portal.payments.models import BankFile, BankFileLine, BankFileTemplate, Payment, PossibleDuplicate, Refund
from portal.payments.services.refunds import request_refund
from tests.answers import messages_of, text_of, xlsx_rows
from tests.conftest import SetDate
from tests.people import Cast, Clerk
from tests.portal.payments.bank import LyingGateway, begin, paid, pay_at_bank
from tests.portal.payments.test_import_bank_files import imported, sberbank, take

BASE = "/admin/office/payments/"
RIGHTS = tuple(
    f"payments.{name}"
    for name in ("view_payment", "view_refund", "make_refund", "import_registry", "settle_line", "reconcile")
)
DAY = "2026-11-15"


@pytest.fixture
def accountant(cast: Cast, clerk: Clerk, client: Client, business_date: SetDate) -> Client:
    business_date(DAY)
    clerk(*RIGHTS)
    return client


# Bank files.


def upload(client: Client, data: bytes, **typed: Any) -> Any:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    file = {"file": SimpleUploadedFile("pay.txt", data)} if data else {}
    return client.post(f"{BASE}registries/", {"template": template.pk, **file, **typed})


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"paid_on": "2026-11-16"}, "paid_on"),
        ({"paid_on": "2025-11-13"}, "paid_on"),
        ({"paid_on": "вчера"}, "paid_on"),
        ({"template": ""}, "template"),
        ({"template": "99999"}, "template"),
    ],
)
def test_an_upload_that_cannot_be_is_said_at_its_field(accountant: Client, typed: dict[str, str], field: str) -> None:
    answer = upload(accountant, sberbank("0010001"), **typed)
    assert list(answer.context["form"].errors) == [field]
    assert not BankFile.objects.exists()


@pytest.mark.parametrize("line", ["", "x", "²", "9" * 30, "99999"])
def test_a_garbled_line_decides_about_no_other(accountant: Client, cast: Cast, line: str) -> None:
    """Without the number of a line all of them are decided."""
    file = take(sberbank("0010001", "0010001"))
    BankFileLine.objects.filter(file=file).update(state=LineState.ASKED, problem="repeated")
    BankFile.objects.filter(pk=file.pk).update(asked=2, ready=0)
    url = reverse("office_bank_file", args=[file.pk])
    assert messages_of(accountant.post(url, {"decide": "credit", "line": line})) == ["Решено: 0 строк."]
    assert set(file.lines.values_list("state", flat=True)) == {LineState.ASKED}
    one = file.lines.order_by("pk")[0]
    accountant.post(url, {"decide": "credit", "line": str(one.pk)})
    assert file.lines.filter(state=LineState.ASKED).count() == 1
    accountant.post(url, {"decide": "skip"})
    assert set(file.lines.values_list("state", flat=True)) == {LineState.READY, LineState.REPEATED}


def test_lines_are_shown_and_exported_by_their_state(accountant: Client, cast: Cast) -> None:
    file = take(sberbank("0010001", "777"))
    url = reverse("office_bank_file", args=[file.pk])
    assert [line.account_text for line in accountant.get(url).context["lines"]] == ["777"]
    assert [line.account_text for line in accountant.get(url, {"state": "ready"}).context["lines"]] == ["0010001"]
    assert accountant.get(url, {"state": "unheard"}).status_code == 400
    export = reverse("office_bank_file_export", args=[file.pk])
    assert len(xlsx_rows(accountant.get(export))) == 3
    (_heading, row) = xlsx_rows(accountant.get(export, {"state": "unknown"}))
    assert "777" in row


def test_a_file_that_is_being_imported_is_not_read_again(accountant: Client, cast: Cast) -> None:
    file = imported(take(sberbank("0010001")))
    url = reverse("office_bank_file", args=[file.pk])
    assert messages_of(accountant.post(url, {"recheck": "1"})) != ["Файл прочитан заново."]
    accountant.post(url)
    file.refresh_from_db()
    assert file.state == FileState.IMPORTED
    assert balance(cast.anna.account) == Decimal("-700.14"), "a second click credits nothing"


def test_a_sample_of_a_template_is_read_by_it(accountant: Client, cast: Cast) -> None:
    for template in BankFileTemplate.objects.all():
        answer = accountant.get(reverse("office_bank_file_sample", args=[template.pk]))
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer.content
    assert accountant.get(reverse("office_bank_file_sample", args=[99999])).status_code == 404


# Unidentified payments.


@pytest.fixture
def unknown(cast: Cast, accountant: Client) -> BankFileLine:
    return imported(take(sberbank("777"))).lines.get()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"account": "778"}, "account"),
        ({"account": ""}, "account"),
        ({"dismiss": "1", "note": " "}, "note"),
        ({"account": "0010001", "note": "x" * 251}, "note"),
    ],
)
def test_an_answer_that_cannot_be_is_said_at_its_field(
    accountant: Client, unknown: BankFileLine, typed: dict[str, str], field: str
) -> None:
    answer = accountant.post(reverse("office_line", args=[unknown.pk]), typed)
    assert list(answer.context["form"].errors) == [field]
    unknown.refresh_from_db()
    assert unknown.state == LineState.UNKNOWN


def test_a_payment_that_is_nobodys_leaves_the_queue(accountant: Client, cast: Cast, unknown: BankFileLine) -> None:
    url = reverse("office_line", args=[unknown.pk])
    assert messages_of(accountant.post(url, {"dismiss": "1", "note": "Вернули банку"})) == ["Разобрано."]
    unknown.refresh_from_db()
    assert (unknown.state == LineState.UNKNOWN, unknown.note) == (False, "Вернули банку")
    assert list(accountant.get(f"{BASE}unidentified/").context["lines"]) == []
    again = messages_of(accountant.post(url, {"account": "0010001"}))
    assert again[-1] != "Разобрано.", "another employee was quicker"
    assert balance(cast.anna.account) == 0


def test_the_queue_says_for_how_long_and_is_exported_as_it_is_searched(
    accountant: Client, unknown: BankFileLine, business_date: SetDate
) -> None:
    business_date("2026-11-20")
    days = (clock.today() - clock.date_of(unknown.file.imported_at or unknown.file.uploaded_at)).days
    (line,) = accountant.get(f"{BASE}unidentified/", {"q": "777"}).context["lines"]
    assert line.days_open == days
    export = reverse("office_unknown_export")
    assert len(xlsx_rows(accountant.get(export, {"q": "777"}))) == 2
    assert len(xlsx_rows(accountant.get(export, {"q": "778"}))) == 1


# Refunds.


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "0", "reason": "р"}, "amount"),
        ({"amount": "-1", "reason": "р"}, "amount"),
        ({"amount": "1,005", "reason": "р"}, "amount"),
        ({"amount": "много", "reason": "р"}, "amount"),
        ({"amount": "", "reason": "р"}, "amount"),
        ({"amount": "700,15", "reason": "р"}, "__all__"),
        ({"amount": "10", "reason": ""}, "reason"),
        ({"amount": "10", "reason": "р" * 251}, "reason"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_and_kept(
    accountant: Client, cast: Cast, typed: dict[str, str], field: str
) -> None:
    answer = accountant.post(reverse("office_refund_new", args=[paid(cast).pk]), typed | {"make": "1"})
    assert list(answer.context["form"].errors) == [field]
    for name, value in typed.items():
        assert answer.context["form"][name].value() == value
    assert not Refund.objects.exists()


def test_the_same_form_twice_is_one_refund(accountant: Client, cast: Cast) -> None:
    payment = paid(cast)
    url = reverse("office_refund_new", args=[payment.pk])
    token = accountant.get(url).context["form"]["form_token"].value()
    for _click in range(2):
        accountant.post(url, {"amount": "100", "reason": "ошибка", "make": "1", "form_token": str(token)})
    assert Refund.objects.count() == 1
    payment.refresh_from_db()
    assert payment.refunded == Decimal("100.00")


@pytest.fixture
def wish(cast: Cast, accountant: Client) -> Refund:
    """A resident's request to have 200 ₽ back."""
    return request_refund(
        payment=paid(cast), amount=Decimal("200.00"), reason="дважды", by=cast.anna.user, now=clock.now()
    )


def test_a_wish_is_rejected_with_words_for_the_resident(accountant: Client, cast: Cast, wish: Refund) -> None:
    url = reverse("office_refund", args=[wish.pk])
    before = Message.objects.filter(user=cast.anna.user).count()
    assert accountant.post(url, {"reject": "1", "answer": " "}).status_code == 200
    wish.refresh_from_db()
    assert wish.state == RefundState.REQUESTED
    assert accountant.post(url, {"reject": "1", "answer": "Платёж один"})["Location"] == reverse("office_refunds")
    wish.refresh_from_db()
    assert wish.state == RefundState.REJECTED
    assert Message.objects.filter(user=cast.anna.user).count() > before
    again = accountant.post(url, {"make": "1", "amount": "200", "reason": "дважды"})
    assert again.status_code == 200, "it is decided"
    assert again.context["form"].errors
    wish.payment.refresh_from_db()
    assert wish.payment.refunded == 0


def test_whoever_only_reads_refunds_decides_none(cast: Cast, wish: Refund, clerk: Clerk, client: Client) -> None:
    clerk("payments.view_refund", username="reader")
    url = reverse("office_refund", args=[wish.pk])
    assert client.get(url).status_code == 200
    for typed in ({"reject": "1", "answer": "Нет"}, {"make": "1", "amount": "200", "reason": "дважды"}):
        assert client.post(url, typed)["Location"] == reverse("wagtailadmin_home")
    wish.refresh_from_db()
    assert wish.state == RefundState.REQUESTED


# Doubles.


@pytest.mark.parametrize("decision", [DuplicateDecision.ADVANCE, DuplicateDecision.SEPARATE])
def test_a_double_is_decided_once(accountant: Client, cast: Cast, decision: DuplicateDecision) -> None:
    paid(cast)
    paid(cast)
    double = PossibleDuplicate.objects.get()
    url = reverse("office_duplicates")
    for typed in ({"duplicate": str(double.pk), "decision": "maybe"}, {"duplicate": str(double.pk)}):
        accountant.post(url, typed)
    assert double in accountant.get(url).context["open"]
    accountant.post(url, {"duplicate": double.pk, "decision": decision})
    shown = accountant.get(url).context
    assert (list(shown["open"]), [row.decision for row in shown["decided"]]) == ([], [decision])
    answer = accountant.post(url, {"duplicate": double.pk, "decision": "refund"})
    assert answer["Location"] == url, "it is decided: there is no refund to make"
    assert messages_of(answer)


@pytest.mark.parametrize("chosen", ["", "x", "99999", "9" * 30])
def test_a_double_that_is_none_is_not_found(accountant: Client, chosen: str) -> None:
    assert (
        accountant.post(reverse("office_duplicates"), {"duplicate": chosen, "decision": "advance"}).status_code == 404
    )


# Reconciliation.


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [
        ("2026-11-02", "2026-11-01", ["last"]),
        ("2025-11-01", "2026-11-15", ["last"]),
        ("", "2026-11-01", ["first"]),
        ("2026-13-01", "2026-11-01", ["first"]),
    ],
)
def test_days_that_cannot_be_compared(accountant: Client, first: str, last: str, fields: list[str]) -> None:
    answer = accountant.post(reverse("office_reconciliation"), {"first": first, "last": last})
    assert list(answer.context["form"].errors) == fields


def test_a_silent_gateway_is_said(accountant: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = LyingGateway()
    gateway.silent = True
    monkeypatch.setattr(views, "current_gateway", lambda: gateway)
    said = messages_of(accountant.post(reverse("office_reconciliation"), {"first": DAY, "last": DAY}))
    assert said[0] == "Шлюз не ответил; остальное сверено."


def test_differences_are_shown_and_exported_by_kind_with_their_age(
    accountant: Client, cast: Cast, business_date: SetDate
) -> None:
    payment = paid(cast)
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal("700.15"))
    url, day = reverse("office_reconciliation"), clock.today().isoformat()
    accountant.post(url, {"first": day, "last": day})
    business_date(clock.today() + dt.timedelta(days=2))
    rows = accountant.get(url).context["rows"]
    assert rows
    assert {row.age for row in rows} == {2}
    assert reverse("office_payment", args=[payment.pk]) in {row.url for row in rows}
    assert "700,15 ₽" in {row.ours.replace("\xa0", " ") for row in rows}
    export = reverse("office_reconciliation_export")
    assert len(xlsx_rows(accountant.get(export))) == len(rows) + 1
    assert accountant.get(url, {"kind": "unidentified"}).context["rows"] == []
    assert accountant.get(url, {"kind": "unheard"}).status_code == 400


def test_a_payment_is_asked_about_by_whoever_reconciles(
    cast: Cast, clerk: Clerk, client: Client, business_date: SetDate
) -> None:
    business_date(DAY)
    payment = begin(cast.anna, "700.14")
    pay_at_bank(payment)
    url = reverse("office_payment", args=[payment.pk])
    clerk("payments.view_payment", username="reader")
    assert client.post(url).status_code == 200
    payment.refresh_from_db()
    assert payment.state != "succeeded"
    clerk("payments.view_payment", "payments.reconcile", username="other")
    assert client.post(url)["Location"] == url
    payment.refresh_from_db()
    assert payment.state == "succeeded"
    assert "700,14" in text_of(client.get(url))

"""The accountant's screens: bank files, the unidentified, refunds by two people, duplicates, reconciliation."""

import io
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from portal.accounts.models import User
from portal.core import clock
from portal.ledger.selectors import balance
from portal.payments.enums import FileState, LineState, RefundState
from portal.payments.models import (
    BankFile,
    BankFileLine,
    BankFileTemplate,
    IdentificationRule,
    Payment,
    PossibleDuplicate,
    Refund,
)
from portal.payments.selectors.guesses import guesses, near_numbers
from portal.payments.services.bank_files import import_all
from portal.payments.services.refunds import request_refund
from tests.answers import text_of
from tests.people import Cast, make_login
from tests.portal.payments.bank import paid
from tests.portal.payments.test_import_bank_files import imported, sberbank, take

pytestmark = pytest.mark.django_db
BASE = "/admin/office/payments/"
RIGHTS = (
    "view_payment",
    "view_refund",
    "make_refund",
    "approve_operation",
    "view_moneyoperation",
    "import_registry",
    "settle_line",
    "reconcile",
    "view_bankfiletemplate",
    "change_bankfiletemplate",
)


def staff(name: str, *rights: str) -> User:
    user = make_login(name, staff=True)
    wanted = Permission.objects.filter(codename__in=[*rights, "access_admin"])
    user.user_permissions.set(wanted)
    return user


@pytest.fixture
def accountant(client: Client) -> Client:
    client.force_login(staff("accountant", *RIGHTS))
    return client


def upload(client: Client, data: bytes, name: str = "pay.txt") -> object:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    return client.post(f"{BASE}registries/", {"template": template.pk, "file": SimpleUploadedFile(name, data)})


def test_a_registry_is_checked_then_imported(cast: Cast, accountant: Client, business_date: object) -> None:
    business_date("2026-11-15")
    page = upload(accountant, sberbank("0010001", "00100O2"))
    file = BankFile.objects.get()
    assert "00100O2" in text_of(accountant.get(page.url))
    assert accountant.post(page.url).status_code == 302
    import_all(file_id=file.pk, now=clock.now())
    file.refresh_from_db()
    assert file.state == FileState.IMPORTED
    assert "уже загружен" in text_of(upload(accountant, sberbank("0010001", "00100O2"), "again.txt"))
    assert accountant.get(f"{page.url}export/").content.startswith(b"PK")


def test_a_file_is_read_again_after_its_template_was_mended(cast: Cast, accountant: Client) -> None:
    BankFileTemplate.objects.filter(code="sberbank-13").update(separator="|")
    page = upload(accountant, sberbank("0010001", day="12-10-2026"))
    assert BankFile.objects.get().state == FileState.REFUSED
    BankFileTemplate.objects.filter(code="sberbank-13").update(separator=";")
    accountant.post(page.url, {"recheck": "1"})
    assert BankFile.objects.get().state == FileState.CHECKED
    accountant.post(page.url)
    accountant.post(page.url, {"recheck": "1"})  # too late: it is being imported
    assert BankFile.objects.get().state == FileState.IMPORTING


def test_an_empty_and_a_wrong_file_have_their_words(cast: Cast, accountant: Client) -> None:
    assert upload(accountant, b"").status_code == 200
    page = upload(accountant, b"1;2;3\r\n" * 30)
    assert "другого банка" in text_of(accountant.get(page.url))


def test_an_unidentified_payment_is_guessed_and_settled(cast: Cast, accountant: Client, business_date: object) -> None:
    business_date("2026-11-15")
    upload(accountant, sberbank("00100O1"))
    file = BankFile.objects.get()
    accountant.post(f"{BASE}registries/{file.pk}/")
    import_all(file_id=file.pk, now=clock.now())
    line = BankFileLine.objects.get(state=LineState.UNKNOWN)
    assert (guesses(line)[0].account, guesses(line)[0].exact) == (cast.anna.account, True)
    assert "0010001" in text_of(accountant.get(f"{BASE}unidentified/{line.pk}/"))
    accountant.post(f"{BASE}unidentified/{line.pk}/", {"account": "0010001", "remember": "1"})
    assert balance(cast.anna.account) == Decimal("-700.14")
    assert "свой лицевой счёт" in text_of(accountant.get(f"{BASE}unidentified/"))


def test_a_small_refund_goes_at_once_and_a_large_one_needs_another_person(cast: Cast, accountant: Client) -> None:
    payment = paid(cast, "5000.00")
    url = f"{BASE}refunds/new/{payment.pk}/"
    assert accountant.post(url, {"amount": "100", "reason": "ошибка", "make": "1"}).status_code == 302
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert "100,00 ₽" in text_of(accountant.get(f"{BASE}refunds/"))
    accountant.post(url, {"amount": "4000", "reason": "ошибка", "make": "1"})
    large = Refund.objects.get(state=RefundState.AWAITING)
    approval = f"/admin/office/approvals/{large.operation_id}/"
    accountant.post(approval, {"approve": "1", "confirmed": "1"})
    large.refresh_from_db()
    assert large.state == RefundState.AWAITING
    second = Client()
    second.force_login(staff("chief", *RIGHTS))
    second.post(f"{BASE}refunds/{large.pk}/", {"approve": "1"})
    large.refresh_from_db()
    assert large.state == RefundState.AWAITING
    second.post(approval, {"approve": "1", "confirmed": "1"})
    payment.refresh_from_db()
    assert payment.refunded == Decimal("4100.00")
    assert balance(cast.anna.account) == Decimal("-900.00")


def test_more_than_was_paid_is_never_returned(cast: Cast, accountant: Client) -> None:
    payment = paid(cast)
    answer = accountant.post(f"{BASE}refunds/new/{payment.pk}/", {"amount": "700,15", "reason": "р", "make": "1"})
    assert "700,14 ₽" in text_of(answer)
    assert not Refund.objects.exists()


def test_a_residents_request_is_answered(cast: Cast, accountant: Client) -> None:
    payment = paid(cast)
    asked = request_refund(
        payment=payment, amount=Decimal("700.14"), reason="дважды", by=cast.anna.user, now=clock.now()
    )
    assert "дважды" in text_of(accountant.get(f"{BASE}refunds/"))
    accountant.post(f"{BASE}refunds/{asked.pk}/", {"make": "1", "amount": "700.14", "reason": "дважды"})
    asked.refresh_from_db()
    assert asked.state == RefundState.SUCCEEDED


def test_a_double_is_found_and_decided(cast: Cast, accountant: Client) -> None:
    paid(cast)
    paid(cast)
    duplicate = PossibleDuplicate.objects.get()
    page = text_of(accountant.get(f"{BASE}duplicates/"))
    assert "700,14" in page
    assert f'name="duplicate" value="{duplicate.pk}"' in page
    answer = accountant.post(f"{BASE}duplicates/", {"duplicate": duplicate.pk, "decision": "refund"})
    assert answer.url == f"{BASE}refunds/new/{duplicate.payment_id}/"


def test_books_are_compared_from_the_screen(cast: Cast, accountant: Client) -> None:
    paid(cast)
    day = clock.today().isoformat()
    accountant.post(f"{BASE}reconciliation/", {"first": day, "last": day})
    assert "Расхождений нет" in text_of(accountant.get(f"{BASE}reconciliation/"))
    assert accountant.get(f"{BASE}reconciliation/export/").content.startswith(b"PK")
    assert accountant.post(f"{BASE}reconciliation/", {"first": "2026-11-02", "last": "2026-11-01"}).status_code == 200


def test_the_list_leads_to_a_payment_that_shows_what_passed(cast: Cast, accountant: Client) -> None:
    payment = paid(cast)
    assert f"{BASE}{payment.pk}/" in text_of(accountant.get("/admin/payments/payment/"))
    assert "&quot;status&quot;: &quot;succeeded&quot;" in text_of(accountant.get(f"{BASE}{payment.pk}/"))
    Payment.objects.filter(pk=payment.pk).update(problem="other_sum")
    assert "другую сумму" in text_of(accountant.get(f"{BASE}{payment.pk}/"))
    assert payment.gateway_id in text_of(accountant.get(f"{BASE}{payment.pk}/"))
    assert accountant.post(f"{BASE}{payment.pk}/").status_code == 302


def test_a_template_is_edited_in_the_admin(accountant: Client) -> None:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    page = accountant.get(f"/admin/payments/bankfiletemplate/edit/{template.pk}/")
    assert page.status_code == 200
    assert "columns-TOTAL_FORMS" in text_of(page)


@pytest.mark.parametrize("form", ["%m.%d.%Y", "%m/%d/%y", "дд.мм.гггг", "%d.%m", ""])
def test_a_template_takes_no_format_that_turns_dates_around_or_loses_them(form: str) -> None:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    template.date_format = form
    with pytest.raises(ValidationError) as refused:
        template.clean_fields()
    assert set(refused.value.message_dict) == {"date_format"}


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%Y%m%d", "%d-%m-%Y %H:%M:%S", "%d.%m.%y", "%Y-%m-%d"])
def test_a_template_takes_the_formats_of_banks(form: str) -> None:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    template.date_format = form
    template.clean_fields()


def test_staff_of_another_role_and_residents_are_turned_away(cast: Cast, client: Client) -> None:
    payment = paid(cast)
    pages = [
        "registries/",
        "unidentified/",
        "refunds/",
        f"refunds/new/{payment.pk}/",
        "duplicates/",
        "reconciliation/",
        "reconciliation/export/",
        f"{payment.pk}/",
    ]
    client.force_login(staff("editor"))
    for page in pages:
        assert client.get(BASE + page).status_code in {302, 403}
    client.force_login(cast.anna.user)
    for page in pages:
        assert client.get(BASE + page).status_code in {302, 403}


def test_numbers_near_a_number() -> None:
    near = near_numbers("00100O1")
    assert {"0010001", "0010011", "0100001"} <= near | near_numbers("0010001")


def test_refunds_and_the_queue_are_found_and_exported(cast: Cast, accountant: Client) -> None:
    payment = paid(cast)
    request_refund(
        payment=payment, amount=Decimal("10.00"), reason="Перепутал счёт", by=cast.anna.user, now=clock.now()
    )
    for query in ("0010001", str(payment.pk), f"№ {payment.pk}", "Перепутал"):
        shown = accountant.get(f"{BASE}refunds/", {"q": query, "state": "requested"}).content.decode()
        assert "Перепутал счёт" in shown
    for miss in ({"q": "0010002"}, {"state": "succeeded"}):
        assert "Таких возвратов нет" in accountant.get(f"{BASE}refunds/", miss).content.decode()
    file = imported(take(sberbank("777")))
    assert "Таких платежей в очереди нет" in accountant.get(f"{BASE}unidentified/", {"q": "999"}).content.decode()
    assert "Файлов с таким именем нет" in accountant.get(f"{BASE}registries/", {"q": "нет"}).content.decode()
    for page, notified in (("refunds", "Перепутал счёт"), ("unidentified", file.name)):
        workbook = load_workbook(io.BytesIO(accountant.get(f"{BASE}{page}/export/").content))
        assert any(notified in row for row in workbook.active.iter_rows(min_row=2, values_only=True))


def test_the_account_of_an_identification_rule_is_typed_by_its_number(cast: Cast, client: Client) -> None:
    client.force_login(staff("chief", "add_identificationrule", "change_identificationrule"))
    add = "/admin/payments/identificationrule/create/"
    typed = {"kind": "payer", "text": "ИВАНОВ И И", "account": "777"}
    assert "Такого лицевого счёта нет" in client.post(add, typed).content.decode()
    assert client.post(add, {**typed, "account": cast.anna.account.number}).status_code == 302
    rule = IdentificationRule.objects.get()
    assert rule.account == cast.anna.account
    edit = client.get(f"/admin/payments/identificationrule/edit/{rule.pk}/").content.decode()
    assert f'value="{cast.anna.account.number}"' in edit

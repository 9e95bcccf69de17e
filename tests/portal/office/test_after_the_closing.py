"""What follows a closing: receipts, the print run, undoing it; who may, what is refused in words, a second click."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import ReceiptDelivery
from portal.accounts.models import Account, Holder
from portal.billing.enums import ClosingStatus
from portal.billing.models import ClosingReview, PeriodRun, PreviewRun
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.office.closing.failures import failure, receipt_failure
from portal.receipts.issuing import issue_receipts
from portal.receipts.models import PrintRun, Receipt, ReceiptRun
from tests.answers import messages_of, text_of
from tests.company import put_company
from tests.conftest import SetDate
from tests.people import Cast, Clerk

OCTOBER = Period(2026, 10)
MONTH = "/admin/office/closing/2026-10/"


@pytest.fixture
def open_month(cast: Cast, numbers: None, business_date: SetDate) -> Cast:
    """The closing day of October has come."""
    business_date("2026-10-21")
    put_company()
    return cast


@pytest.fixture
def closed(open_month: Cast) -> Cast:
    """October is closed; Boris wants his receipts on paper."""
    close_period(period=OCTOBER, executor=Executor.INLINE)
    Account.objects.exclude(pk=open_month.boris.account.pk).update(delivery=ReceiptDelivery.ELECTRONIC)
    Account.objects.filter(pk=open_month.boris.account.pk).update(delivery=ReceiptDelivery.PAPER)
    return open_month


@pytest.fixture
def accountant(clerk: Clerk, client: Client) -> Client:
    clerk("office.close_month", "receipts.view_receipt", "receipts.view_printrun", "office.view_account_card")
    return client


def issue() -> None:
    issue_receipts(
        period=OCTOBER, issued_on=dt.date(2026, 10, 24), executor=Executor.INLINE, with_files=False, notify=False
    )


# Receipts.


def test_receipts_are_issued_from_the_page_of_the_month(closed: Cast, accountant: Client) -> None:
    assert f"{MONTH}receipts/" in text_of(accountant.get(MONTH))
    assert messages_of(accountant.post(f"{MONTH}receipts/")) == ["Выпуск квитанций начался."]
    run = ReceiptRun.objects.get()
    assert (run.period, run.requested_by.username) == (OCTOBER.first_day, "clerk")  # type: ignore[union-attr]
    issue()
    accountant.post(f"{MONTH}receipts/")
    assert (ReceiptRun.objects.count(), Receipt.objects.count()) == (1, 4)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("receipts", "Сначала закройте месяц: квитанции делаются из его начислений."),
        ("print", "За этот месяц бумажных квитанций никому не нужно."),
    ],
)
def test_an_open_month_has_nothing_to_issue_or_print(open_month: Cast, accountant: Client, what: str, why: str) -> None:
    assert messages_of(accountant.post(f"{MONTH}{what}/")) == [why]
    assert not ReceiptRun.objects.exists()
    assert not PrintRun.objects.exists()


def test_those_who_want_paper_are_printed(closed: Cast, accountant: Client) -> None:
    issue()
    assert messages_of(accountant.post(f"{MONTH}print/")) == ["Печать началась."]
    assert PrintRun.objects.get().requested_by is not None


def test_nobody_wants_paper(closed: Cast, accountant: Client) -> None:
    issue()
    Account.objects.update(delivery=ReceiptDelivery.ELECTRONIC)
    assert messages_of(accountant.post(f"{MONTH}print/")) == ["За этот месяц бумажных квитанций никому не нужно."]
    assert not PrintRun.objects.exists()


# Progress.


def test_the_part_that_changes_is_without_a_page_around_it(closed: Cast, accountant: Client) -> None:
    part = text_of(accountant.get(f"{MONTH}progress/"))
    assert "<html" not in part
    assert "4 122,40 ₽" in part
    assert "Выпустить квитанции" in part
    assert accountant.get("/admin/office/closing/2026-11/progress/").status_code == 404


def test_a_preview_that_is_ready_has_the_page_loaded_anew(open_month: Cast, accountant: Client) -> None:
    answer = accountant.get(f"{MONTH}preview/progress/")
    assert answer["HX-Refresh"] == "true"
    accountant.post(f"{MONTH}preview/")
    assert PreviewRun.objects.count() == 1


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "october"])
def test_a_month_that_is_none_has_no_page(open_month: Cast, accountant: Client, month: str) -> None:
    assert accountant.get(f"/admin/office/closing/{month}/").status_code == 404


# Undoing.


def test_a_closing_is_undone_with_a_reason_before_receipts_go_out(closed: Cast, accountant: Client) -> None:
    assert messages_of(accountant.post(f"{MONTH}reverse/", {"reason": " "})) == ["Напишите, почему отменяете закрытие."]
    assert PeriodRun.objects.get().status == ClosingStatus.DONE
    entries = Entry.objects.count()
    accountant.post(f"{MONTH}reverse/", {"reason": "Ошибка в нормативе"})
    assert PeriodRun.objects.get().status != ClosingStatus.DONE
    accountant.post(f"{MONTH}reverse/", {"reason": "Ещё раз"})
    assert [run.reversal_reason for run in PeriodRun.objects.all()] == ["Ошибка в нормативе"], "a second click"
    assert Entry.objects.count() == entries


def test_what_residents_hold_as_a_receipt_is_not_undone(closed: Cast, accountant: Client) -> None:
    issue()
    entries = Entry.objects.count()
    assert messages_of(accountant.post(f"{MONTH}reverse/", {"reason": "Ошибка"})) == [
        "Квитанции уже выпущены (4): теперь только исправления."
    ]
    assert PeriodRun.objects.get().status == ClosingStatus.DONE
    assert Entry.objects.count() == entries


# Who may.


@pytest.mark.parametrize("what", ["start", "preview", "receipts", "print", "reverse"])
def test_others_start_nothing(closed: Cast, clerk: Clerk, client: Client, what: str) -> None:
    issue()
    before = [model.objects.count() for model in (PreviewRun, PrintRun, ReceiptRun, Entry)]
    for right, name in (("receipts.view_receipt", "reader"), ("office.watch_month", "watcher")):
        clerk(right, username=name)
        assert client.post(f"{MONTH}{what}/", {"reason": "x"})["Location"] == reverse("wagtailadmin_home")
    assert [model.objects.count() for model in (PreviewRun, PrintRun, ReceiptRun, Entry)] == before
    assert PeriodRun.objects.get().status == ClosingStatus.DONE
    assert client.get(f"{MONTH}{what}/").status_code in {302, 405}


def test_who_may_only_release_a_stopped_closing_starts_no_other(open_month: Cast, clerk: Clerk, client: Client) -> None:
    clerk("office.release_closing")
    assert f"{MONTH}start/" not in text_of(client.get(MONTH))
    client.post(f"{MONTH}start/", {"reason": "Так и есть"})
    assert not PeriodRun.objects.exists()
    assert not ClosingReview.objects.exists()
    assert client.post(f"{MONTH}receipts/")["Location"] == reverse("wagtailadmin_home")


# Why an account was left, and where to mend it.


@pytest.mark.parametrize(
    ("code", "detail", "reason", "where"),
    [
        ("no_rate", "cold_water 2026-10", "Холодное водоснабжение, октябрь 2026", "?service__exact=cold_water"),
        ("no_norm", "cold_water 2026-10", "октябрь 2026", "/number/norm/?service=cold_water&valid_from=2026-10-01"),
        ("no_key_rate", "2026-10-15", "2026-10-15", "/number/key-rate/?valid_from=2026-10-15"),
        ("no_due_day", "2026-10", "октябрь 2026", reverse("core_monthcalendar_modeladmin_index")),
        ("earlier_month_open", "2026-09", "сентябрь 2026", "/admin/office/closing/2026-09/"),
        ("no_persons", "2026-10", "октябрь 2026", "/account/"),
        ("something_new", "", "", "/account/"),
    ],
)
def test_what_was_left_leads_to_what_is_missing(cast: Cast, code: str, detail: str, reason: str, where: str) -> None:
    left = failure(cast.anna.account, code, detail)
    assert where in left.fix_url
    assert left.number == cast.anna.account.number
    assert reason in left.detail.replace("\xa0", " ")
    assert left.reason
    assert (left.reason == code) is (code == "something_new")


def test_a_receipt_that_was_not_made_leads_to_its_list(closed: Cast) -> None:
    account = closed.anna.account
    assert receipt_failure(account, "no_payer", "").fix_url == reverse("accounts_holder_modeladmin_index")
    assert receipt_failure(account, "not_closed", "2026-10").fix_url == reverse("office_closing")
    assert receipt_failure(account, "unheard", "").fix_url == ""
    Holder.objects.filter(account=account).delete()
    issue()
    run = ReceiptRun.objects.get()
    assert [row.account.number for row in run.failures.all()] == [account.number]

"""Receipts of a closed month are issued once; what they say is what the ledger holds; a wrong one is annulled."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from portal.accounts.enums import Service
from portal.accounts.models import Holder
from portal.billing.exceptions import SetupIncomplete
from portal.billing.models import RaisingCoefficient
from portal.billing.services import Executor, bring_debt, close_period, correct, reverse_closing
from portal.core.files.services import open_file
from portal.core.models import CompanySettings, PrivateFile
from portal.core.money import ZERO
from portal.core.periods import Period
from portal.core.qr import payment_string
from portal.core.refusals import error_message
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.ledger.services import NewEntry, post_entry
from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Message
from portal.operations.ledger_check import problems as ledger_problems
from portal.receipts import jobs, selectors
from portal.receipts.assembling import assemble_receipts
from portal.receipts.exceptions import CannotIssue, PeriodNotClosed, ReceiptReplaced
from portal.receipts.issuing import issue_receipts, sweep_receipts
from portal.receipts.models import Receipt, ReceiptFailure, ReceiptFile, ReceiptRun
from portal.receipts.permissions import may_see_receipt_file
from portal.receipts.presentation import payment_order, receipt_view
from portal.receipts.services import (
    data_digest,
    ensure_receipt_pdf,
    new_receipt,
    receipt_bytes,
    replace_receipt,
)
from portal.receipts.snapshot import breakdown_difference
from tests.company import put_company
from tests.pdf import codes_of, words_of
from tests.people import Cast, make_login, make_meter
from tests.portal.receipts.conftest import (
    ISSUED_ON,
    OCTOBER,
    SEPTEMBER,
    put_receipt_numbers,
    read_meter,
)

DATA = {"period": OCTOBER, "issued_on": ISSUED_ON}
BROUGHT_PAYMENT = {"entry_without_payment"}  # of the cast


def issue(**changes: object) -> ReceiptRun:
    return issue_receipts(**{**DATA, "executor": Executor.INLINE, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("times", [1, 2])
def test_penalties_are_printed_once_after_the_closing_was_reversed(cast: Cast, times: int) -> None:
    account = cast.anna.account
    put_company()
    put_receipt_numbers()
    bring_debt(account=account, period=Period(2026, 6), due_on=dt.date(2026, 7, 10), amount=Decimal("1000.00"))
    close_period(period=SEPTEMBER, executor=Executor.INLINE)
    [(_pk, first)] = assemble_receipts([account.pk], period=SEPTEMBER, issued_on=ISSUED_ON)[0]
    for _time in range(times):
        reverse_closing(period=SEPTEMBER, reason="Проба", on=ISSUED_ON, by=None)
        close_period(period=SEPTEMBER, executor=Executor.INLINE)
    [(_pk, again)] = assemble_receipts([account.pk], period=SEPTEMBER, issued_on=ISSUED_ON)[0]
    assert first.penalty_total > 0
    assert again.penalty_total == sum((penalty.amount for penalty in again.penalties), ZERO) == first.penalty_total
    assert again.corrections == first.corrections
    assert again.to_pay == first.to_pay == balance(account)
    assert breakdown_difference(again.model_dump(mode="json")) == 0


def test_the_sums_are_those_of_the_ledger(closed: Cast) -> None:
    issue(period=SEPTEMBER, with_files=False)
    issue()
    account = closed.anna.account
    earlier, receipt = (selectors.receipt_of(account, period) for period in (SEPTEMBER, OCTOBER))
    assert earlier is not None
    assert receipt is not None
    data = selectors.data_of(receipt)
    assert receipt.to_pay == balance(account)
    assert data.opening == earlier.to_pay
    assert data.paid == Decimal("100.00")
    charged = sum((line.total for line in data.lines), ZERO)
    assert (
        data.to_pay == data.opening + data.entered_debts - data.paid + charged + data.penalty_total + data.corrections
    )
    booked = Entry.objects.filter(account=account, period=OCTOBER.first_day, kind="charge")
    assert charged == sum((entry.amount for entry in booked), ZERO) == Decimal("1486.94")
    assert data.vat == Decimal("268.14")


def test_the_receipt_shows_meters_persons_and_the_payer(closed: Cast) -> None:
    issue()
    data = selectors.data_of(selectors.receipt_of(closed.anna.account, OCTOBER))  # type: ignore[arg-type]
    cold = next(meter for meter in data.meters if meter.service == "Холодная вода")
    assert (cold.previous, cold.current, cold.volume) == (Decimal("141.455"), Decimal("147.790"), Decimal("6.335"))
    assert (cold.previous_on, cold.current_on) == (dt.date(2026, 9, 15), dt.date(2026, 10, 15))
    assert (data.payer, data.persons, data.due_on) == ("Иванова Анна", 2, dt.date(2026, 11, 16))
    assert [line.basis for line in data.lines] == ["по показаниям"] * 3
    assert len(data.notes) == 3
    assert data.address == "г.\u00a0Красногорск, ул.\u00a0Речная, 4, кв.\u00a017"


def test_a_meter_of_wastewater_alone_shows_both_its_readings(closed: Cast) -> None:
    account = closed.boris.account
    make_meter(account, Service.HOT_WATER, serial="B-7", start="86.420")
    read_meter("B-7", "90.000", dt.date(2026, 11, 15))
    close_period(period=OCTOBER.next, executor=Executor.INLINE)
    snapshots, _ = assemble_receipts([account.pk], period=OCTOBER.next, issued_on=ISSUED_ON)
    data = snapshots[0][1]
    hot = data.meters[0]
    assert (hot.previous, hot.current, hot.volume) == (Decimal("86.420"), Decimal("90.000"), Decimal("3.580"))
    assert [line.service for line in data.lines] == ["Холодная вода", "Водоотведение"]


def test_what_the_raising_coefficient_adds_stands_apart(closed: Cast) -> None:
    RaisingCoefficient.objects.create(
        service=Service.COLD_WATER, valid_from=dt.date(2026, 11, 1), value=Decimal(3), source="ПП № 354"
    )
    november = OCTOBER.next
    close_period(period=november, executor=Executor.INLINE)
    snapshots, _ = assemble_receipts([closed.boris.account.pk], period=november, issued_on=ISSUED_ON)
    cold = snapshots[0][1].lines[0]
    assert cold.basis == "по нормативу × 3"
    assert cold.volume == Decimal("25.986")
    assert (cold.charged, cold.raising, cold.total) == (Decimal("421.58"), Decimal("843.16"), Decimal("1264.74"))


def test_the_file_is_stored_with_its_digest_and_pays_the_right_sum(closed: Cast) -> None:
    issue()
    receipt = selectors.receipt_of(closed.anna.account, OCTOBER)
    assert receipt is not None
    stored = ReceiptFile.objects.get(receipt=receipt)
    with open_file(stored.file) as file:
        pdf = file.read()
    assert stored.sha256 == hashlib.sha256(pdf).hexdigest()
    assert receipt.data_sha256 == data_digest(receipt.data)
    assert codes_of(pdf) == [payment_string(payment_order(selectors.data_of(receipt)))]
    assert f"№ {receipt.number} от 24 октября 2026" in words_of(pdf)


def test_issued_twice_there_is_one_of_each(closed: Cast) -> None:
    issue()
    before = (Receipt.objects.count(), PrivateFile.objects.count(), Message.objects.count())
    assert before[:2] == (4, 4)
    issue()
    issue(executor=Executor.QUEUE)
    assert not OrmQ.objects.exists()
    assert (Receipt.objects.count(), PrivateFile.objects.count(), Message.objects.count()) == before


def test_a_job_delivered_twice_makes_one_receipt(closed: Cast) -> None:
    run = issue(executor=Executor.QUEUE)
    chunk = run.chunks.get()  # type: ignore[attr-defined]
    assert OrmQ.objects.count() == 1
    jobs.issue_chunk(chunk.pk)
    run.chunks.update(status="queued")  # type: ignore[attr-defined]
    jobs.issue_chunk(chunk.pk)
    assert Receipt.objects.count() == PrivateFile.objects.count() == 4


def test_a_job_that_fell_out_of_the_queue_is_put_back(closed: Cast) -> None:
    run = issue(executor=Executor.QUEUE)
    OrmQ.objects.all().delete()
    assert sweep_receipts() == 0
    run.chunks.update(queued_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))  # type: ignore[attr-defined]
    assert sweep_receipts() == 1
    assert OrmQ.objects.count() == 1


def test_residents_are_told_once(closed: Cast) -> None:
    issue()
    issue()
    notified = Message.objects.filter(kind="receipt_ready", channel=DeliveryChannel.INBOX)
    assert notified.filter(user=closed.anna.user).count() == 1
    assert notified.filter(user=closed.boris.user).count() == 2
    assert closed.anna.account.number not in notified.get(user=closed.anna.user).subject


def test_a_month_long_past_is_issued_in_silence_and_its_files_on_demand(closed: Cast) -> None:
    issue(notify=False, with_files=False)
    assert not Message.objects.filter(kind="receipt_ready").exists()
    assert not PrivateFile.objects.exists()
    receipt = selectors.receipt_of(closed.anna.account, OCTOBER)
    assert receipt is not None
    assert ensure_receipt_pdf(receipt=receipt) == ensure_receipt_pdf(receipt=receipt)
    assert PrivateFile.objects.count() == 1
    assert receipt_bytes(receipt=receipt).startswith(b"%PDF-")


def test_an_open_month_has_no_receipts(closed: Cast) -> None:
    with pytest.raises(PeriodNotClosed):
        issue(period=Period(2026, 11))


def test_what_cannot_be_made_is_listed_and_made_later(closed: Cast) -> None:
    Holder.objects.filter(account=closed.boris_second).delete()
    run = issue()
    assert run.status == "incomplete"  # type: ignore[attr-defined]
    failure = ReceiptFailure.objects.get()
    assert (failure.account, failure.code) == (closed.boris_second, "no_payer")
    assert Receipt.objects.count() == 3
    Holder.objects.create(account=closed.boris_second, person=closed.boris.person, since=dt.date(2024, 1, 1))
    run = issue()
    assert run.status == "done"  # type: ignore[attr-defined]
    assert not ReceiptFailure.objects.exists()
    assert Receipt.objects.count() == 4


def test_without_bank_details_nothing_is_issued(closed: Cast) -> None:
    CompanySettings.objects.update(bank_account="")
    with pytest.raises(SetupIncomplete) as refused:
        issue()
    assert "Реквизиты (Расчётный счёт)" in error_message(refused.value, for_staff=True)
    assert not ReceiptRun.objects.exists()


def test_bank_details_that_become_wrong_stop_the_receipt_not_the_issue(closed: Cast) -> None:
    run = issue(executor=Executor.QUEUE)
    CompanySettings.objects.update(bank_account="4070")
    jobs.issue_chunk(run.chunks.get().pk)
    assert set(ReceiptFailure.objects.values_list("code", flat=True)) == {"bank_details"}
    assert "PersonalAcc" in ReceiptFailure.objects.first().detail  # type: ignore[union-attr]


def test_the_database_refuses_to_change_what_was_issued(closed: Cast) -> None:
    issue()
    receipts, files = Receipt.objects.all(), ReceiptFile.objects.all()
    for attempt in (
        lambda: receipts.update(to_pay=0),
        lambda: receipts.filter(pk=receipts.first().pk)._raw_delete(receipts.db),  # type: ignore[union-attr]
        lambda: files.update(sha256="0" * 64),
        lambda: files._raw_delete(files.db),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            attempt()


def test_a_wrong_receipt_is_annulled_by_one_that_names_it(closed: Cast) -> None:
    issue()
    person = closed.anna.person
    person.last_name = "Соколова"
    person.save()
    old = selectors.receipt_of(closed.anna.account, OCTOBER)
    assert old is not None
    new = replace_receipt(receipt=old, reason="сменилась фамилия", issued_on=dt.date(2026, 10, 27))
    old.refresh_from_db()
    assert (new.number, new.version, new.replaces) == (f"{old.number}-2", 2, old)
    assert old.replaced_by == new
    assert selectors.receipt_of(closed.anna.account, OCTOBER) == new
    assert f"Взамен № {old.number}, который аннулирован" in words_of(receipt_bytes(receipt=new))
    with pytest.raises(ReceiptReplaced) as caught:
        replace_receipt(receipt=old, reason="ещё раз", issued_on=dt.date(2026, 10, 27))
    assert caught.value.number == new.number
    with pytest.raises(ValueError, match="reason"):
        replace_receipt(receipt=new, reason=" ", issued_on=dt.date(2026, 10, 27))


def test_a_second_issue_needs_a_reason_and_its_predecessor(closed: Cast) -> None:
    issue(with_files=False)
    receipt = Receipt.objects.first()
    assert receipt is not None
    receipt.pk, receipt.number, receipt.version = None, "x", 2
    with pytest.raises(IntegrityError), transaction.atomic():
        receipt.save(force_insert=True)


def test_only_holders_and_staff_in_charge_see_the_file(closed: Cast) -> None:
    issue()
    receipt = selectors.receipt_of(closed.anna.account, OCTOBER)
    stored = ReceiptFile.objects.get(receipt=receipt).file
    accountant, dispatcher = make_login("acc", staff=True), make_login("disp", staff=True)
    accountant.user_permissions.add(Permission.objects.get(codename="view_receipt"))
    assert may_see_receipt_file(closed.anna.user, stored)
    assert may_see_receipt_file(accountant, stored)
    for stranger in (closed.stranger.user, closed.boris.user, dispatcher, AnonymousUser()):
        assert not may_see_receipt_file(stranger, stored)


def test_collecting_takes_the_same_queries_for_any_number_of_accounts(closed: Cast) -> None:
    def queries(ids: list[int]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assemble_receipts(ids, **DATA)
        return len(caught)

    one_account = [closed.anna.account.pk]
    everybody = [*one_account, closed.boris.account.pk, closed.boris_second.pk, closed.stranger.account.pk]
    queries(one_account)
    assert queries(one_account) == queries(everybody)


def test_the_command_says_what_it_did(closed: Cast, capsys: pytest.CaptureFixture[str], business_date: object) -> None:
    business_date("2026-10-24")  # type: ignore[operator]
    call_command("issue_receipts", "2026-10")
    assert capsys.readouterr().out.splitlines()[-1] == "2026-10: 4 receipts, 4 files, 0 wait (done)"


def test_an_account_that_was_not_closed_has_none(closed: Cast) -> None:
    _, refused = assemble_receipts([closed.anna.account.pk], period=Period(2026, 11), issued_on=ISSUED_ON)
    assert isinstance(refused[closed.anna.account.pk], CannotIssue)


@pytest.mark.parametrize(("name", "change"), [("corrections", "1.00"), ("to_pay", "0.01"), ("penalty_total", "2.76")])
def test_a_receipt_whose_parts_do_not_make_its_sum_is_told(closed: Cast, name: str, change: str) -> None:
    [(_pk, data)] = assemble_receipts([closed.anna.account.pk], **DATA)[0]
    stored = data.model_dump(mode="json")
    assert breakdown_difference(stored) == 0
    assert breakdown_difference({**stored, name: change}) != 0


def test_a_debt_entered_after_a_receipt_is_a_line_of_its_own(closed: Cast) -> None:
    """The next receipt's opening is what the one before said; the debt of before the portal stands apart."""
    account = closed.anna.account
    issue(with_files=False)
    said = selectors.receipt_of(account, OCTOBER)
    assert said is not None
    bring_debt(account=account, period=Period(2026, 3), due_on=dt.date(2026, 4, 10), amount=Decimal("1342.01"))
    close_period(period=OCTOBER.next, executor=Executor.INLINE)
    [(_pk, data)] = assemble_receipts([account.pk], period=OCTOBER.next, issued_on=dt.date(2026, 11, 25))[0]
    assert (data.opening, data.entered_debts) == (said.to_pay, Decimal("1342.01"))
    assert data.to_pay == balance(account)
    assert breakdown_difference(data.model_dump(mode="json")) == 0
    labels = [row["label"] for row in receipt_view(data)["balance"]["rows"]]
    assert "Внесён долг за прошлые периоды" in labels


def _correct(cast: Cast, amount: str, day: int) -> None:
    correct(
        account=cast.anna.account,
        amount=Decimal(amount),
        for_period=OCTOBER,
        reason="ошибка",
        document="1",
        on=dt.date(2026, 10, day),
        by=None,
    )


def test_what_was_booked_before_the_issue_is_on_the_receipt(closed: Cast) -> None:
    """The next receipt begins where this one ended, and the day of state is on the paper."""
    account = closed.anna.account
    _correct(closed, "-10.00", 22)
    post_entry(
        NewEntry(
            account_id=account.pk,
            kind=EntryKind.REFUND,
            amount=Decimal("5.00"),
            effective_on=dt.date(2026, 10, 22),
            key="refund",
            source="t",
        )
    )
    issue(with_files=False)
    receipt = selectors.receipt_of(account, OCTOBER)
    assert receipt is not None
    data = selectors.data_of(receipt)
    assert (receipt.to_pay, data.corrected_since) == (balance(account), Decimal("-10.00"))
    assert data.as_of == ISSUED_ON
    assert breakdown_difference(receipt.data) == 0
    view = receipt_view(data)
    assert view["head"]["as_of"] == "по состоянию на 24\u00a0октября\u00a02026"
    assert {"label": "Исправления после расчёта 21\u00a0октября", "sum": "−10,00\u00a0₽"} in view["balance"]["rows"]
    _correct(closed, "-7.00", 26)
    close_period(period=OCTOBER.next, executor=Executor.INLINE)
    issue(period=OCTOBER.next, issued_on=dt.date(2026, 11, 25), with_files=False)
    following = selectors.receipt_of(account, OCTOBER.next)
    assert following is not None
    assert selectors.data_of(following).opening == receipt.to_pay
    assert (selectors.data_of(following).corrections, following.to_pay) == (Decimal("-7.00"), balance(account))
    assert {problem.code for problem in ledger_problems()} <= BROUGHT_PAYMENT


def test_a_receipt_issued_anew_counts_what_was_corrected_first(closed: Cast) -> None:
    issue(with_files=False)
    old = selectors.receipt_of(closed.anna.account, OCTOBER)
    assert old is not None
    _correct(closed, "-10.00", 26)
    new = replace_receipt(receipt=old, reason="исправление", issued_on=dt.date(2026, 10, 27))
    assert new.to_pay == old.to_pay - 10 == balance(closed.anna.account)
    close_period(period=OCTOBER.next, executor=Executor.INLINE)
    _correct(closed, "-1.00", 28)
    newest = replace_receipt(receipt=new, reason="после закрытия ноября", issued_on=dt.date(2026, 11, 27))
    assert (newest.to_pay, newest.up_to_entry) == (new.to_pay, new.up_to_entry)
    assert {problem.code for problem in ledger_problems()} <= BROUGHT_PAYMENT


def test_the_ledgers_check_adds_up_each_receipt(closed: Cast) -> None:
    [(account, data)] = assemble_receipts([closed.anna.account.pk], **DATA)[0]
    wrong = data.model_copy(update={"to_pay": data.to_pay + 1, "corrections": data.corrections + 1})
    new_receipt(account, wrong).save()
    assert {problem.code for problem in ledger_problems()} - BROUGHT_PAYMENT == {"receipt_to_pay"}

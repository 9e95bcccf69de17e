"""What one person does with money is added up; above the limits a second person approves, then it is booked."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError
from django.test import Client
from django.utils import translation
from wagtail.models import ModelLogEntry

from portal.accounts.audit import MONEY
from portal.accounts.models import Account, Holder, Occupancy, User
from portal.approvals.enums import OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import ApprovalSettings, MoneyOperation
from portal.approvals.services import approve, reject
from portal.billing import services as billing
from portal.billing.models import Correction
from portal.cabinet.profile import export
from portal.core import clock
from portal.core.periods import Period
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.notifications.models import Message
from portal.operations import roles
from portal.payments.enums import PaymentChannel, RefundState
from portal.payments.models import Payment, Refund
from portal.payments.services import record_external_payment
from portal.payments.services.refunds import make_refund, request_refund
from portal.payments.services.sending_refunds import send_refund
from tests.company import put_numbers
from tests.people import Cast, make_login
from tests.portal.billing.month import JANUARY, close

pytestmark = pytest.mark.django_db
LIST, SETTINGS = "/admin/approvals/moneyoperation/", "/admin/settings/approvals/approvalsettings/"
NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=clock.MOSCOW)
SUM = Decimal("3000.00")


@pytest.fixture
def first(db: None) -> User:
    roles.setup()
    return accountant("first")


@pytest.fixture
def second(first: User) -> User:
    return accountant("second")


def accountant(name: str) -> User:
    user = make_login(name, staff=True)
    user.groups.add(Group.objects.get(name="accountant"))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def paid(account: Account, amount: str = "30782.00") -> Payment:
    return record_external_payment(
        account=account, amount=Decimal(amount), paid_on=NOW.date(), channel=PaymentChannel.BANK, key=uuid.uuid4().hex
    )


def returned(payment: Payment, by: User, amount: Decimal = SUM, now: dt.datetime = NOW) -> Refund:
    return make_refund(payment=payment, amount=amount, reason="ошибка", by=by, now=now)


def corrected(account: Account, by: User, amount: Decimal = -SUM, now: dt.datetime = NOW) -> MoneyOperation:
    return billing.submit_correction(
        account=account,
        amount=amount,
        for_period=Period(2026, 9),
        reason="Списать",
        document="Записка № 1",
        by=by,
        key=uuid.uuid4().hex,
        now=now,
    )


def states(operations: list[MoneyOperation]) -> list[str]:
    return [str(operation.state) for operation in operations]


def test_four_refunds_of_one_payment_stop_at_the_second(cast: Cast, first: User) -> None:
    payment = paid(cast.anna.account)
    made = [returned(payment, first) for _ in range(4)]
    assert [refund.state for refund in made] == [RefundState.APPROVED] + [RefundState.AWAITING] * 3


def test_the_payment_is_counted_on_another_day_and_past_the_days_of_the_account(cast: Cast, first: User) -> None:
    payment = paid(cast.anna.account)
    returned(payment, first)
    later = NOW + dt.timedelta(days=200)
    assert returned(payment, first, Decimal(1), later).state == RefundState.AWAITING


def test_refunds_of_different_accounts_on_one_day_are_added_up(cast: Cast, first: User, second: User) -> None:
    assert returned(paid(cast.anna.account), first).state == RefundState.APPROVED
    assert returned(paid(cast.boris.account), first).state == RefundState.AWAITING
    assert returned(paid(cast.boris.account), second).state == RefundState.APPROVED
    assert returned(paid(cast.boris.account), first, now=NOW + dt.timedelta(days=1)).state == RefundState.APPROVED


def test_four_corrections_of_one_account_book_one(cast: Cast, first: User) -> None:
    made = [corrected(cast.anna.account, first) for _ in range(4)]
    assert states(made) == [OperationState.ALONE] + [OperationState.WAITING] * 3
    assert Correction.objects.count() == Entry.objects.count() == 1


def test_an_account_is_counted_for_its_days(cast: Cast, first: User) -> None:
    corrected(cast.anna.account, first)
    assert corrected(cast.anna.account, first, now=NOW + dt.timedelta(days=29)).state == OperationState.WAITING
    assert corrected(cast.anna.account, first, now=NOW + dt.timedelta(days=30)).state == OperationState.ALONE


def test_refunds_and_corrections_are_one_count_and_signs_do_not_cancel(cast: Cast, first: User) -> None:
    ApprovalSettings.objects.create(day_above=Decimal(10000))
    returned(paid(cast.anna.account), first, Decimal(2000))
    assert corrected(cast.anna.account, first, Decimal(1000)).state == OperationState.ALONE
    assert corrected(cast.anna.account, first, Decimal("-0.01")).state == OperationState.WAITING
    assert corrected(cast.boris.account, first, Decimal(2500)).state == OperationState.ALONE


def test_what_waits_or_was_approved_by_another_is_not_counted(cast: Cast, first: User, second: User) -> None:
    big = corrected(cast.anna.account, first, Decimal(-9000))
    assert corrected(cast.anna.account, first).state == OperationState.ALONE
    approve(MoneyOperation, pk=big.pk, by=second, now=NOW)
    assert corrected(cast.boris.account, second).state == OperationState.ALONE


def test_a_refund_that_the_bank_refused_is_not_counted(cast: Cast, first: User) -> None:
    from portal.payments.services import sending_refunds

    refund = returned(paid(cast.anna.account), first)
    sending_refunds._canceled(refund, "insufficient_funds", NOW)
    assert MoneyOperation.objects.get().state == OperationState.VOID
    assert returned(paid(cast.anna.account), first).state == RefundState.APPROVED


def test_the_second_person_books_once_and_both_stand_in_the_ledger(cast: Cast, first: User, second: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal("-4150.00"))
    assert not Entry.objects.exists()
    page = f"/admin/office/approvals/{waiting.pk}/"
    for _double_click in range(2):
        assert logged_in(second).post(page, {"approve": "1", "confirmed": "1"}).status_code in {200, 302}
    entry = Entry.objects.get()
    assert (entry.kind, entry.amount) == (EntryKind.CORRECTION, Decimal("-4150.00"))
    assert (entry.made_by, entry.approved_by) == ("first", "second")
    correction = Correction.objects.get()
    assert (correction.booked_by, correction.approved_by) == (first, second)
    notified = Message.objects.filter(user=first, event=f"operation:{waiting.pk}:decided")
    assert {message.channel for message in notified} == {"inbox", "email"}
    assert ModelLogEntry.objects.filter(action="portal.money", user=second).exists()


def test_the_second_person_approves_a_refund_and_the_money_goes(cast: Cast, first: User, second: User) -> None:
    refund = returned(paid(cast.anna.account), first, Decimal(5000))
    send_refund(refund=refund, gateway_of=lambda _code: None, now=NOW)  # type: ignore[arg-type,return-value]
    assert not Entry.objects.filter(kind=EntryKind.REFUND).exists()
    logged_in(second).post(f"/admin/office/approvals/{refund.operation_id}/", {"approve": "1", "confirmed": "1"})
    refund.refresh_from_db()
    assert (refund.state, refund.approved_by) == (RefundState.SUCCEEDED, second)
    entry = Entry.objects.get(kind=EntryKind.REFUND)
    assert (entry.made_by, entry.approved_by) == ("first", "second")


def test_approving_asks_once_with_the_sum(cast: Cast, first: User, second: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal("-4150.00"))
    page, client = f"/admin/office/approvals/{waiting.pk}/", logged_in(second)
    asked = client.post(page, {"approve": "1"}).content.decode().replace("\u00a0", " ")
    assert f"Исправление № {waiting.pk} на −4 150,00 ₽: подтвердить?" in asked
    assert not Entry.objects.exists()


def test_whoever_may_not_approve_reads_whom_it_waits_for(cast: Cast, first: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal("-4150.00"))
    manager = make_login("manager", staff=True)
    manager.groups.add(Group.objects.get(name="manager"))
    shown = logged_in(manager).get(f"/admin/office/approvals/{waiting.pk}/").content.decode()
    assert "Ждёт другого сотрудника с правом подтверждать" in shown


def test_the_audit_is_written_in_russian_whatever_the_language(cast: Cast, first: User, second: User) -> None:
    with translation.override("en"):
        waiting = corrected(cast.anna.account, first, Decimal("-4150.00"))
        approve(MoneyOperation, pk=waiting.pk, by=second, now=NOW)
    written = [entry.data["what"].replace("\u00a0", " ") for entry in ModelLogEntry.objects.filter(action=MONEY)]
    assert f"Подтверждено исправление № {waiting.pk}" in written


def test_nobody_approves_their_own(cast: Cast, first: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal(-9000))
    logged_in(first).post(f"/admin/office/approvals/{waiting.pk}/", {"approve": "1", "confirmed": "1"})
    with pytest.raises(ApprovalRefused, match="same_person"):
        approve(MoneyOperation, pk=waiting.pk, by=first, now=NOW)
    first.is_superuser = True
    first.save()
    with pytest.raises(ApprovalRefused, match="same_person"):
        approve(MoneyOperation, pk=waiting.pk, by=first, now=NOW)
    assert not Entry.objects.exists()


def test_the_database_refuses_one_person_in_both_places(cast: Cast, first: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal(-9000))
    with pytest.raises(IntegrityError):
        MoneyOperation.objects.filter(pk=waiting.pk).update(state="approved", decided_by=first, decided_at=NOW)


def test_money_of_an_employees_own_account_always_takes_another(cast: Cast, first: User, second: User) -> None:
    Holder.objects.create(account=cast.anna.account, person=cast.boris.person, since=NOW.date())
    cast.boris.person.user = second
    cast.boris.person.save()
    own = corrected(cast.anna.account, second, Decimal(-1))
    assert own.state == OperationState.WAITING
    others = corrected(cast.anna.account, first, Decimal(-9000))
    with pytest.raises(ApprovalRefused, match="own_account"):
        approve(MoneyOperation, pk=others.pk, by=second, now=NOW)


def test_a_rejection_needs_words_and_who_made_it_is_told(cast: Cast, first: User, second: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal(-9000))
    page, client = f"/admin/office/approvals/{waiting.pk}/", logged_in(second)
    refused = client.post(page, {"reject": "1", "answer": " "})
    assert refused.context["form"].errors == {"answer": ["Напишите причину отказа."]}
    waiting.refresh_from_db()
    assert waiting.state == OperationState.WAITING
    client.post(page, {"reject": "1", "answer": "Нет решения комиссии"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == (OperationState.REJECTED, second)
    assert not Entry.objects.exists()
    notified = Message.objects.get(user=first, event=f"operation:{waiting.pk}:decided", channel="inbox")
    assert "Нет решения комиссии" in notified.body
    assert "Нет решения комиссии" in logged_in(first).get("/admin/").content.decode()
    with pytest.raises(ApprovalRefused, match="state"):
        approve(MoneyOperation, pk=waiting.pk, by=second, now=NOW)


def test_the_resident_reads_neither_the_words_between_employees_nor_their_logins(
    cast: Cast, first: User, second: User
) -> None:
    rejected = corrected(cast.anna.account, first, Decimal(-9000))
    reject(MoneyOperation, pk=rejected.pk, by=second, answer="Проверьте, не ваша ли это тётя", now=NOW)
    approve(MoneyOperation, pk=corrected(cast.anna.account, first, Decimal(-9000)).pk, by=second, now=NOW)
    anna = logged_in(cast.anna.user)
    shown = anna.get("/personal/profile/history/").content.decode() + anna.get("/personal/ledger/").content.decode()
    downloaded = str(export.collect(cast.anna.user))
    assert "Списать" in shown
    assert "Списать" in downloaded
    for word in ("тётя", "'first'", "'second'", ">first<", ">second<"):
        assert word not in shown + downloaded


def test_a_rejected_request_of_a_resident_is_answered_with_the_words_and_the_screen_says_so(
    cast: Cast, first: User, second: User
) -> None:
    payment = paid(cast.anna.account)
    asked = request_refund(payment=payment, amount=Decimal(5000), reason="дважды", by=cast.anna.user, now=NOW)
    refund = make_refund(payment=payment, amount=Decimal(5000), reason="дважды", by=first, now=NOW, request=asked)
    page, client = f"/admin/office/approvals/{refund.operation_id}/", logged_in(second)
    assert "Возврат просил житель" in client.get(page).content.decode()
    client.post(page, {"reject": "1", "answer": "Платёж один"})
    notified = Message.objects.get(user=cast.anna.user, event=f"refund:{refund.pk}:rejected", channel="inbox")
    assert "Платёж один" in notified.body


def test_who_made_it_takes_it_back(cast: Cast, first: User) -> None:
    refund = returned(paid(cast.anna.account), first, Decimal(5000))
    page = f"/admin/office/approvals/{refund.operation_id}/"
    assert 'name="answer"' not in logged_in(first).get(page).content.decode()
    logged_in(first).post(page, {"reject": "1"})
    refund.refresh_from_db()
    assert refund.state == RefundState.REJECTED


def test_it_stands_on_the_dashboard_of_who_may_approve_it(cast: Cast, first: User, second: User) -> None:
    corrected(cast.anna.account, first, Decimal("-4150.00"))
    words = ("Ждут вашего подтверждения", "Списать", "first")
    shown = logged_in(second).get("/admin/").content.decode().replace("\u00a0", " ")
    assert all(word in shown for word in words)
    assert "4 150,00" in shown
    assert words[0] not in logged_in(first).get("/admin/").content.decode()
    listed = logged_in(second).get(LIST, {"state__exact": "waiting"}).content.decode()
    assert "0010001" in listed


def test_others_are_turned_away(cast: Cast, first: User) -> None:
    waiting = corrected(cast.anna.account, first, Decimal(-9000))
    page = f"/admin/office/approvals/{waiting.pk}/"
    editor = make_login("editor", staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    manager = make_login("manager", staff=True)
    manager.groups.add(Group.objects.get(name="manager"))
    for user, status in ((editor, {302}), (cast.anna.user, {302, 403}), (cast.stranger.user, {302, 403})):
        assert logged_in(user).get(page).status_code in status
        assert logged_in(user).post(page, {"approve": "1", "confirmed": "1"}).status_code in status
    assert logged_in(manager).get(page).status_code == 200  # reads everything
    logged_in(manager).post(page, {"approve": "1", "confirmed": "1"})
    logged_in(manager).post(page, {"reject": "1", "answer": "нет"})
    waiting.refresh_from_db()
    assert waiting.state == OperationState.WAITING


def test_the_limits_are_the_superusers_alone_and_their_change_is_audited(first: User) -> None:
    codename = "change_approvalsettings"
    assert not Permission.objects.filter(codename=codename, group__isnull=False).exists()
    assert logged_in(first).get(SETTINGS, follow=True).redirect_chain
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    client = logged_in(chief)
    page = client.get(SETTINGS, follow=True)
    terms = {"second_person_above": "1000.00", "day_above": "900.00", "account_days": "30"}
    terms |= {"ask_times": "1.50", "ask_times_norms": "2.00"}
    client.post(page.request["PATH_INFO"], terms)
    assert ApprovalSettings.load().second_person_above == SUM  # a day below one operation is refused
    client.post(page.request["PATH_INFO"], terms | {"day_above": "2000.00"})
    assert ApprovalSettings.load().second_person_above == Decimal("1000.00")
    logged = ModelLogEntry.objects.filter(action="portal.settings", user=chief)
    assert any("1000" in str(entry.data) for entry in logged)


def test_a_recalculation_waits_and_is_booked_as_it_was_shown(cast: Cast, first: User, second: User) -> None:
    put_numbers()
    close(JANUARY)
    ApprovalSettings.objects.create(second_person_above=Decimal(0), day_above=Decimal(0))
    Occupancy.objects.create(account=cast.boris.account, since=dt.date(2026, 1, 1), registered=3)
    now = dt.datetime(2026, 2, 2, 12, tzinfo=clock.MOSCOW)
    before = Entry.objects.count()

    def ask() -> MoneyOperation:
        asked = billing.submit_recalculation(
            account=cast.boris.account, months=1, reason="Третий житель", by=first, now=now
        )
        assert asked is not None
        return asked

    waiting = ask()
    assert ask().pk == waiting.pk
    assert (waiting.state, Entry.objects.count()) == (OperationState.WAITING, before)
    Occupancy.objects.create(account=cast.boris.account, since=dt.date(2026, 1, 2), registered=4)
    with pytest.raises(ApprovalRefused, match="changed"):
        approve(MoneyOperation, pk=waiting.pk, by=second, now=now)
    reject(MoneyOperation, pk=waiting.pk, by=second, answer="Жильцов четверо", now=now)
    approve(MoneyOperation, pk=ask().pk, by=second, now=now)
    booked = Entry.objects.filter(kind=EntryKind.RECALCULATION)
    assert {(entry.made_by, entry.approved_by) for entry in booked} == {("first", "second")}


def test_the_form_sent_twice_from_two_sessions_is_one_correction(cast: Cast, first: User) -> None:
    form = {
        "account": "0010001",
        "amount": "-100",
        "for_period": "2026-09",
        "service": "",
        "reason": "Ошибка",
        "document": "Записка",
        "confirmed": "on",
        "form_token": str(uuid.uuid4()),
    }
    for _ in range(2):
        logged_in(first).post("/admin/office/correction/", form)
    assert Correction.objects.count() == 1

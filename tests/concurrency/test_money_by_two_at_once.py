"""One person in four windows at once passes the limit once; two second people at once book once."""

import uuid
from decimal import Decimal

from portal.accounts.models import User
from portal.approvals.enums import OperationState
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import MoneyOperation
from portal.approvals.services import approve
from portal.billing.services import submit_correction
from portal.core import clock
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.payments.enums import PaymentChannel, RefundState
from portal.payments.models import Payment, Refund
from portal.payments.services import record_external_payment
from portal.payments.services.refunds import make_refund
from tests.concurrency.test_pay_twenty_times import at_once
from tests.people import make_cast, make_login


def correct(amount: str) -> MoneyOperation:
    """A correction of Anna's account by the first accountant."""
    user = User.objects.get(username="first")
    payment = Payment.objects.select_related("account").get()
    return submit_correction(
        account=payment.account,
        amount=Decimal(amount),
        for_period=Period.of(clock.today()),
        reason="Списать",
        document="Записка",
        by=user,
        key=uuid.uuid4().hex,
        now=clock.now(),
    )


def stage() -> None:
    anna = make_cast().anna
    for name in ("first", "second", "third"):
        make_login(name, staff=True)
    record_external_payment(
        account=anna.account, amount=Decimal(30782), paid_on=clock.today(), channel=PaymentChannel.BANK, key="bank"
    )


def errors(results: list[object]) -> list[object]:
    return [result for result in results if isinstance(result, Exception)]


def test_four_corrections_at_once_book_one(own_database: object) -> None:
    stage()
    results = at_once(lambda _n: correct("-3000.00"), 4)
    assert errors(results) == []
    assert MoneyOperation.objects.filter(state=OperationState.ALONE).count() == 1
    assert Entry.objects.filter(kind="correction").count() == 1


def test_four_refunds_at_once_move_one(own_database: object) -> None:
    stage()

    def give_back(_number: int) -> Refund:
        user = User.objects.get(username="first")
        return make_refund(
            payment=Payment.objects.get(), amount=Decimal(3000), reason="ошибка", by=user, now=clock.now()
        )

    assert errors(at_once(give_back, 4)) == []
    assert Refund.objects.filter(state=RefundState.APPROVED).count() == 1
    assert Refund.objects.filter(state=RefundState.AWAITING).count() == 3


def test_two_second_people_at_once_book_once(own_database: object) -> None:
    stage()
    waiting = correct("-9000.00")

    def decide(number: int) -> MoneyOperation:
        user = User.objects.get(username=("second", "third")[number % 2])
        return approve(MoneyOperation, pk=waiting.pk, by=user, now=clock.now())

    results = at_once(decide, 4)
    refused = errors(results)
    assert [type(error) for error in refused] == [ApprovalRefused] * 3
    assert Entry.objects.filter(kind="correction").count() == 1

"""Gateway, payments, ledger and bank files are compared; what differs is listed with its age until it is gone."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.core import clock
from portal.exchange.bank_files.services import take_bank_file
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.payments.enums import DifferenceKind, PaymentChannel
from portal.payments.gateways import gateway_by_code
from portal.payments.gateways.demo.gateway import DemoGateway
from portal.payments.jobs import poll_open_payments, reconcile_recent_days
from portal.payments.models import BankFileTemplate, DemoBankPayment, Difference, Payment, ReconciliationRun
from portal.payments.proposals import PROPOSALS
from portal.payments.services import record_external_payment
from portal.payments.services.bank_files import begin_import, import_all
from portal.payments.services.reconciliation import reconcile
from portal.payments.services.unknown_lines import settle_line
from tests.conftest import SetDate
from tests.people import Cast, make_login
from tests.portal.payments.bank import LyingGateway, at_bank, begin, later, paid, pay_at_bank
from tests.portal.payments.test_import_bank_files import sberbank

pytestmark = pytest.mark.django_db


def run(gateway: DemoGateway | None = None) -> list[str]:
    day = clock.today()
    reconcile(
        first_day=day - dt.timedelta(days=3),
        last_day=day + dt.timedelta(days=1),
        gateway=gateway or DemoGateway(),
        now=later(minutes=30),
    )
    return list(Difference.objects.filter(resolved_at=None).values_list("kind", flat=True))


def test_books_that_agree_have_no_differences(cast: Cast) -> None:
    paid(cast)
    record_external_payment(
        account=cast.boris.account, amount=Decimal("5.00"), paid_on=clock.today(), channel=PaymentChannel.BANK, key="b"
    )
    assert run() == []


def test_a_success_that_nobody_told_is_credited_by_the_reconciliation(cast: Cast) -> None:
    payment = begin(cast.anna)
    pay_at_bank(payment)
    assert run() == []
    payment.refresh_from_db()
    assert payment.state == "succeeded"


def test_a_payment_that_only_the_gateway_has_is_listed(cast: Cast) -> None:
    payment = paid(cast)
    row = at_bank(payment)
    DemoBankPayment.objects.create(
        key="x",
        reference="x",
        amount=9,
        description="",
        return_url="/",
        state="succeeded",
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
    assert run() == [DifferenceKind.UNKNOWN_AT_PORTAL]


def test_a_payment_that_the_gateway_lost_is_listed_and_gone_when_it_is_back(cast: Cast) -> None:
    payment = paid(cast)
    row = at_bank(payment)
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - dt.timedelta(hours=30))
    before = row.created_at
    DemoBankPayment.objects.filter(pk=row.pk).update(created_at=before - dt.timedelta(days=40))
    assert run() == [DifferenceKind.UNKNOWN_AT_GATEWAY]
    found_at = Difference.objects.get().found_at
    run()
    assert Difference.objects.get().found_at == found_at
    DemoBankPayment.objects.filter(pk=row.pk).update(created_at=before)
    assert run() == []
    assert Difference.objects.get().resolved_at is not None


def test_another_sum_at_the_gateway_is_listed(cast: Cast) -> None:
    payment = paid(cast)
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=Decimal("7.00"))
    assert run() == [DifferenceKind.SUM]


def test_a_paid_payment_without_its_entry_and_an_entry_without_its_payment(cast: Cast) -> None:
    payment = paid(cast)
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal("700.15"))
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=Decimal("700.15"))
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.PAYMENT,
            amount=Decimal("-3.00"),
            effective_on=clock.today(),
            key="payment:999999",
            source="payment:999999",
        )
    )
    assert sorted(run()) == [DifferenceKind.LEDGER_ORPHAN, DifferenceKind.LEDGER_SUM]


def test_a_silent_gateway_is_said_so_and_closes_nothing(cast: Cast) -> None:
    payment = paid(cast)
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=Decimal("7.00"))
    run()

    class Silent(LyingGateway):
        def list_payments(self, **_span: Any) -> Any:
            return gateway_by_code("yookassa").list_payments(**_span)

    assert run(Silent()) == [DifferenceKind.SUM]


def test_an_unidentified_payment_is_listed_at_once_counted_late_and_gone_when_settled(
    cast: Cast, business_date: SetDate
) -> None:
    business_date("2026-11-15")
    file = take_bank_file(
        template=BankFileTemplate.objects.get(code="sberbank-13"),
        name="a.txt",
        data=sberbank("00100O1"),
        by=None,
        now=clock.now(),
        today=clock.today(),
    )
    import_all(file_id=begin_import(file=file).pk, now=clock.now())
    run = reconcile(first_day=clock.today(), last_day=clock.today(), gateway=DemoGateway(), now=clock.now())
    assert (run.difference_count, run.waiting) == (0, 1)
    existing = Difference.objects.get()
    assert (existing.kind, existing.resolved_at) == (DifferenceKind.UNIDENTIFIED, None)
    late = reconcile(first_day=clock.today(), last_day=clock.today(), gateway=DemoGateway(), now=later(days=31))
    assert (late.difference_count, late.waiting) == (1, 0)
    assert Difference.objects.get().found_at == existing.found_at
    line, accountant = file.lines.get(), make_login("accountant", staff=True)
    settle_line(line=line, account=cast.anna.account, by=accountant, now=clock.now(), remember=False)
    assert Difference.objects.get().resolved_at is not None
    assert (
        reconcile(
            first_day=clock.today(), last_day=clock.today(), gateway=DemoGateway(), now=clock.now()
        ).difference_count
        == 0
    )


def test_every_night_goes_back_to_the_oldest_difference(cast: Cast, business_date: SetDate) -> None:
    business_date("2026-11-15")
    payment = paid(cast)
    assert poll_open_payments() == 1  # its receipt
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=Decimal("7.00"))
    assert reconcile_recent_days() == 1
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=payment.amount)
    business_date("2026-11-30")
    assert reconcile_recent_days() == 0
    assert not Difference.objects.filter(resolved_at=None).exists()


def test_a_payment_from_the_days_of_a_long_outage_is_compared(cast: Cast, business_date: SetDate) -> None:
    business_date("2026-11-01")
    assert reconcile_recent_days() == 0
    business_date("2026-11-03")
    payment = paid(cast)
    assert poll_open_payments() == 1  # its receipt
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=Decimal("7.00"))
    business_date("2026-11-30")  # nothing ran for four weeks
    assert reconcile_recent_days() == 1
    run = ReconciliationRun.objects.latest("pk")
    assert (run.first_day, run.last_day) == (dt.date(2026, 10, 25), dt.date(2026, 11, 30))


def test_every_kind_has_a_proposal() -> None:
    assert set(PROPOSALS) == set(DifferenceKind.values)


def test_the_command_fails_when_something_differs(cast: Cast, capsys: Any) -> None:
    payment = paid(cast)
    call_command("reconcile_payments")
    assert "0 differences" in capsys.readouterr().out
    DemoBankPayment.objects.filter(pk=payment.gateway_id).update(amount=Decimal("7.00"))
    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile_payments")

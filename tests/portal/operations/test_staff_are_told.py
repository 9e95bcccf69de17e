"""Staff are told of a job that failed: once per job, with what failed and where it is mended; nobody else is."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_q.models import Failure

from portal.accounts.models import Holder, User
from portal.billing.enums import MonthStep
from portal.billing.models import Norm, WorkdayYear
from portal.billing.services import Executor, close_period, run_step
from portal.core import clock
from portal.core.periods import Period
from portal.exchange.bank_files.services import recheck_bank_file, take_bank_file
from portal.exchange.readings import import_readings
from portal.notifications import services
from portal.notifications.categories import JOB_FAILED
from portal.notifications.declarations import codes_of
from portal.notifications.enums import DeliveryChannel
from portal.notifications.models import Message
from portal.operations import jobs
from portal.payments.models import BankFileTemplate
from portal.payments.services.reconciliation import reconcile
from portal.receipts.issuing import issue_receipts
from tests.people import Cast, Clerk, make_login
from tests.portal.payments.bank import LyingGateway

pytestmark = pytest.mark.django_db
OCTOBER, TODAY = Period(2026, 10), dt.date(2026, 10, 21)


def notified(user: User) -> list[Message]:
    return list(
        Message.objects.filter(user=user, kind__in=codes_of([JOB_FAILED]), channel=DeliveryChannel.INBOX).order_by("pk")
    )


@pytest.fixture
def accountant(clerk: Clerk) -> User:
    """Closes months, imports bank files, reconciles, watches the month."""
    return clerk("office.close_month", "office.watch_month", "payments.import_registry", "payments.reconcile")


@pytest.fixture
def others(cast: Cast, accountant: User, business_date: object) -> Iterator[list[User]]:
    """An employee without a right and a resident: told nothing, whatever fails."""
    business_date(TODAY.isoformat())  # type: ignore[operator]
    strangers = [make_login("reviewer", staff=True), cast.stranger.user]
    yield strangers
    assert not [message for user in strangers for message in notified(user)]


def test_a_closing_that_left_accounts_is_told_once_a_try(
    others: list[User], accountant: User, numbers: None, client: Client
) -> None:
    Norm.objects.filter(service="cold_water").delete()
    for _ in range(2):
        close_period(period=OCTOBER, executor=Executor.INLINE, requested_by=accountant)
    first, second = notified(accountant)
    assert first.subject == "Задание не удалось: закрытие за октябрь 2026"
    assert "Остались 4 счёта. Нет действующего норматива — 4." in first.body
    assert second.link == first.link == "/admin/office/closing/2026-10/"
    services.send_due()
    letter = mail.outbox[0]
    assert letter.to == [accountant.email]
    assert "/admin/office/closing/2026-10/" in letter.body
    assert "personal" not in letter.body


def test_receipts_that_were_not_made_are_told(others: list[User], accountant: User, cast: Cast, numbers: None) -> None:
    close_period(period=OCTOBER, executor=Executor.INLINE)
    Holder.objects.filter(account=cast.anna.account).delete()
    issue_receipts(period=OCTOBER, issued_on=TODAY, executor=Executor.INLINE, with_files=False, notify=False)
    (message,) = notified(accountant)
    assert "квитанции за октябрь 2026" in message.subject
    assert "Остался 1 счёт. У счёта нет владельца: некому платить — 1." in message.body


def test_a_step_of_the_month_that_fails_is_told_once_a_day(others: list[User], accountant: User, numbers: None) -> None:
    WorkdayYear.objects.filter(year=2026).delete()
    for day in (TODAY, TODAY, TODAY + dt.timedelta(days=1)):
        run_step(period=OCTOBER, step=MonthStep.CLOSE, today=day)
    assert len(notified(accountant)) == 2
    assert "Сначала внесите производственный календарь на 2026 год" in notified(accountant)[0].body


def test_an_incomplete_setup_is_told_with_what_is_missing(others: list[User], accountant: User) -> None:
    run_step(period=OCTOBER, step=MonthStep.CLOSE, today=TODAY)
    body = notified(accountant)[0].body
    assert "Портал ещё не настроен" in body
    assert "Тарифы (Холодное водоснабжение, Водоотведение)" in body


def test_rows_of_readings_that_were_not_taken_are_told_to_whoever_imports(others: list[User], accountant: User) -> None:
    data = "Номер счетчика;Показание\nA-1001;141,5\nA-9999;10\n".encode()
    for dry_run in (True, False, False):
        import_readings(data, today=TODAY, by=accountant, dry_run=dry_run)
    (message,) = notified(accountant)
    assert "Не принято строк: 1 из 2; принято: 1" in message.body
    assert "Строка 3: Действующего счётчика с таким номером нет." in message.body


def test_a_registry_that_cannot_be_imported_is_told_once(others: list[User], accountant: User) -> None:
    template = BankFileTemplate.objects.get(code="sberbank-13")
    file = take_bank_file(
        template=template, name="r.txt", data="мусор;1\n".encode("cp1251"), by=None, now=clock.now(), today=TODAY
    )
    recheck_bank_file(file=file, today=TODAY)
    (message,) = notified(accountant)
    assert message.link == f"/admin/office/payments/registries/{file.pk}/"
    assert "Ни один платёж не зачислен" in message.body


def test_a_silent_gateway_is_told_and_a_reconciliation_that_agrees_is_not(others: list[User], accountant: User) -> None:
    gateway = LyingGateway()
    gateway.silent = True
    reconcile(first_day=TODAY, last_day=TODAY, gateway=gateway, now=clock.now())
    (message,) = notified(accountant)
    assert "Платёжный шлюз не ответил" in message.body
    gateway.silent = False
    reconcile(first_day=TODAY, last_day=TODAY, gateway=gateway, now=clock.now())
    assert len(notified(accountant)) == 1


def test_a_job_that_broke_is_told_once_a_day_and_hidden_by_its_reader(
    others: list[User], accountant: User, client: Client
) -> None:
    for number in range(2):
        Failure.objects.create(
            id=f"{number:032}",
            name="x",
            func="portal.payments.jobs.reconcile_recent_days",
            success=False,
            started=timezone.now(),
            stopped=timezone.now(),
            result="Traceback\nOSError: disk full",
        )
    jobs.notify_failures()
    jobs.notify_failures()
    (message,) = notified(accountant)
    assert "прервалось 2 раза" in message.body
    assert "OSError: disk full" in message.body
    assert "OSError: disk full" in client.get("/admin/").content.decode()
    for user, refused in zip(others, (404, 403), strict=True):
        client.force_login(user)
        assert client.post(f"/admin/office/failure/{message.pk}/").status_code == refused
    message.refresh_from_db()
    assert message.read_at is None
    client.force_login(accountant)
    client.post(f"/admin/office/failure/{message.pk}/", {"hide": "1"})
    assert "OSError: disk full" not in client.get("/admin/").content.decode()

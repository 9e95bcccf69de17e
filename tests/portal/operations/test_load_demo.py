"""A newcomer loads the demo: the contract's people and accounts, with a history made by the real services."""

import copy
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import DateTimeField, F
from django.test import override_settings
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import (
    Account,
    Person,
    PersonalRequest,
    RegistrationApplication,
    RegistrationDraft,
    User,
)
from portal.approvals.models import MoneyOperation
from portal.billing.models import CalendarStep, Charge, PeriodRun, RunFailure
from portal.core import clock, health
from portal.core.calendars import month_calendar
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.metering.models import Meter, Reading
from portal.notifications.models import Message
from portal.operations.demo import (
    company,
    dated_numbers,
    history,
    loading,
    messages,
    month,
    payments,
    people,
    receipts,
    requests,
    settlement,
    stories,
    support,
)
from portal.operations.demo.world import PASSWORD, RESIDENTS, World, demo_today, new_world
from portal.operations.ledger_check import problems
from portal.operations.roles import ROLES
from portal.payments.models import BankFile, Payment, PossibleDuplicate, ReconciliationRun, Refund
from portal.receipts.models import Receipt, ReceiptRun
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.crews.models import Crew, CrewKind, Slot
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages.models import Outage
from portal.service_requests.support.models import SupportQuestion
from tests.conftest import SetDate
from tests.shared_rows import shared_rows

TODAY = dt.date(2026, 11, 15)
STAFF = ("registrar", "editor", "reviewer", "dispatcher", "engineer", "accountant", "manager", "admin")
PLANNED = {"starts_at", "ends_at", "norm_until", "promised_at", "expires_at"}
STEPS = (company, settlement, dated_numbers, history)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Twelve accounts and four closed months, without what other parts of the portal add; loaded once."""
    steps = tuple(step for step in loading.STEPS if step.load in {part.load for part in STEPS})

    def load() -> World:
        with pytest.MonkeyPatch.context() as patch, override_settings(PORTAL_TODAY=str(TODAY)):
            patch.setattr(loading, "STEPS", steps)
            return loading.load(today=TODAY, size=12, months=4, progress=lambda line: None)

    with shared_rows(django_db_blocker, load) as world:
        yield world


@pytest.fixture
def small_world(loaded: World, db: None, business_date: SetDate) -> World:
    """The loaded world on its day, with copies of its objects."""
    business_date(TODAY)
    return copy.deepcopy(loaded)


def test_the_people_of_the_contract_are_there(small_world: World, client: object) -> None:
    assert set(User.objects.filter(username__in=[*RESIDENTS, *STAFF]).values_list("username", flat=True)) == {
        *RESIDENTS,
        *STAFF,
    }
    for login, numbers in {"anna": ["0010001"], "boris": ["0010002", "0010003"], "dina": ["0010006"]}.items():
        user = User.objects.get(username=login)
        assert user.check_password(PASSWORD)
        assert [a.number for a in Account.objects.visible_to(user).order_by("number")] == numbers
    assert Account.objects.count() == 12
    assert User.objects.get(username="admin").is_superuser


def test_no_job_waits_since_a_played_month(small_world: World) -> None:
    assert health.report().check("queue").is_ok


def test_each_resident_has_their_story(small_world: World) -> None:
    anna, vera, gleb, dina = (Account.objects.get(number=f"001000{n}") for n in (1, 4, 5, 6))
    assert anna.meters.count() == 2
    assert balance(anna) > 0
    assert not Meter.objects.filter(account=dina).exists()
    assert gleb.meters.filter(verified_until=TODAY + dt.timedelta(days=20)).count() == 1
    silent_since = Period.of(TODAY).shift(-2).first_day
    assert not Reading.objects.filter(meter__account=vera, taken_on__gte=silent_since).exists()
    assert Reading.objects.filter(meter__account=vera, taken_on__lt=silent_since).exists()


def test_the_history_is_made_by_the_real_closing(small_world: World) -> None:
    assert [run.status for run in PeriodRun.objects.all()] == ["done"] * 4
    assert not RunFailure.objects.exists()
    assert Charge.objects.filter(account__number="0010001").values("period").distinct().count() == 4
    assert Entry.objects.filter(kind="payment").exists()


def test_months_were_closed_and_billed_on_their_own_days(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "MONTHS_WITH_FILES", 1)
    with small_world.clock.running():
        receipts.load(small_world)
        month.load(small_world)
    for model, day in ((PeriodRun, "closing_day"), (ReceiptRun, "receipts_day")):
        runs = list(model.objects.order_by("period"))
        expected = [getattr(month_calendar(period), day) for period in small_world.closed]
        assert [run.started_at.astimezone(MOSCOW).date() for run in runs] == expected
        assert all(run.started_at <= run.finished_at for run in runs)
    last = CalendarStep.objects.get(step="close", period=dt.date(2026, 10, 1))
    assert last.ran_at.date() == PeriodRun.objects.get(period=last.period).started_at.date()
    closed = dict(PeriodRun.objects.values_list("period", "finished_at"))
    issued = Receipt.objects.filter(replaces=None).values_list("period", "issued_on", "issued_at")
    assert issued
    for period, on, at in issued:
        assert closed[period] < at
        assert at.astimezone(MOSCOW).date() == on < Period.of(period).next.first_day
    for booked in Entry.objects.filter(kind="payment"):
        assert booked.created_at.astimezone(MOSCOW).date() == booked.effective_on + dt.timedelta(days=1)


def test_the_current_window_is_open_and_named_residents_have_not_sent(small_world: World) -> None:
    named = Reading.objects.filter(meter__account__in=small_world.named_accounts, taken_on__gte=dt.date(2026, 11, 1))
    assert not named.exists()
    assert not PeriodRun.objects.filter(period=dt.date(2026, 11, 1)).exists()


def test_loading_again_changes_nothing(small_world: World) -> None:
    before = (Account.objects.count(), Entry.objects.count(), Reading.objects.count())
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    assert "already" in out.getvalue()
    assert (Account.objects.count(), Entry.objects.count(), Reading.objects.count()) == before


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        ("2026-11-24", "2026-11-15"),
        ("2026-11-09", "2026-11-15"),
        ("2026-11-10", "2026-11-10"),
        ("2026-11-20", "2026-11-20"),
    ],
)
def test_the_demo_stands_inside_the_window(db: None, today: str, shown: str) -> None:
    assert demo_today(dt.date.fromisoformat(today)) == dt.date.fromisoformat(shown)


def test_what_happened_outdoors(small_world: World) -> None:
    """Anna's open request is of an incident with its outage; crews, applications and outages at every stage."""
    with small_world.clock.running():
        requests.load(small_world)
    anna = DispatchRequest.objects.filter(author__username="anna").latest("received_at")
    assert anna.is_open
    assert anna.incident is not None
    assert anna.incident.outages.get().hit_houses.get().house_id == anna.house_id
    assert {"received", "closed"} < set(DispatchRequest.objects.values_list("state", flat=True))
    for request in DispatchRequest.objects.exclude(state__in=("received", "rejected")):
        moments = list(request.events.order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert request.crew is not None
    assert {"published", "ended"} <= set(Outage.objects.values_list("state", flat=True))
    applications = CommissioningApplication.objects
    assert applications.get(account__number="0010001").files.count() == 1
    assert {"submitted", "offered", "commissioned"} <= set(applications.values_list("state", flat=True))
    engineer = User.objects.get(username="engineer")
    assert Crew.objects.filter(kind=CrewKind.FIELD, members=engineer).count() == 2
    assert Slot.objects.filter(day__gt=TODAY).exists()
    assert not Slot.objects.filter(booked__gt=F("capacity")).exists()
    assert list(_ahead(clock.now())) == []


def _ahead(now: dt.datetime) -> Iterator[str]:
    """What the demo says has happened, and lies ahead of its clock."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, DateTimeField) and field.name not in PLANNED:
                rows = model._default_manager.filter(**{f"{field.name}__gt": now})
                yield from (f"{model.__name__}.{field.name} of {row}" for row in rows[:3])


def test_the_last_closed_month_explains_an_outage_an_act_and_persons_by_days(small_world: World) -> None:
    october = Charge.objects.filter(period=dt.date(2026, 10, 1)).exclude(account__in=small_world.named_accounts)
    assert october.filter(kind="outage", amount__lt=0).exists()
    assert october.filter(kind="recalculation", explanation__act=stories.REPORT_NUMBER).exists()


def test_the_facts_of_the_contracts_accounts_are_left_alone(small_world: World) -> None:
    named = Charge.objects.filter(account__in=small_world.named_accounts, period=dt.date(2026, 10, 1))
    assert not named.filter(kind="outage").exists()
    assert not named.filter(explanation__has_key="act").exists()


# What holds in the whole demo.


def test_the_books_of_the_demo_agree(small_world: World) -> None:
    assert list(problems()) == []


def test_meters_run_forward_and_are_read_inside_the_window(small_world: World) -> None:
    for meter in Meter.objects.all():
        readings = list(meter.readings.order_by("taken_on"))
        values = [reading.value for reading in readings if not reading.rollover]
        assert values == sorted(values), meter
        for reading in readings:
            assert month_calendar(Period.of(reading.taken_on)).window_is_open(reading.taken_on)
            assert reading.accepted_at.astimezone(MOSCOW).date() == reading.taken_on


def test_every_account_has_a_payer_persons_services_and_a_contract(small_world: World) -> None:
    for account in Account.objects.all():
        assert account.holders.filter(until=None).count() == 1
        assert account.occupancies.exists()
        assert account.services.filter(until=None).exists()
        assert account.contracts.count() == 1
    assert Account.objects.values("els").distinct().count() == 12
    assert Meter.objects.values("serial_number").distinct().count() == Meter.objects.count()


def test_no_login_of_the_demo_writes_to_a_real_address(small_world: World) -> None:
    addresses = User.objects.exclude(email="").values_list("email", flat=True)
    assert addresses
    assert all(address.endswith(".example") for address in addresses)


def test_employees_have_the_rights_of_their_role_alone(small_world: World) -> None:
    for role in ROLES:
        user = User.objects.get(username=role.name)
        assert [group.name for group in user.groups.all()] == [role.name]
        assert not user.is_superuser
        assert not user.user_permissions.exists()


def test_two_loads_of_one_day_are_the_same(small_world: World) -> None:
    """Benchmarks and screenshots count on it."""
    use = sorted((home.account.number, home.persons, home.cold) for home in small_world.households)
    assert [number for number, _persons, _cold in use][:6] == [f"001000{n}" for n in range(1, 7)]
    assert len(use) == small_world.size
    again = new_world(today=TODAY, size=12, months=4, progress=lambda line: None)
    assert again.random.getstate() == new_world(today=TODAY, size=12, months=4, progress=print).random.getstate()
    assert again.random.getstate() != small_world.random.getstate(), "it was drawn from"


def test_an_unfinished_load_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_world: World) -> None:
        Account.objects.all().update(els="")
        raise RuntimeError("no space left")

    before = list(Account.objects.order_by("pk").values_list("els", flat=True))
    monkeypatch.setattr(loading, "STEPS", (loading.LoadingStep(broken, "nothing"),))
    with pytest.raises(RuntimeError):
        loading.load(today=TODAY, size=12, months=1, progress=lambda line: None)
    assert list(Account.objects.order_by("pk").values_list("els", flat=True)) == before


# Parts that are loaded after the history.


def test_questions_to_support_stand_where_their_story_left_them(small_world: World) -> None:
    with small_world.clock.running():
        support.load(small_world)
    asked = list(SupportQuestion.objects.filter(charge=None).order_by("asked_at"))
    assert [question.state for question in asked] == [row[-1] for row in support.QUESTIONS]
    for question, (days, asker, text, answer, more, _state) in zip(asked, support.QUESTIONS, strict=True):
        messages = list(question.messages.order_by("written_at"))
        assert messages[0].text == text
        assert len(messages) == 1 + bool(answer) + bool(more)
        assert (clock.today() - messages[0].written_at.astimezone(MOSCOW).date()).days == days
        assert (question.user is not None) is isinstance(asker, str)
    assert list(_ahead(clock.now())) == []


def test_the_registrars_desk_has_something_of_everything(small_world: World) -> None:
    with small_world.clock.running():
        people.load(small_world)
    assert RegistrationDraft.objects.filter(finished_at=None).count() == len(people.DRAFTS)
    assert RegistrationApplication.objects.filter(taken_by=None).count() == 1
    assert PersonalRequest.objects.get().person.user.username == "vera"  # type: ignore[union-attr]
    assert not Person.objects.exclude(consents__withdrawn_at=None, consents__isnull=False).exists()
    anna = User.objects.get(username="anna")
    assert anna.email_confirmed_at is not None
    assert User.objects.get(username="vera").email_confirmed_at is None, "her letters come back"
    assert ModelLogEntry.objects.filter(action=audit.SAW).exists()
    assert not User.objects.filter(last_login=None, is_active=True).exists()
    assert list(_ahead(clock.now())) == []


def test_letters_of_the_past_went_out_and_veras_came_back(small_world: World) -> None:
    def letter(name: str, days: int, channel: str = "email") -> Message:
        user = User.objects.get(username=name)
        at = small_world.time(-days, 12)
        made = Message.objects.create(
            event=f"{name}:{days}:{channel}",
            kind="debt_reminder",
            channel=channel,
            user=user,
            address=user.email,
            state="waiting",
            due_at=at,
        )
        Message.objects.filter(pk=made.pk).update(created_at=at)
        return made

    annas, full, later = letter("anna", 20), letter("vera", 20), letter("vera", 2)
    read, unread = letter("anna", 10, "inbox"), letter("anna", 1, "inbox")
    messages.load(small_world)
    for row in (annas, full, later, read, unread):
        row.refresh_from_db()
    assert not Message.objects.filter(state="waiting").exists()
    assert (annas.state, annas.sent_at) == ("sent", annas.created_at)
    assert (full.state, full.sent_at, full.error) == ("failed", None, messages.MAILBOX_FULL)
    assert later.state == "sent"
    assert read.read_at is not None
    assert read.read_at > read.created_at
    assert unread.read_at is None


def test_money_of_the_demo_came_every_way_and_agrees(small_world: World) -> None:
    """By card, refused and paid; twice by mistake; by bank files with strangers, readings and a bad line."""
    with small_world.clock.running():
        payments.load(small_world)
    assert list(problems()) == []
    of = Payment.objects.exclude(gateway="").filter
    assert [payment.state for payment in of(account__number="0010001").order_by("created_at")] == [
        "canceled",
        "succeeded",
        "succeeded",
    ]
    double = PossibleDuplicate.objects.get()
    assert double.payment.account.number == "0010006"
    assert sorted(Refund.objects.values_list("amount", "state")) == [
        (Decimal("50.00"), "succeeded"),
        (Decimal("320.00"), "requested"),
    ]
    assert MoneyOperation.objects.get(state="waiting").amount == Decimal("-4150.00")
    first, readings, wrong = BankFile.objects.order_by("uploaded_at")
    assert (first.state, first.unknown, readings.state) == ("imported", len(payments.UNKNOWN), "imported")
    assert readings.lines.exclude(reading_state="").exists()
    assert wrong.state != "imported"
    assert wrong.bad == 1
    assert ReconciliationRun.objects.exists()
    assert list(_ahead(clock.now())) == []

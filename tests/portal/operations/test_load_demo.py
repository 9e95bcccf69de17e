"""A newcomer loads the demo: the contract's people and accounts, with a history made by the real services."""

import copy
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import DateTimeField
from django.test import override_settings

from portal.accounts.models import Account, User
from portal.billing.models import CalendarStep, Charge, PeriodRun, RunFailure
from portal.core import clock, health
from portal.core.calendars import month_calendar
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.metering.models import Meter, Reading
from portal.operations.demo import (
    company,
    dated_numbers,
    history,
    loading,
    month,
    receipts,
    requests,
    settlement,
    stories,
)
from portal.operations.demo.world import PASSWORD, RESIDENTS, World, demo_today
from portal.receipts.models import Receipt, ReceiptRun
from portal.service_requests.dispatch.models import DispatchRequest
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


def test_annas_open_request_is_of_an_incident_with_its_outage(small_world: World) -> None:
    with small_world.clock.running():
        requests.load(small_world)
    anna = DispatchRequest.objects.filter(author__username="anna").latest("received_at")
    assert anna.is_open
    assert anna.incident is not None
    assert anna.incident.outages.get().hit_houses.get().house_id == anna.house_id
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

"""Tiles of the dashboard: each opens for whoever sees it, counts what its page lists, and is empty when it is done."""

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.enums import PersonalRequestKind, Service
from portal.accounts.models import PersonalRequest, RegistrationDraft, User
from portal.accounts.services import drafts, personal_requests
from portal.billing.models import Interruption
from portal.billing.services import propose_interruption
from portal.core import clock
from portal.core.clock import MOSCOW
from portal.notifications.models import Message
from portal.office.dashboard.panel import WAITING, waiting_for
from portal.operations import roles
from portal.operations.roles import ROLES
from portal.payments.models import BankFileLine, Refund
from portal.payments.services.refunds import request_refund
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.dispatch.enums import RequestKind
from portal.service_requests.dispatch.models import DispatchRequest
from tests.conftest import SetDate
from tests.people import Cast, make_cast, make_employee, make_login
from tests.portal.payments.bank import paid
from tests.portal.payments.test_import_bank_files import imported, sberbank, take
from tests.shared_rows import shared_rows

TODAY = dt.date(2026, 11, 15)
NOW = dt.datetime(2026, 11, 15, 10, tzinfo=MOSCOW)


def make_work() -> Cast:
    """One of each thing that waits, and an employee of each role."""
    cast = make_cast()
    roles.setup()
    for role in ROLES:
        make_employee(role.name)
    boss = make_login("boss", staff=True)
    User.objects.filter(pk=boss.pk).update(is_superuser=True)
    dispatch.take_request(
        key="k",
        kind=RequestKind.NO_WATER,
        place=dispatch.place_of(cast.anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
    )
    personal_requests.ask(person=cast.anna.person, kind=PersonalRequestKind.CLOSE, moment=NOW)
    drafts.send_application(data={"last_name": "Лебедева"}, moment=clock.real_now())
    drafts.start(by=boss)
    propose_interruption(
        houses=[cast.anna.account.premises.house],
        services=[Service.COLD_WATER],
        started_at=NOW - dt.timedelta(days=2),
        ended_at=NOW - dt.timedelta(days=1),
        source="outage:3",
    )
    imported(take(sberbank("777")))
    request_refund(payment=paid(cast), amount=Decimal(10), reason="дважды", by=cast.anna.user, now=clock.now())
    Message.objects.create(
        event=uuid.uuid4().hex,
        kind="debt_reminder",
        channel="email",
        address="a@mail.example",
        state="failed",
        due_at=timezone.now(),
        claimed_at=timezone.now(),
    )
    return cast


@pytest.fixture(scope="module")
def work(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """What waits, written once."""
    with shared_rows(django_db_blocker, make_work) as cast:
        yield cast


@pytest.fixture
def boss(work: Cast, db: None, business_date: SetDate) -> User:
    business_date(TODAY)
    return User.objects.get(username="boss")


def counts(user: User) -> dict[str, int]:
    """Counts of somebody's tiles by the name of the address without its query."""
    return {tile.url: tile.count for tile in waiting_for(user, TODAY)}


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_every_tile_of_a_role_opens_for_it(boss: User, client: Client, role: str) -> None:
    user = User.objects.get(username=role)
    client.force_login(user)
    tiles = waiting_for(user, TODAY)
    assert tiles or role == "reviewer"
    for tile in tiles:
        answer = client.get(tile.url)
        assert answer.status_code == 200, f"{tile.url} turns {role} away"


DONE = {
    "office_dispatch": (lambda: DispatchRequest.objects.update(state="rejected", reason="—"), "?state=received"),
    "office_interruptions": (lambda: Interruption.objects.update(status="rejected"), ""),
    "office_unknown": (lambda: BankFileLine.objects.update(state="dismissed"), ""),
    "office_refunds": (lambda: Refund.objects.update(state="rejected"), "?state=requested"),
    "office_notice_history": (lambda: Message.objects.update(state="sent"), "?state=failed&channel=email"),
}


@pytest.mark.parametrize("name", DONE)
def test_a_tile_counts_until_it_is_done(boss: User, name: str) -> None:
    finish, query = DONE[name]
    url = reverse(name) + query
    assert counts(boss)[url] == 1
    finish()
    assert counts(boss)[url] == 0


def test_the_registrars_tiles_count_each_thing(boss: User) -> None:
    tiles = [tile for tile in waiting_for(boss, TODAY) if tile.url == reverse("registration_desk")]
    assert [tile.count for tile in tiles] == [1, 1, 1]
    PersonalRequest.objects.update(state="done", decided_at=timezone.now())
    RegistrationDraft.objects.all().delete()
    tiles = [tile for tile in waiting_for(boss, TODAY) if tile.url == reverse("registration_desk")]
    assert sorted(tile.count for tile in tiles) == [0, 0, 1], "the application waits still"


def test_what_waits_stands_before_what_does_not(boss: User) -> None:
    numbers = [tile.count for tile in waiting_for(boss, TODAY)]
    assert numbers.count(0) > 0
    assert numbers[-numbers.count(0) :] == [0] * numbers.count(0)


@pytest.mark.parametrize("item", WAITING, ids=lambda item: item.url_name + item.query)
def test_a_tile_is_named_with_its_number(item: Any) -> None:
    one, two, five = (str(item.label % number) for number in (1, 2, 5))
    assert len({one, two, five}) >= 2, "Russian nouns agree with the number"


def test_whoever_has_no_right_sees_no_tile(boss: User, db: None) -> None:
    assert waiting_for(make_login("guest", staff=True), TODAY) == []

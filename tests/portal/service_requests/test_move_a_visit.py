"""An agreed visit is moved or cancelled by either side; the other side is told, and an early act is asked about."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.core.refusals import error_message
from portal.notifications.models import Message
from portal.operations import roles
from portal.service_requests import visits
from portal.service_requests.commissioning import services
from portal.service_requests.commissioning.enums import ApplicationState, VisitState
from portal.service_requests.commissioning.exceptions import (
    BeforeVisitDay,
    TooLateToMove,
    VisitOver,
    VisitReasonMissing,
)
from portal.service_requests.commissioning.models import Visit
from portal.service_requests.crews.models import Slot
from portal.service_requests.crews.services import take
from portal.service_requests.exceptions import SlotOver, SlotTaken, WrongState
from portal.service_requests.replacement.models import OrderState
from tests.people import Cast, make_login
from tests.portal.service_requests.samples import NOW, applied, later, slots
from tests.portal.service_requests.test_visits import planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(cast: Cast, client: Client, business_date: Any) -> User:
    business_date(NOW.date())
    roles.setup()
    user = make_login("engineer", staff=True)
    user.groups.add(Group.objects.get(name="engineer"))
    client.force_login(user)
    return user


@pytest.fixture
def visit(cast: Cast, engineer: User) -> Visit:
    return services.agree_by_phone(application=applied(cast), slot_id=slots()[0].pk, by=engineer, now=NOW)


def notified(user: User) -> Message:
    return Message.objects.filter(user=user, channel="inbox").latest("pk")


def test_the_company_moves_for_a_reason(cast: Cast, visit: Visit, engineer: User) -> None:
    first, second = slots()[:2]
    with pytest.raises(VisitReasonMissing):
        visits.move_visit(visit=visit, slot_id=second.pk, reason=" ", by=engineer, now=NOW)
    moved = visits.move_visit(visit=visit, slot_id=second.pk, reason="Заболел мастер", by=engineer, now=NOW)
    visit.refresh_from_db()
    assert (visit.state, visit.note) == (VisitState.MOVED, "Заболел мастер")
    assert [Slot.objects.get(pk=slot.pk).booked for slot in (first, second)] == [0, 1]
    assert moved.slot == second
    message = notified(cast.boris.user)
    assert message.subject.endswith("визит перенесён")
    assert "Заболел мастер" in message.body
    assert not moved.application.moved_once, "the resident's own move is still theirs"  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        visits.move_visit(visit=visit, slot_id=first.pk, reason="ещё", by=engineer, now=NOW)


def test_a_full_slot_changes_nothing(cast: Cast, visit: Visit, engineer: User) -> None:
    second = slots()[1]
    Slot.objects.filter(pk=second.pk).update(booked=1)
    with pytest.raises(SlotTaken):
        visits.move_visit(visit=visit, slot_id=second.pk, reason="Причина", by=engineer, now=NOW)
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


def test_the_company_cancels_and_the_application_waits_for_us(cast: Cast, visit: Visit, engineer: User) -> None:
    visits.cancel_visit(visit=visit, reason="Авария на сетях", by=engineer, now=NOW)
    application = visit.application
    assert application is not None
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert Slot.objects.get(pk=visit.slot_id).booked == 0
    assert notified(cast.boris.user).subject.endswith("визит отменён")


def test_after_the_hours_a_visit_is_missed_and_cannot_be_moved(visit: Visit, engineer: User) -> None:
    """Otherwise the company would move every visit that it did not pay (Rules 354, item 81(6))."""
    with pytest.raises(VisitOver):
        visits.move_visit(visit=visit, slot_id=slots()[1].pk, reason="Причина", by=engineer, now=later(3, 13))
    with pytest.raises(VisitOver):
        visits.cancel_visit(visit=visit, reason="Причина", by=engineer, now=later(3, 13))


def test_the_resident_calls_it_off_and_engineers_are_told(cast: Cast, visit: Visit, engineer: User) -> None:
    with pytest.raises(TooLateToMove):
        visits.cancel_by_resident(visit=visit, reason="", by=cast.boris.user, now=later(3, 8))
    resident = Client()
    resident.force_login(cast.boris.user)
    url = f"/personal/requests/meters/{visit.application_id}/"
    assert "Отменить визит" in resident.get(url).content.decode()
    resident.post(f"{url}cancel-visit/")
    visit.refresh_from_db()
    assert visit.state == VisitState.CANCELLED
    assert "отменил житель" in notified(engineer).body
    stranger = Client()
    stranger.force_login(cast.stranger.user)
    assert stranger.post(f"{url}cancel-visit/").status_code == 404


def test_the_resident_moves_it_and_engineers_are_told(cast: Cast, visit: Visit, engineer: User) -> None:
    resident = Client()
    resident.force_login(cast.boris.user)
    url = f"/personal/requests/meters/{visit.application_id}/visit/"
    for wrong in ("", "²", "9" * 20):
        assert resident.post(url, {"slot": wrong}).status_code == 302
        visit.refresh_from_db()
        assert visit.state == VisitState.PLANNED
    resident.post(url, {"slot": slots()[1].pk})
    visit.refresh_from_db()
    assert visit.state == VisitState.MOVED
    assert "новое время" in notified(engineer).body


def test_a_replacement_is_moved_and_called_off(cast: Cast, engineer: User) -> None:
    visit = planned(cast)
    resident = Client()
    resident.force_login(cast.anna.user)
    page = resident.get("/personal/requests/replacement/").content.decode()
    assert "15 ноября, 10:00–12:00" in page.replace("\u00a0", " ")
    order = visit.order
    assert order is not None
    url = f"/personal/requests/replacement/{order.meter_id}/visit/"
    resident.post(url, {"action": "move", "slot": slots()[1].pk})
    moved = order.visits.get(state=VisitState.PLANNED)
    assert moved.slot == slots()[1]
    assert "перенёс" in notified(engineer).body
    visits.move_visit(visit=moved, slot_id=slots()[2].pk, reason="Нет счётчика", by=engineer, now=NOW)
    assert "Нет счётчика" in notified(cast.anna.user).body
    resident.post(url, {"action": "cancel"})
    order.refresh_from_db()
    assert (order.state, order.plan) == (OrderState.PROPOSED, None)
    assert not Slot.objects.filter(booked__gt=0).exists()


def test_an_act_before_the_agreed_day_is_asked_about(visit: Visit, engineer: User) -> None:
    check = services.SiteInspection(
        passport_matches=True,
        serial_seen="31507442",
        scheme_right=True,
        working=True,
        value=Decimal("1.5"),
        seal_number="777",
    )
    with pytest.raises(BeforeVisitDay):
        services.put_into_service(visit=visit, check=check, by=engineer, moment=later(1))
    services.put_into_service(visit=visit, check=check, by=engineer, moment=later(1), early=True)


def test_on_the_screens(cast: Cast, visit: Visit, engineer: User, client: Client) -> None:
    listed = client.get("/admin/field/").content.decode().replace("\u00a0", " ")
    assert "15 ноября, 10:00–12:00" in listed, "the list says when"
    url = f"/admin/field/visit/{visit.pk}/"
    page = client.get(url).content.decode()
    assert "Перенести или отменить визит" in page
    assert "раньше согласованного дня" in page
    data = {
        "passport_matches": "on",
        "serial_seen": "31507442",
        "scheme_right": "on",
        "working": "on",
        "value": "1,5",
        "seal_number": "777",
        "action": "accept",
    }
    assert "отметьте это или перенесите" in client.post(url, data).content.decode()
    client.post(f"{url}move/", {"slot": slots()[1].pk, "reason": "Заболел мастер"})
    assert visit.application is not None
    moved = visit.application.visits.get(state=VisitState.PLANNED)
    client.post(f"/admin/field/visit/{moved.pk}/move/", {"action": "cancel", "reason": "Авария"})
    assert not visit.application.visits.filter(state=VisitState.PLANNED).exists()


@pytest.mark.parametrize("role", ["registrar", "dispatcher", "accountant"])
def test_another_role_is_turned_away(visit: Visit, engineer: User, role: str) -> None:
    user = make_login(role, staff=True)
    user.groups.add(Group.objects.get(name=role))
    other = Client()
    other.force_login(user)
    other.post(f"/admin/field/visit/{visit.pk}/move/", {"action": "cancel", "reason": "Авария"})
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


def test_a_slot_that_has_begun_is_over_not_taken(cast: Cast, visit: Visit, engineer: User) -> None:
    second = slots()[1]
    begun = dt.datetime.combine(second.day, second.starts, tzinfo=MOSCOW) + dt.timedelta(minutes=1)
    with pytest.raises(SlotOver) as refused:
        take(slot_id=second.pk, now=begun)
    assert error_message(refused.value) == "Это время уже прошло. Выберите другое."

"""The engineer's replacements: a crew is sent to a house, certificates are decided, what cannot be is said in words."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.metering.models import Meter
from portal.notifications.models import Message
from portal.service_requests.commissioning.enums import VisitState
from portal.service_requests.commissioning.models import Visit
from portal.service_requests.crews.models import Slot
from portal.service_requests.replacement import services
from portal.service_requests.replacement.models import OrderState, ReplacementOrder, Verification
from tests.answers import csv_rows, messages_of, text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk
from tests.portal.service_requests.samples import NOW, TODAY, page, slots
from tests.portal.service_requests.test_visits import planned

INDEX = "/admin/field/replacement/"
PLAN = "/admin/field/replacement/plan/"


@pytest.fixture
def engineer(cast: Cast, clerk: Clerk, client: Client, business_date: SetDate) -> Client:
    business_date(TODAY)
    clerk("service_requests.commission_meters")
    return client


@pytest.fixture
def order(cast: Cast) -> ReplacementOrder:
    """Anna agreed; her cold meter ends in thirty days, and its order waits for a visit."""
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(verified_until=TODAY + dt.timedelta(days=30))
    services.publish_price(price=Decimal(2400), source="/services/")
    services.agree(meter=meter, by=cast.anna.user, moment=NOW)
    services.watch(moment=NOW)
    return ReplacementOrder.objects.select_related("meter__account__premises__house").get()


def house_of(order: ReplacementOrder) -> int:
    return order.meter.account.premises.house_id  # type: ignore[no-any-return]


# Sending a crew.


def test_a_crew_is_sent_to_a_house_once(engineer: Client, cast: Cast, order: ReplacementOrder) -> None:
    slot = slots(capacity=2)[0]
    shown = engineer.get(INDEX)
    assert [(house.pk, len(orders)) for house, orders in shown.context["houses"]] == [(house_of(order), 1)]
    assert slot in shown.context["slots"]
    sent = {"house": house_of(order), "slot": slot.pk}
    assert "сообщ" in messages_of(engineer.post(PLAN, sent))[-1]
    order.refresh_from_db()
    assert order.state == OrderState.PLANNED
    told = Message.objects.filter(user=cast.anna.user).count()
    assert "сообщ" not in messages_of(engineer.post(PLAN, sent))[-1], "nothing waits in the house any more"
    assert Visit.objects.filter(order=order).count() == 1
    assert Message.objects.filter(user=cast.anna.user).count() == told
    assert Slot.objects.get(pk=slot.pk).booked == 1


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        ("full", "Это время только что заняли. Выберите другое."),
        *((garbled, "Это время уже прошло. Выберите другое.") for garbled in ("", "x", "²", "99999")),
    ],
)
def test_a_slot_that_is_not_free_sends_nobody(engineer: Client, order: ReplacementOrder, slot: str, why: str) -> None:
    full = slots()[0]
    Slot.objects.filter(pk=full.pk).update(booked=1)
    answer = engineer.post(PLAN, {"house": house_of(order), "slot": full.pk if slot == "full" else slot})
    assert messages_of(answer) == [why]
    order.refresh_from_db()
    assert order.state == OrderState.PROPOSED
    assert not Visit.objects.exists()


@pytest.mark.parametrize("house", ["", "x", "99999"])
def test_a_house_that_is_none_is_not_found(engineer: Client, order: ReplacementOrder, house: str) -> None:
    assert engineer.post(PLAN, {"house": house, "slot": slots()[0].pk}).status_code == 404


def test_orders_are_exported_with_account_and_meter(engineer: Client, cast: Cast, order: ReplacementOrder) -> None:
    rows = csv_rows(engineer.get(INDEX, {"export": "csv"}))
    assert len(rows) == 2
    assert cast.anna.account.number in rows[1]
    assert any(cell.endswith("A-1001") for cell in rows[1])
    ReplacementOrder.objects.update(state=OrderState.DONE)
    assert len(csv_rows(engineer.get(INDEX, {"export": "csv"}))) == 1


@pytest.mark.parametrize(("query", "found"), [("A-1001", True), ("0010001", True), ("Б-9", False)])
def test_a_meter_is_found_by_its_number_and_account(engineer: Client, query: str, found: bool) -> None:
    assert ("A-1001" in [meter.serial_number for meter in engineer.get(INDEX, {"q": query}).context["meters"]]) is found


# The visit.


def test_a_visit_of_an_application_is_no_replacement_and_the_other_way_round(engineer: Client, cast: Cast) -> None:
    visit = planned(cast)
    assert engineer.get(f"/admin/field/visit/{visit.pk}/").status_code == 404
    assert engineer.get(f"/admin/field/replacement/visit/{visit.pk}/").status_code == 200
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.ABSENT)
    shown = engineer.get(f"/admin/field/replacement/visit/{visit.pk}/")
    assert not shown.context["open"]
    assert shown.context["move_form"].fields["slot"].choices == []
    assert engineer.get(f"/admin/field/replacement/visit/{visit.pk + 9}/").status_code == 404


def test_before_its_day_a_replacement_is_asked_about(engineer: Client, cast: Cast) -> None:
    visit = planned(cast)
    url = f"/admin/field/replacement/visit/{visit.pk}/"
    assert "early" not in engineer.get(url).context["hidden"]
    typed = {
        "type_name": "СГВ-15",
        "serial_number": "N-77",
        "seal_number": "П-9",
        "verified_until": "2032-11-15",
        "value": "0,005",
        "old_value": "139,4",
        **dict.fromkeys(("passport_matches", "scheme_right", "working"), "on"),
    }
    answer = engineer.post(url, typed)
    assert answer.context["form"].errors
    assert 'value="N-77"' in text_of(answer)
    assert not Meter.objects.filter(serial_number="N-77").exists()
    engineer.post(url, typed | {"early": "on"})
    assert Meter.objects.filter(serial_number="N-77").exists()


@pytest.mark.parametrize("action", ["", "done", "replaced"])
def test_a_visit_that_did_not_take_place_says_whose_fault_it_was(engineer: Client, cast: Cast, action: str) -> None:
    visit = planned(cast)
    engineer.post(f"/admin/field/replacement/visit/{visit.pk}/nobody/", {"action": action})
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


# Certificates.


@pytest.fixture
def certificate(cast: Cast, engineer: Client) -> Verification:
    """Anna sent the certificate of her cold meter."""
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(verified_until=TODAY - dt.timedelta(days=2))
    meter.refresh_from_db()
    return services.send_certificate(
        meter=meter,
        verified_on=TODAY - dt.timedelta(days=1),
        value=Decimal(140),
        by=cast.anna.user,
        valid_until=dt.date(2032, 11, 10),
        certificate=page(cast.anna.user),
        moment=NOW,
    )


@pytest.mark.parametrize(("typed", "told"), [("Не тот счётчик", "Не тот счётчик"), (" ", "не читается")])
def test_a_refused_certificate_tells_the_resident_why(
    engineer: Client, cast: Cast, certificate: Verification, typed: str, told: str
) -> None:
    engineer.post(reverse("office_certificate", args=[certificate.pk]), {"action": "refuse", "reason": typed})
    certificate.refresh_from_db()
    assert (certificate.state, certificate.reason) == ("refused", told)
    assert told in Message.objects.filter(user=cast.anna.user).latest("pk").body
    assert Meter.objects.get(serial_number="A-1001").verified_until < TODAY


def test_a_certificate_is_decided_once(engineer: Client, certificate: Verification) -> None:
    url = reverse("office_certificate", args=[certificate.pk])
    engineer.post(url, {"action": "accept"})
    meter = Meter.objects.get(serial_number="A-1001")
    assert meter.verified_until == dt.date(2032, 11, 10)
    engineer.post(url, {"action": "refuse", "reason": "Передумали"})
    certificate.refresh_from_db()
    assert certificate.state == "accepted"
    assert engineer.post(reverse("office_certificate", args=[certificate.pk + 1])).status_code == 404


def test_a_certificate_is_neither_accepted_nor_refused_by_a_garbled_click(
    engineer: Client, certificate: Verification
) -> None:
    engineer.post(reverse("office_certificate", args=[certificate.pk]), {"action": "", "reason": "Причина"})
    certificate.refresh_from_db()
    assert certificate.state == "sent"


# Verifications.


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"verified_on": "2026-11-13"}, "__all__"),
        ({"valid_until": "2026-11-01"}, "__all__"),
        ({"value": "много"}, "value"),
        ({"verified_on": ""}, "verified_on"),
        ({"valid_until": "2332-11-09"}, "valid_until"),
    ],
)
def test_a_verification_that_cannot_be_is_refused_and_kept(
    engineer: Client, change: dict[str, str], field: str
) -> None:
    meter = Meter.objects.get(serial_number="A-1001")
    typed = {"verified_on": "2026-11-10", "valid_until": "2032-11-09", "value": "140,2", **change}
    answer = engineer.post(reverse("office_verification", args=[meter.pk]), typed)
    assert list(answer.context["form"].errors) == [field]
    assert not Verification.objects.exists()
    for name, value in typed.items():
        assert answer.context["form"][name].value() == value


def test_a_closed_meter_is_not_verified(engineer: Client) -> None:
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(closed_on=TODAY, closing_value=Decimal(140))
    assert engineer.get(reverse("office_verification", args=[meter.pk])).status_code == 404


@pytest.mark.parametrize("what", ["plan", "certificate", "verification"])
def test_others_decide_nothing(cast: Cast, clerk: Clerk, client: Client, certificate: Verification, what: str) -> None:
    clerk("service_requests.dispatch_requests", username="other")
    meter = Meter.objects.get(serial_number="A-1001")
    addresses = {
        "plan": PLAN,
        "certificate": reverse("office_certificate", args=[certificate.pk]),
        "verification": reverse("office_verification", args=[meter.pk]),
    }
    form = {"action": "accept", "verified_on": "2026-11-10", "valid_until": "2032-11-09", "value": "140,2"}
    assert client.post(addresses[what], form)["Location"] == reverse("wagtailadmin_home")
    certificate.refresh_from_db()
    assert certificate.state == "sent"

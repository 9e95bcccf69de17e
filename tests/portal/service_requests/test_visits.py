"""What came of a visit: the resident's word that we did not come, our own replacements, verifications, lists."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from portal.accounts.enums import Service
from portal.metering.models import Meter, UnverifiedSpan
from portal.notifications.models import Message
from portal.service_requests.commissioning import services as meters
from portal.service_requests.commissioning.enums import ApplicationState, VisitState
from portal.service_requests.commissioning.models import (
    CommissioningApplication,
    CommissioningCertificate,
    Visit,
    VisitCheck,
)
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.dispatch.enums import RequestKind
from portal.service_requests.outages import services as outages
from portal.service_requests.outages.models import OutageKind
from portal.service_requests.outages.selectors import Scope
from portal.service_requests.replacement import services as replacement
from portal.service_requests.replacement.models import OrderState, ReplacementOrder
from tests.conftest import SetDate
from tests.people import Cast, make_street
from tests.portal.office.test_dispatch_and_field import dispatcher, engineer, staff
from tests.portal.service_requests.samples import NOW, TODAY, applied, later, slots
from tests.portal.service_requests.test_in_the_cabinet import logged_in

__all__ = ["dispatcher", "engineer"]


def test_the_resident_says_that_we_did_not_come(cast: Cast, business_date: SetDate) -> None:
    application, offered = applied(cast), slots()
    meters.offer(application=application, slots=offered, by=None, moment=later(1))
    meters.pick(application=application, slot_id=offered[0].pk, by=cast.boris.user, now=later(1))
    client, url = logged_in(cast.boris), f"/personal/requests/meters/{application.pk}/"
    business_date(offered[0].day - dt.timedelta(days=1))
    assert "Мастер не пришёл" not in client.get(url).content.decode(), "the hours have not passed"
    assert "ещё не прошло" in client.post(f"{url}missed/", follow=True).content.decode()
    business_date(offered[0].day + dt.timedelta(days=1))
    assert logged_in(cast.stranger).post(f"{url}missed/").status_code == 404
    assert "Мастер не пришёл" in client.get(url).content.decode()
    client.post(f"{url}missed/")
    client.post(f"{url}missed/")
    assert CommissioningApplication.objects.get().state == ApplicationState.COMMISSIONED
    assert CommissioningCertificate.objects.get().made_on == TODAY
    assert Meter.objects.get(account=cast.boris.account).commissioned_on == dt.date(2026, 12, 1)


def test_a_missed_visit_for_a_meter_closed_meanwhile_is_answered_in_words(cast: Cast, business_date: SetDate) -> None:
    Meter.objects.filter(serial_number="A-1001").update(account=cast.boris.account)
    old, offered = Meter.objects.get(serial_number="A-1001"), slots()
    application = applied(cast, replaces=old, final_value=Decimal(140))
    meters.agree_by_phone(application=application, slot_id=offered[0].pk, by=cast.boris.user, now=NOW)
    Meter.objects.filter(pk=old.pk).update(closed_on=TODAY, closing_value=Decimal(140))
    business_date(offered[0].day + dt.timedelta(days=1))
    answer = logged_in(cast.boris).post(f"/personal/requests/meters/{application.pk}/missed/", follow=True)
    assert answer.status_code == 200
    assert "за это время закрыт" in answer.content.decode()
    assert CommissioningApplication.objects.get().state == ApplicationState.SCHEDULED


def test_a_meter_that_cannot_be_put_in_keeps_nobody_waiting(cast: Cast) -> None:
    """The serial number was taken by another account between the application and the missed visit."""
    visits = []
    for number, key in enumerate(("first", "second")):
        application = applied(cast, key=key, place=key, serial_number=f"N-{number}")
        visits.append(
            meters.agree_by_phone(application=application, slot_id=slots()[number].pk, by=cast.boris.user, now=NOW)
        )
    Meter.objects.filter(serial_number="A-1001").update(serial_number="N-0")
    assert [meters.settle_missed_visits(now=later(9)) for _day in range(2)] == [1, 0]
    stuck, settled = (CommissioningApplication.objects.get(pk=visit.application_id) for visit in visits)
    assert (stuck.state, settled.state) == (ApplicationState.SCHEDULED, ApplicationState.COMMISSIONED)
    assert "Действующий счётчик с таким номером уже есть" in stuck.events.get(is_internal=True).text


def planned(cast: Cast) -> Visit:
    """A visit for Anna's cold meter, that ends in thirty days."""
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(verified_until=TODAY + dt.timedelta(days=30))
    replacement.publish_price(price=Decimal(2400), source="/services/")
    replacement.agree(meter=meter, by=cast.anna.user, moment=NOW)
    replacement.watch(moment=NOW)
    order = ReplacementOrder.objects.select_related("meter__account__premises__house").get()
    house = order.meter.account.premises.house
    replacement.plan_visit(house=house, orders=[order], slot_id=slots()[0].pk, by=cast.anna.user, now=NOW)
    return Visit.objects.get(order=order)


NEW = {
    "type_name": "СГВ-15",
    "serial_number": "N-77",
    "seal_number": "П-9",
    "verified_until": "2032-11-15",
    "value": "0,005",
    "old_value": "139,4",
    "passport_matches": "on",
    "scheme_right": "on",
    "working": "on",
}


def test_our_own_meter_is_put_right_before_the_act(engineer: Client, cast: Cast) -> None:
    url = f"/admin/field/replacement/visit/{planned(cast).pk}/"
    unfinished = {name: value for name, value in NEW.items() if name != "working"}
    html = engineer.post(url, unfinished).content.decode()
    assert "счётчик не работает" in html
    assert "N-77" in html, "what was typed stays"
    assert not CommissioningCertificate.objects.exists()
    engineer.post(url, NEW)
    certificate = CommissioningCertificate.objects.get()
    assert (certificate.data["working"], certificate.data["old_value"]) == (True, "139.4")
    assert VisitCheck.objects.get().seal_number == "П-9"
    assert Meter.objects.get(serial_number="A-1001").closed_on == TODAY + dt.timedelta(days=3)


@pytest.mark.parametrize(
    ("action", "state", "words"),
    [("absent", VisitState.ABSENT, "никого не было"), ("missed", VisitState.MISSED, "не успели")],
)
def test_a_replacement_that_did_not_take_place_is_planned_anew(
    engineer: Client, cast: Cast, action: str, state: VisitState, words: str
) -> None:
    visit = planned(cast)
    for _click in range(2):
        engineer.post(f"/admin/field/replacement/visit/{visit.pk}/nobody/", {"action": action, "note": "Звонили"})
    visit.refresh_from_db()
    assert (visit.state, visit.note) == (state, "Звонили")
    assert ReplacementOrder.objects.get().state == OrderState.PROPOSED
    notified = Message.objects.filter(user=cast.anna.user, channel="inbox", body__contains=words)
    assert notified.count() == 1
    assert "A-1001" in engineer.get("/admin/field/replacement/").content.decode()


def test_the_engineer_enters_a_verification(engineer: Client, cast: Cast) -> None:
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(verified_until=dt.date(2026, 9, 30))
    assert "A-1001" in engineer.get("/admin/field/replacement/?q=речн").content.decode()
    url, form = f"/admin/field/verification/{meter.pk}/", {"verified_on": "2026-11-10", "valid_until": "2032-11-09"}
    assert "меньше" in engineer.post(url, form | {"value": "100"}).content.decode().lower()
    assert not UnverifiedSpan.objects.exists()
    engineer.post(url, form | {"value": "140,2"})
    meter.refresh_from_db()
    assert meter.verified_until == dt.date(2032, 11, 9)
    span = UnverifiedSpan.objects.get()
    assert (span.since, span.until, span.value) == (dt.date(2026, 10, 1), dt.date(2026, 11, 9), Decimal("140.2"))
    shown = logged_in(cast.anna).get(f"/personal/meters/{meter.pk}/").content.decode()
    assert "Без поверки" in shown


@pytest.mark.parametrize("query", ["речная", "РЕЧНАЯ, 4", "8 (916) 123-45", "+7 916 123", "НЕТ ВОДЫ"])
def test_a_request_is_found_however_it_is_asked_for(dispatcher: Client, cast: Cast, query: str) -> None:
    request = dispatch.take_request(
        key="k",
        kind=RequestKind.NO_WATER,
        place=dispatch.place_of(cast.anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
    )
    html = dispatcher.get("/admin/dispatch/", {"q": query, "state": "open"}).content.decode()
    assert f"№ {request.number}" in html
    assert f"№ {request.number}" not in dispatcher.get("/admin/dispatch/?q=Лесная&state=open").content.decode()


def test_lists_are_downloaded_as_they_are_filtered_and_harmless(dispatcher: Client, cast: Cast) -> None:
    for number, text in enumerate(("=HYPERLINK(1)", "Обычная")):
        dispatch.take_request(
            key=f"k{number}",
            kind=RequestKind.OTHER,
            place=dispatch.RequestPlace(address=f"Лесная, {number}"),
            text=text,
            phone="89161234567",
            moment=NOW,
            author=None,
        )
    body = dispatcher.get("/admin/dispatch/?q=лесная, 0&state=open&export=csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in body
    assert "Обычная" not in body
    assert dispatcher.get("/admin/dispatch/?export=xlsx").content[:2] == b"PK"
    assert dispatcher.get("/admin/dispatch/?export=exe").status_code == 400
    assert dispatcher.get("/admin/outages/?export=csv").status_code == 200
    engineer = staff("master", "commission_meters")[0]
    for url in ("/admin/field/?export=csv", "/admin/field/replacement/?export=csv"):
        assert engineer.get(url).content.startswith(b"\xef\xbb\xbf")
        assert dispatcher.get(url).status_code == 302


def test_only_who_is_hit_sees_the_banner(cast: Cast, business_date: SetDate) -> None:
    business_date(TODAY)
    now = later(0, 0)
    outage = outages.draft(
        kind=OutageKind.EMERGENCY,
        services=[Service.COLD_WATER],
        starts_at=now,
        ends_at=now + dt.timedelta(days=1),
        reason="Порыв у дома",
        scopes=[Scope(make_street().pk, "4")],
        by=None,
        delivery="у дома 4",
    )
    client = logged_in(cast.anna)
    assert "Порыв у дома" not in client.get("/personal/").content.decode()
    outages.publish(outage=outage, moment=now)
    html = client.get("/personal/").content.decode()
    assert "Отключено: холодное водоснабжение" in html
    assert "у дома 4" in html
    assert "Порыв у дома" not in Client().get("/accounts/login/").content.decode()
    outages.end(outage=outage, ended_at=now + dt.timedelta(hours=1), now=now + dt.timedelta(hours=1))
    assert "Порыв у дома" not in client.get("/personal/").content.decode()

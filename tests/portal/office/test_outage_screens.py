"""Outages on the dispatcher's screen: a draft is changed, questions before the announcement, calling off, the shift."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Service
from portal.core.clock import MOSCOW
from portal.notifications.models import Message
from portal.office.dispatch import views
from portal.service_requests.crews.models import Crew, CrewKind
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.models import DispatchRequest, Incident
from portal.service_requests.outages import services
from portal.service_requests.outages.models import Outage, OutageKind, OutageState
from portal.service_requests.outages.selectors import Scope
from tests.answers import csv_rows, messages_of, text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk, make_street

NOW = dt.datetime(2026, 11, 12, 10, 0, tzinfo=MOSCOW)
NEW = "/admin/outages/new/"


@pytest.fixture
def dispatcher(cast: Cast, clerk: Clerk, client: Client, business_date: SetDate) -> Client:
    business_date(NOW.date())
    clerk("service_requests.publish_outage", "service_requests.dispatch_requests")
    return client


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    """A form of an outage in Anna's house."""
    return {
        "kind": "planned",
        "services": ["cold_water"],
        "starts_at": "2026-11-14T10:00",
        "ends_at": "2026-11-14T15:00",
        "reason": "Промывка",
        "delivery": "",
        "street-0": cast.anna.account.premises.house.street_id,
        "houses-0": "4",
        **changes,
    }


def drafted(
    *, starts: dt.datetime = NOW, hours: int = 5, kind: OutageKind = OutageKind.EMERGENCY, houses: str = "4"
) -> Outage:
    return services.draft(
        kind=kind,
        services=[Service.COLD_WATER],
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=hours),
        reason="Порыв",
        scopes=[Scope(make_street().pk, houses)],
        by=None,
    )


# Drafts.


def test_a_draft_is_opened_and_changed_and_nobody_is_told(dispatcher: Client, cast: Cast) -> None:
    outage = drafted()
    url = reverse("office_outage_edit", args=[outage.pk])
    form = dispatcher.get(url).context["form"]
    assert (form["reason"].value(), form["houses-0"].value(), form["kind"].value()) == ("Порыв", "4", "emergency")
    answer = dispatcher.post(url, typed(cast, reason="Промывка труб", **{"houses-0": "1–9 чётные"}))
    assert answer["Location"] == reverse("office_outage", args=[outage.pk])
    outage.refresh_from_db()
    assert (outage.reason, outage.kind, outage.state) == ("Промывка труб", "planned", OutageState.DRAFT)
    assert [scope.houses for scope in outage.scopes.all()] == ["1–9 чётные"]
    assert not Message.objects.exists()


def test_what_is_announced_is_not_edited_any_more(dispatcher: Client, cast: Cast) -> None:
    outage = drafted()
    services.publish(outage=outage, moment=NOW)
    url = reverse("office_outage_edit", args=[outage.pk])
    assert dispatcher.get(url).status_code == 404
    assert dispatcher.post(url, typed(cast)).status_code == 404


def test_the_same_form_twice_is_one_outage(dispatcher: Client, cast: Cast) -> None:
    form = typed(cast, form_token=str(dispatcher.get(NEW).context["form"]["form_token"].value()))
    answers = [dispatcher.post(NEW, form)["Location"] for _click in range(2)]
    assert answers[0] == answers[1]
    assert Outage.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": "2026-11-14T10:00"}, "ends_at"),
        ({"ends_at": "2026-11-13T10:00"}, "ends_at"),
        ({"starts_at": "2025-11-14T10:00"}, "starts_at"),
        ({"ends_at": "2036-11-14T10:00"}, "ends_at"),
        ({"starts_at": "завтра"}, "starts_at"),
        ({"services": []}, "services"),
        ({"services": ["gas"]}, "services"),
        ({"reason": ""}, "reason"),
        ({"street-0": ""}, "street-0"),
        ({"street-0": "", "houses-0": ""}, "street-0"),
        ({"houses-0": "9-1"}, "houses-0"),
        ({"houses-0": "4 5"}, "houses-0"),
        ({"houses-0": ",;"}, "houses-0"),
        ({"houses-0": "4", "street-1": "1", "houses-1": "дом"}, "houses-1"),
    ],
)
def test_a_slip_is_said_at_its_field_and_the_rest_is_kept(
    dispatcher: Client, cast: Cast, change: dict[str, Any], field: str
) -> None:
    if "street-1" in change:
        change = change | {"street-1": make_street("Лесная").pk}
    answer = dispatcher.post(NEW, typed(cast, delivery="у дома 4", **change))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert 'value="у дома 4"' in text_of(answer)
    assert not Outage.objects.exists()


def test_an_outage_of_an_incident_begins_with_what_is_known(dispatcher: Client, cast: Cast) -> None:
    house = cast.anna.account.premises.house
    incident = Incident.objects.create(kind=RequestKind.LEAK_HOUSE, house=house, opened_at=NOW)
    form = dispatcher.get(f"{NEW}?incident={incident.pk}").context["form"]
    assert (form["kind"].value(), form["street-0"].value(), form["houses-0"].value()) == (
        "emergency",
        house.street_id,
        "4",
    )
    assert dispatcher.get(f"{NEW}?incident=99999").context["form"]["kind"].value() == "planned"


# Announcing and calling off.


def asked(client: Client, outage: Outage) -> Any:
    return client.post(reverse("office_outage_act", args=[outage.pk]), {"action": "publish"})


@pytest.mark.parametrize(
    ("starts", "hours", "questions"),
    [
        (NOW, 5, []),
        (NOW - dt.timedelta(days=20), 5, ["день верный"]),
        (NOW, 24 * 20, ["дни верные"]),
        (NOW - dt.timedelta(days=40), 24 * 50, ["дни верные", "день верный"]),
    ],
)
def test_what_looks_like_a_slip_is_asked_about_before_everybody_is_told(
    dispatcher: Client, starts: dt.datetime, hours: int, questions: list[str]
) -> None:
    shown = asked(dispatcher, drafted(starts=starts, hours=hours)).context["consequences"]
    assert len(shown) == len(questions) + 1
    for question, text in zip(questions, shown, strict=False):
        assert question in text
    assert not Message.objects.exists()


def test_nobody_is_hit_and_nothing_is_announced(dispatcher: Client) -> None:
    outage = drafted(houses="77")
    answer = dispatcher.post(reverse("office_outage_act", args=[outage.pk]), {"action": "publish", "confirmed": "1"})
    assert "наших домов" in messages_of(answer)[0]
    outage.refresh_from_db()
    assert outage.state == OutageState.DRAFT


def test_a_draft_is_discarded_silently_and_an_announced_outage_is_called_off_with_letters(
    dispatcher: Client, cast: Cast
) -> None:
    outage = drafted()
    url = reverse("office_outage_act", args=[outage.pk])
    assert "никому" in messages_of(dispatcher.post(url, {"action": "cancel"}))[0]
    assert not Message.objects.exists()
    again = messages_of(dispatcher.post(url, {"action": "cancel"}))[-1]
    assert "никому" not in again, "a second click finds nothing to discard"
    second = drafted()
    url = reverse("office_outage_act", args=[second.pk])
    dispatcher.post(url, {"action": "publish", "confirmed": "1"})
    told = Message.objects.filter(user=cast.anna.user).count()
    assert "никому" not in messages_of(dispatcher.post(url, {"action": "cancel"}))[-1]
    assert Message.objects.filter(user=cast.anna.user).count() > told


@pytest.mark.parametrize("action", ["", "delete", "draft"])
def test_a_step_that_is_none_changes_nothing(dispatcher: Client, action: str) -> None:
    outage = drafted()
    assert messages_of(dispatcher.post(reverse("office_outage_act", args=[outage.pk]), {"action": action}))
    outage.refresh_from_db()
    assert outage.state == OutageState.DRAFT


def test_a_planned_outage_announced_late_says_so(dispatcher: Client) -> None:
    """Ten working days ahead are asked for."""
    soon = drafted(kind=OutageKind.PLANNED, starts=NOW + dt.timedelta(days=3))
    later = drafted(kind=OutageKind.PLANNED, starts=NOW + dt.timedelta(days=30))
    assert dispatcher.get(reverse("office_outage", args=[soon.pk])).context["short_notice"]
    assert not dispatcher.get(reverse("office_outage", args=[later.pk])).context["short_notice"]


def test_requests_of_an_outage_are_for_dispatchers(cast: Cast, clerk: Clerk, client: Client) -> None:
    outage = drafted()
    clerk("service_requests.publish_outage")
    assert client.get(reverse("office_outage", args=[outage.pk])).context["requests"] == []


# Lists.


def test_outages_are_found_by_state_and_words_and_exported_so(dispatcher: Client) -> None:
    drafted()
    published = drafted(starts=NOW + dt.timedelta(hours=1))
    Outage.objects.filter(pk=published.pk).update(reason="Замена задвижки")
    services.publish(outage=Outage.objects.get(pk=published.pk), moment=NOW)
    url = reverse("office_outages")
    for query in ({"state": "published"}, {"q": "ЗАДВИЖК"}):
        assert [outage.pk for outage in dispatcher.get(url, query).context["page_obj"]] == [published.pk]
        rows = csv_rows(dispatcher.get(url, {**query, "export": "csv"}))
        assert len(rows) == 2
        assert "Замена задвижки" in rows[1]
    assert list(dispatcher.get(url, {"state": "cancelled"}).context["page_obj"]) == []
    assert dispatcher.get(url, {"state": "unheard"}).status_code == 400


@pytest.mark.parametrize("address", ["/admin/outages/", NEW, "/admin/dispatch/shift/"])
def test_others_are_turned_away(cast: Cast, clerk: Clerk, client: Client, address: str) -> None:
    clerk("service_requests.commission_meters", "office.close_month")
    assert client.get(address)["Location"] == reverse("wagtailadmin_home")


def test_others_announce_nothing(cast: Cast, clerk: Clerk, client: Client) -> None:
    outage = drafted()
    clerk("service_requests.dispatch_requests")
    client.post(reverse("office_outage_act", args=[outage.pk]), {"action": "publish", "confirmed": "1"})
    outage.refresh_from_db()
    assert outage.state == OutageState.DRAFT
    assert client.get(reverse("office_outages")).status_code == 302


# Requests and incidents.


def taken(cast: Cast, key: str = "k") -> DispatchRequest:
    return dispatch.take_request(
        key=key,
        kind=RequestKind.NO_WATER,
        place=dispatch.place_of(cast.anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
    )


@pytest.mark.parametrize("chosen", [[], ["0"], ["x"], ["one"], ["one", "one"]])
def test_an_incident_needs_two_requests(dispatcher: Client, cast: Cast, chosen: list[str]) -> None:
    request = taken(cast)
    ids = [str(request.pk) if value == "one" else value for value in chosen]
    assert messages_of(dispatcher.post("/admin/dispatch/join/", {"request": ids})) == ["Выберите хотя бы две заявки."]
    assert not Incident.objects.exists()


def test_a_step_of_an_incident_that_is_refused_moves_none_of_its_requests(dispatcher: Client, cast: Cast) -> None:
    incident = dispatch.join(requests=[taken(cast, "a"), taken(cast, "b")], by=cast.anna.user, moment=NOW)
    url = reverse("office_incident", args=[incident.pk])
    assert messages_of(dispatcher.post(url, {"to": "assigned"})) == ["Выберите бригаду."]
    assert dispatcher.post(url, {"to": "flying"})["Location"] == url
    field = Crew.objects.create(name="Мастера учёта", kind=CrewKind.FIELD)
    dispatcher.post(url, {"to": "assigned", "crew": field.pk})
    assert set(DispatchRequest.objects.values_list("state", flat=True)) == {RequestState.RECEIVED}
    assert dispatcher.get(reverse("office_incident", args=[incident.pk + 1])).status_code == 404


def test_words_to_the_resident_and_a_note_among_us(dispatcher: Client, cast: Cast) -> None:
    request = taken(cast)
    url = reverse("office_dispatch_act", args=[request.pk])
    before = Message.objects.count()
    dispatcher.post(url, {"action": "note", "text": "Жилец ругается", "version": "1"})
    assert Message.objects.count() == before
    dispatcher.post(url, {"action": "say", "text": "Перекрыли участок", "version": "1"})
    assert "Перекрыли участок" in Message.objects.latest("pk").body
    assert request.events.count() == 3


@pytest.mark.parametrize(
    ("query", "clock", "name"),
    [
        ("day=2026-11-11&shift=night", "12:00", "smena-2026-11-11-20.pdf"),
        ("day=2026-11-11&shift=day", "12:00", "smena-2026-11-11-08.pdf"),
        ("day=2026-11-11", "23:00", "smena-2026-11-11-08.pdf"),
        ("", "08:00", "smena-2026-11-12-08.pdf"),
        ("", "19:59", "smena-2026-11-12-08.pdf"),
        ("", "20:00", "smena-2026-11-12-20.pdf"),
        ("", "03:00", "smena-2026-11-11-20.pdf"),
    ],
)
def test_the_shift_that_was_asked_for_or_runs_now_is_reported(
    dispatcher: Client, monkeypatch: pytest.MonkeyPatch, query: str, clock: str, name: str
) -> None:
    moment = dt.datetime.combine(NOW.date(), dt.time.fromisoformat(clock), tzinfo=MOSCOW)
    monkeypatch.setattr(views.clock, "now", lambda: moment)
    monkeypatch.setattr(views, "render_document", lambda template, context: b"%PDF-")
    assert name in dispatcher.get(f"/admin/dispatch/shift/?{query}")["Content-Disposition"]

"""Dispatcher, engineer and editor at their screens; staff of another role and residents are turned away."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from portal.accounts.models import User
from portal.core import clock
from portal.notifications.models import Message, NotificationText
from portal.service_requests.commissioning import services as meters
from portal.service_requests.commissioning.models import (
    CommissioningApplication,
    CommissioningCertificate,
    RefusalReason,
)
from portal.service_requests.crews.models import Crew, CrewKind
from portal.service_requests.dispatch import services
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages import selectors
from portal.service_requests.outages.models import Outage
from tests.people import Cast, make_login
from tests.portal.service_requests.samples import NOW, TODAY, applied, slots


def staff(name: str, *codenames: str) -> tuple[Client, User]:
    user = make_login(name, staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*codenames, "access_admin"]))
    client = Client()
    client.force_login(user)
    return client, user


@pytest.fixture
def dispatcher(cast: Cast, business_date: object) -> Client:
    business_date(TODAY)  # type: ignore[operator]
    return staff("dispatcher", "dispatch_requests", "publish_outage")[0]


@pytest.fixture
def engineer(cast: Cast, business_date: object) -> Client:
    business_date(TODAY + dt.timedelta(days=3))  # type: ignore[operator]
    return staff("engineer", "commission_meters")[0]


@pytest.fixture
def crew(db: None) -> Crew:
    return Crew.objects.create(name="Бригада 2", kind=CrewKind.EMERGENCY)


def request_of(cast: Cast, key: str = "k") -> DispatchRequest:
    return services.take_request(
        key=key,
        kind=RequestKind.NO_WATER,
        place=services.place_of(cast.anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
    )


def test_the_list_refreshes_a_part_of_itself(dispatcher: Client, cast: Cast) -> None:
    request = request_of(cast)
    whole = dispatcher.get("/admin/dispatch/")
    part = dispatcher.get("/admin/dispatch/", headers={"HX-Request": "true"})
    for answer in (whole, part):
        assert f"№ {request.number}" in answer.content.decode()
    assert "<html" not in part.content.decode()


def waiting_for(client: Client) -> list[str]:
    """The numbers on somebody's first page."""
    return re.findall(r"office-wait__number[^>]*>\s*(\d+)\s*<", client.get("/admin/").content.decode())


def test_sent_out_by_one_click_and_the_second_is_told(dispatcher: Client, cast: Cast, crew: Crew) -> None:
    request = request_of(cast)
    assert waiting_for(dispatcher) == ["1"]
    step = {"action": "assign", "version": 1, "crew": crew.pk}
    dispatcher.post(f"/admin/dispatch/{request.pk}/act/", step)
    assert waiting_for(dispatcher) == ["0"]
    other, _user = staff("dispatcher2", "dispatch_requests")
    answer = other.post(f"/admin/dispatch/{request.pk}/act/", step | {"back": ""}, follow=True)
    assert "dispatcher" in answer.content.decode()
    request.refresh_from_db()
    assert (request.state, request.version) == (RequestState.ASSIGNED, 2)
    for action in ("on_the_way", "working", "done"):
        request.refresh_from_db()
        dispatcher.post(f"/admin/dispatch/{request.pk}/act/", {"action": action, "version": request.version})
    request.refresh_from_db()
    assert request.state == RequestState.DONE


@pytest.mark.parametrize(
    "step",
    [
        {"action": "assign", "crew": "abc"},
        {"action": "promise", "until": "x"},
        {"action": "say", "text": " "},
        {"action": "promise", "until": "2026-11-01T10:00"},
        {"action": "fly"},
        {"action": "done"},
    ],
)
def test_what_cannot_be_done_is_not_called_done(dispatcher: Client, cast: Cast, step: dict[str, str]) -> None:
    request = request_of(cast)
    answer = dispatcher.post(f"/admin/dispatch/{request.pk}/act/", step | {"version": "1"}, follow=True)
    assert "Готово." not in answer.content.decode()
    assert request.events.count() == 1


def test_a_call_of_a_known_and_of_an_unknown_caller(dispatcher: Client, cast: Cast) -> None:
    form = {"kind": "leak_street", "text": "Течёт", "phone": "84950000112", "caller": "Прохожий"}
    assert dispatcher.post("/admin/dispatch/call/", form).status_code == 200
    dispatcher.post("/admin/dispatch/call/", form | {"address": "Речная, у дома 6"})
    dispatcher.post("/admin/dispatch/call/", form | {"account": cast.anna.account.number})
    assert list(DispatchRequest.objects.order_by("pk").values_list("account", flat=True)) == [
        None,
        cast.anna.account.pk,
    ]


@pytest.mark.parametrize("query", ["Речная 4, кв. 17", "Иванова", "0010001", "8 (916) 765-43-21"])
def test_a_caller_is_found_however_she_says_who_she_is(dispatcher: Client, cast: Cast, query: str) -> None:
    cast.anna.person.phone = "+79167654321"
    cast.anna.person.save()
    existing = request_of(cast)
    page = dispatcher.get("/admin/dispatch/call/", {"q": query}).content.decode()
    assert f'?account={cast.anna.account.pk}"' in page
    assert f'?account={cast.boris.account.pk}"' not in page
    chosen = dispatcher.get("/admin/dispatch/call/", {"account": cast.anna.account.pk}).content.decode()
    assert 'value="Иванова Анна' in chosen
    assert f"№ {existing.number}" in chosen, "the house has reported already"


def test_joined_and_an_outage_made_of_it(dispatcher: Client, cast: Cast, crew: Crew, business_date: object) -> None:
    ids = [request_of(cast, key).pk for key in ("a", "b")]
    answer = dispatcher.post("/admin/dispatch/join/", {"request": ids}, follow=True)
    incident = DispatchRequest.objects.first().incident_id  # type: ignore[union-attr]
    assert answer.status_code == 200
    dispatcher.post(f"/admin/dispatch/incident/{incident}/", {"to": "assigned", "crew": crew.pk})
    assert set(DispatchRequest.objects.values_list("state", flat=True)) == {RequestState.ASSIGNED}
    page = dispatcher.get(f"/admin/dispatch/incident/{incident}/").content.decode()
    assert 'value="on_the_way"' in page
    assert 'value="assigned"' not in page, "that step is behind"
    card = dispatcher.get(f"/admin/dispatch/{ids[0]}/").content.decode()
    assert "Объединить" not in card, "they are one incident already"
    form = {
        "kind": "emergency",
        "services": ["cold_water"],
        "starts_at": "2026-11-12T10:00",
        "ends_at": "2026-11-12T15:00",
        "reason": "Порыв",
        "street-0": cast.anna.account.premises.house.street_id,
        "houses-0": "4",
    }
    assert dispatcher.get(f"/admin/outages/new/?incident={incident}").status_code == 200
    page = dispatcher.post(f"/admin/outages/new/?incident={incident}", form, follow=True)
    outage = Outage.objects.get()
    assert page.status_code == 200
    assert outage.incident_id == incident
    asked = dispatcher.post(f"/admin/outages/{outage.pk}/act/", {"action": "publish"})
    assert dict(asked.context["facts"])["Лицевые счета"] == selectors.hit(selectors.scopes_of(outage)).accounts
    outage.refresh_from_db()
    assert outage.state == "draft", "it asks first"
    dispatcher.post(f"/admin/outages/{outage.pk}/act/", {"action": "publish", "confirmed": "1"})
    assert Message.objects.filter(kind__startswith="outage_", user=cast.anna.user).exists()
    assert dispatcher.get(f"/admin/outages/{outage.pk}/").status_code == 200
    dispatcher.post(f"/admin/outages/{outage.pk}/act/", {"action": "move", "when": "2026-11-12T18:00"})
    for wrong in ({"action": "end", "when": "2030-01-01T10:00"}, {"action": "end", "when": "x"}, {"action": "move"}):
        dispatcher.post(f"/admin/outages/{outage.pk}/act/", wrong)
    outage.refresh_from_db()
    assert (outage.state, outage.revision) == ("published", 2), "nobody was told of what is not so"
    business_date(TODAY + dt.timedelta(days=1))  # type: ignore[operator]
    dispatcher.post(f"/admin/outages/{outage.pk}/act/", {"action": "end", "when": "2026-11-12T17:00"})
    outage.refresh_from_db()
    assert (outage.state, outage.revision) == ("ended", 3)
    assert dispatcher.get("/admin/outages/").status_code == 200


def test_houses_that_cannot_be_read_are_said_at_their_row(dispatcher: Client, cast: Cast) -> None:
    form = {
        "kind": "planned",
        "services": ["cold_water"],
        "starts_at": "2026-11-12T10:00",
        "ends_at": "2026-11-12T15:00",
        "reason": "Ремонт",
        "street-0": cast.anna.account.premises.house.street_id,
        "houses-0": "9-1",
    }
    answer = dispatcher.post("/admin/outages/new/", form)
    assert "9-1" in answer.content.decode()
    answer = dispatcher.post("/admin/outages/new/?incident=x", form | {"houses-0": "9", "houses-1": "5"})
    assert "Выберите улицу" in answer.content.decode(), "houses without their street are not left out"
    assert not Outage.objects.exists()


def test_the_shift_is_a_pdf(dispatcher: Client, cast: Cast) -> None:
    request_of(cast)
    answer = dispatcher.get(f"/admin/dispatch/shift/?day={TODAY}&shift=day")
    assert answer.content.startswith(b"%PDF-")


def test_ten_thousand_past_requests_cost_no_more_queries(
    dispatcher: Client, cast: Cast, crew: Crew, django_assert_max_num_queries: object
) -> None:
    """The whole page with its menu, the hint that two requests are one incident, and the house that was chosen."""
    house = cast.anna.account.premises.house
    request = [request_of(cast, key) for key in ("a", "b")][-1]
    past = [
        DispatchRequest(
            key=f"p{n}",
            kind=RequestKind.OTHER,
            state=RequestState.CLOSED,
            account=cast.anna.account,
            address="Речная, 4",
            house=house,
            text="—",
            phone="+79161234567",
            norm_until=NOW,
            received_at=NOW - dt.timedelta(hours=n),
            changed_at=NOW,
        )
        for n in range(10_000)
    ]
    DispatchRequest.objects.update(received_at=clock.now())
    DispatchRequest.objects.bulk_create(past)
    dispatcher.get("/admin/dispatch/")
    for state in ("open", ""):
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            answer = dispatcher.get(f"/admin/dispatch/?state={state}&house={house.pk}")
        words = answer.content.decode()
        assert f"№ {request.number}" in words
        assert "Объединить" in words
        assert crew.name in words


def test_from_an_application_to_the_act_on_a_phone(engineer: Client, cast: Cast) -> None:
    application = applied(cast)
    day = slots()
    assert engineer.get("/admin/field/").status_code == 200
    assert engineer.get(f"/admin/field/{application.pk}/").status_code == 200
    engineer.post(f"/admin/field/{application.pk}/agree/", {"slot": [slots()[1].pk], "action": "agree"})
    visit = application.visits.get()
    assert visit.slot == day[1]
    assert "Петров" in engineer.get(f"/admin/field/day/?day={day[1].day}").content.decode()
    form = {
        "passport_matches": "on",
        "serial_seen": "000",
        "scheme_right": "on",
        "working": "on",
        "value": "0,480",
        "seal_number": "П-1",
        "action": "accept",
        "early": "on",
    }
    url = f"/admin/field/visit/{visit.pk}/"
    assert engineer.post(url, form).status_code == 200, "another serial number is not accepted"
    assert not CommissioningCertificate.objects.exists()
    right = form | {"serial_seen": "31507442"}
    assert "Меньше, чем при установке" in engineer.post(url, right | {"value": "0,019"}).content.decode()
    assert not CommissioningCertificate.objects.exists()
    engineer.post(url, right)
    certificate = CommissioningCertificate.objects.get()
    assert "шаг невозможен" in engineer.post(url, right).content.decode(), "a second engineer is told"
    answer = engineer.get(f"/admin/field/act/{certificate.pk}/", follow=True)
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]


def test_refused_with_a_reason(engineer: Client, cast: Cast) -> None:
    application = applied(cast)
    user = User.objects.get(username="engineer")
    visit = meters.agree_by_phone(application=application, slot_id=slots()[1].pk, by=user, now=NOW)
    reason = RefusalReason.objects.create(text="Нет пломбы завода", advice="Обратитесь к монтажникам.")
    form = {"serial_seen": "31507442", "value": "0,480", "action": "refuse", "reasons": [reason.pk], "early": "on"}
    engineer.post(f"/admin/field/visit/{visit.pk}/", form)
    application.refresh_from_db()
    assert application.state == "refused"


def test_nobody_was_in(engineer: Client, cast: Cast) -> None:
    application = applied(cast)
    user = User.objects.get(username="engineer")
    visit = meters.agree_by_phone(application=application, slot_id=slots()[0].pk, by=user, now=NOW)
    engineer.post(f"/admin/field/visit/{visit.pk}/nobody/", {"action": "absent", "note": "Звонили"})
    assert CommissioningApplication.objects.get().state in {"submitted", "offered"}


def test_an_editor_changes_a_text(cast: Cast) -> None:
    client, user = staff("editor", "edit_texts", "view_message", "retry_message")
    assert client.get("/admin/notices/").status_code == 200
    assert "/admin/notices/debt_reminder/" in client.get("/admin/notices/?q=квитанция&category=debt").content.decode()
    form = {"subject_ru": "Долг", "body_ru": "Оплатите {amount}", "login": "anna"}
    answer = client.post("/admin/notices/debt_reminder/", form | {"action": "preview"})
    assert "Оплатите 820,00" in answer.content.decode()
    wrong = client.post("/admin/notices/debt_reminder/", form | {"body_ru": "{who}", "action": "save"})
    assert "{who}" in wrong.content.decode()
    assert not NotificationText.objects.exists()
    client.post("/admin/notices/debt_reminder/", form | {"action": "test"})
    client.post("/admin/notices/debt_reminder/", form | {"action": "save"})
    assert NotificationText.objects.get().subject_ru == "Долг"
    assert Message.objects.get().user == user
    client.post("/admin/notices/debt_reminder/", {"action": "reset"})
    assert not NotificationText.objects.exists()
    assert client.get("/admin/notices/history/?q=editor").status_code == 200
    assert client.post("/admin/notices/retry/").status_code == 302


@pytest.mark.parametrize(
    "url",
    [
        "/admin/dispatch/",
        "/admin/dispatch/call/",
        "/admin/dispatch/shift/",
        "/admin/outages/",
        "/admin/outages/new/",
        "/admin/field/",
        "/admin/field/day/",
        "/admin/field/replacement/",
        "/admin/notices/",
        "/admin/notices/history/",
        "/admin/notices/debt_reminder/",
    ],
)
def test_others_are_turned_away(cast: Cast, url: str) -> None:
    accountant, _user = staff("accountant", "view_entry")
    assert accountant.get(url).status_code in {302, 403}
    resident = Client()
    resident.force_login(cast.anna.user)
    assert resident.get(url).status_code in {302, 403}
    assert Client().get(url).status_code == 302

"""A dispatcher corrects a request: kind, address, text; a wrong "done"; a caller who gives no number."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client

from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.notifications.models import Message
from portal.operations import roles
from portal.service_requests.crews.models import Crew, CrewKind
from portal.service_requests.dispatch import correcting, selectors, services
from portal.service_requests.dispatch.enums import RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.exceptions import NothingCorrected, PhoneMissing, ReasonMissing
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.exceptions import ChangedMeanwhile, WrongState
from tests.people import Cast, make_login

MORNING = dt.datetime(2026, 11, 15, 8, 12, tzinfo=MOSCOW)
CALL = {"kind": "leak_street", "text": "Течёт", "address": "Речная, у дома 6", "caller": "Прохожий"}


def after(minutes: int) -> dt.datetime:
    return MORNING + dt.timedelta(minutes=minutes)


@pytest.fixture
def dispatcher(cast: Cast, client: Client, business_date: Any) -> User:
    business_date("2026-11-15")
    roles.setup()
    user = make_login("dispatcher", staff=True)
    user.groups.add(Group.objects.get(name="dispatcher"))
    client.force_login(user)
    return user


@pytest.fixture
def crew(db: None) -> Crew:
    return Crew.objects.create(name="Бригада 2", kind=CrewKind.EMERGENCY)


def take(cast: Cast, *, kind: RequestKind = RequestKind.LOW_PRESSURE) -> DispatchRequest:
    return services.take_request(
        key="k1",
        kind=kind,
        place=services.place_of(cast.anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=MORNING,
        author=cast.anna.user,
    )


def facts(cast: Cast, **changes: Any) -> correcting.RequestFacts:
    return correcting.RequestFacts(
        **{
            "kind": RequestKind.LOW_PRESSURE,
            "address": cast.anna.account.premises.address,
            "text": "Нет воды",
            "account": cast.anna.account,
            "phone": "+7 916 123-45-67",
            **changes,
        }
    )


def done(cast: Cast, crew: Crew, by: User) -> DispatchRequest:
    request = take(cast)
    for number, state in enumerate((RequestState.ASSIGNED, RequestState.WORKING, RequestState.DONE), start=1):
        request = services.move(
            request=request, to=state, version=request.version, by=by, moment=after(10 * number), crew=crew
        )
    return request


def notified(cast: Cast) -> list[Message]:
    return list(Message.objects.filter(user=cast.anna.user, channel="inbox").order_by("pk"))


def test_another_kind_brings_its_norm_and_the_history_says_what_was(cast: Cast, dispatcher: User) -> None:
    request = take(cast)
    assert not request.urgent
    changed = correcting.correct(
        request=request,
        facts=facts(cast, kind=RequestKind.LEAK_HOUSE, text="Течёт в подвале"),
        version=request.version,
        by=dispatcher,
        moment=after(5),
    )
    assert changed.urgent
    assert changed.norm_until == after(30), "counted from the receipt"
    event = changed.events.last()
    assert event is not None
    assert event.by == dispatcher
    assert "«Нет воды» → «Течёт в подвале»" in event.text
    assert notified(cast)[-1].subject.endswith("уточнили заявку")
    assert len(selectors.time_line(changed)) == 5, "the way of the work is the same"


def test_a_corrected_phone_is_nobodys_news(cast: Cast, dispatcher: User) -> None:
    request = take(cast)
    correcting.correct(
        request=request,
        facts=facts(cast, phone="8 916 000-00-01"),
        version=request.version,
        by=dispatcher,
        moment=after(5),
    )
    assert DispatchRequest.objects.get().phone == "+79160000001"
    assert len(notified(cast)) == 1


def test_what_cannot_be_corrected(cast: Cast, dispatcher: User, crew: Crew) -> None:
    request = done(cast, crew, dispatcher)
    with pytest.raises(NothingCorrected):
        correcting.correct(request=request, facts=facts(cast), version=request.version, by=dispatcher, moment=after(50))
    with pytest.raises(ChangedMeanwhile) as refused:
        correcting.correct(request=request, facts=facts(cast, text="…"), version=1, by=dispatcher, moment=after(50))
    assert refused.value.by == str(dispatcher)
    with pytest.raises(PhoneMissing):
        correcting.correct(
            request=request, facts=facts(cast, phone=""), version=request.version, by=dispatcher, moment=after(50)
        )
    closed = services.confirm(request=request, by=cast.anna.user, moment=after(60))
    with pytest.raises(WrongState):
        correcting.correct(
            request=closed, facts=facts(cast, text="…"), version=closed.version, by=dispatcher, moment=after(70)
        )


def test_done_is_taken_back_and_the_resident_is_told(cast: Cast, dispatcher: User, crew: Crew) -> None:
    request = done(cast, crew, dispatcher)
    with pytest.raises(ReasonMissing):
        correcting.undo(request=request, reason=" ", version=request.version, by=dispatcher, moment=after(40))
    changed = correcting.undo(
        request=request, reason="Перепутали адрес", version=request.version, by=dispatcher, moment=after(40)
    )
    assert changed.state == RequestState.WORKING
    assert changed.is_open
    message = notified(cast)[-1]
    assert message.subject.endswith("работы ещё не закончены")
    assert "Перепутали адрес" in message.body
    assert "было ошибкой" in message.body
    steps = selectors.time_line(changed)
    assert [step.state for step in steps][-2:] == ["ahead", "ahead"]
    report = selectors.shift(MORNING, after(600), now=after(600))
    assert (report.finished, report.left_open) == (0, 1)
    assert not changed.reopened, "the resident may still reopen it once"
    with pytest.raises(WrongState):
        correcting.undo(request=changed, reason="ещё", version=changed.version, by=dispatcher, moment=after(41))


def test_a_rejection_by_mistake_is_taken_back(cast: Cast, dispatcher: User) -> None:
    request = take(cast)
    rejected = services.move(
        request=request, to=RequestState.REJECTED, version=1, by=dispatcher, moment=after(5), text="Не наши сети"
    )
    changed = correcting.undo(
        request=rejected, reason="Сети наши", version=rejected.version, by=dispatcher, moment=after(6)
    )
    assert (changed.state, changed.reason) == (RequestState.RECEIVED, "")


def test_a_caller_without_a_number(cast: Cast, dispatcher: User, client: Client) -> None:
    refused = client.post("/admin/dispatch/call/", CALL)
    assert "отметьте, что звонящий не назвал" in refused.content.decode()
    client.post("/admin/dispatch/call/", CALL | {"no_phone": "on"})
    request = DispatchRequest.objects.get()
    assert (request.phone, request.source) == ("", RequestSource.PHONE)
    for page in (f"/admin/dispatch/{request.pk}/", "/admin/dispatch/"):
        shown = client.get(page).content.decode()
        assert "номер не назвал" in shown
        assert "tel:" not in shown
    with pytest.raises(IntegrityError), transaction.atomic():
        DispatchRequest.objects.filter(pk=request.pk).update(source=RequestSource.CABINET)


def test_corrected_and_taken_back_on_the_screen(cast: Cast, dispatcher: User, crew: Crew, client: Client) -> None:
    request = done(cast, crew, dispatcher)
    url = f"/admin/dispatch/{request.pk}/correct/"
    form = client.get(url).content.decode()
    assert cast.anna.account.number in form
    data = {
        "version": request.version,
        "kind": "sewer",
        "account": "",
        "address": "ул. Речная, 6, у подъезда",
        "text": "Засор",
        "phone": "89161234567",
    }
    assert "Такого лицевого счёта нет" in client.post(url, data | {"account": "777"}).content.decode()
    client.post(url, data)
    changed = DispatchRequest.objects.get()
    assert (changed.kind, changed.account, changed.house, changed.address) == (
        "sewer",
        None,
        None,
        "ул. Речная, 6, у подъезда",
    )
    client.post(
        f"/admin/dispatch/{request.pk}/act/", {"action": "undo", "version": changed.version, "text": "Не закончили"}
    )
    assert DispatchRequest.objects.get().state == RequestState.WORKING
    shown = client.get(f"/admin/dispatch/{request.pk}/").content.decode()
    assert "Шаг отменён" in shown


@pytest.mark.parametrize("role", ["registrar", "engineer", "accountant", "editor"])
def test_another_role_is_turned_away(cast: Cast, dispatcher: User, role: str) -> None:
    request = take(cast)
    user = make_login(role, staff=True)
    user.groups.add(Group.objects.get(name=role))
    other = Client()
    other.force_login(user)
    assert other.get(f"/admin/dispatch/{request.pk}/correct/").status_code in (302, 403)
    other.post(f"/admin/dispatch/{request.pk}/correct/", {"version": 1, "kind": "other", "text": "х", "address": "х"})
    assert DispatchRequest.objects.get().text == "Нет воды"

"""A request to dispatch: taken, sent out, done, confirmed or reopened once; every state is told and timed."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from portal.core.clock import MOSCOW
from portal.notifications.models import Message
from portal.service_requests.crews.models import Crew, CrewKind
from portal.service_requests.dispatch import selectors, services
from portal.service_requests.dispatch.enums import TRANSITIONS, RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.exceptions import CrewMissing, ReasonMissing, ReopenedAlready
from portal.service_requests.dispatch.models import DispatchRequest, KindNorm
from portal.service_requests.exceptions import ChangedMeanwhile, PhoneNotUnderstood, WrongState
from tests.people import Cast, make_login

MORNING = dt.datetime(2026, 11, 15, 8, 12, tzinfo=MOSCOW)


def after(minutes: int) -> dt.datetime:
    return MORNING + dt.timedelta(minutes=minutes)


def take(
    cast: Cast, *, key: str = "k1", kind: RequestKind = RequestKind.NO_WATER, phone: str = "8 (916) 123-45-67"
) -> DispatchRequest:
    return services.take_request(
        key=key,
        kind=kind,
        place=services.place_of(cast.anna.account, "весь дом"),
        text="Нет воды с утра",
        phone=phone,
        moment=MORNING,
        author=cast.anna.user,
    )


@pytest.fixture
def crew(db: None) -> Crew:
    return Crew.objects.create(name="Бригада 2", kind=CrewKind.EMERGENCY)


def walk(request: DispatchRequest, crew: Crew, *states: RequestState, by: object = None) -> DispatchRequest:
    for number, state in enumerate(states, start=1):
        request = services.move(
            request=request, to=state, version=request.version, by=by, moment=after(10 * number), crew=crew
        )  # type: ignore[arg-type]
    return request


def notified(cast: Cast) -> list[str]:
    inbox = Message.objects.filter(user=cast.anna.user, channel="inbox").order_by("pk")
    return [message.subject.split(": ")[1] for message in inbox]


WAY = (RequestState.ASSIGNED, RequestState.ON_THE_WAY, RequestState.WORKING, RequestState.DONE)


def test_to_the_end(cast: Cast, crew: Crew) -> None:
    request = walk(take(cast), crew, *WAY)
    request = services.confirm(request=request, by=cast.anna.user, moment=after(60))
    assert request.state == RequestState.CLOSED
    assert notified(cast) == [
        "приняли",
        "назначили бригаду",
        "бригада выехала",
        "бригада на месте",
        "работы закончены",
        "закрыта",
    ]
    assert [step.state for step in selectors.time_line(request)] == ["done"] * 6
    assert services.confirm(request=request, by=cast.anna.user, moment=after(61)).state == RequestState.CLOSED


def test_the_same_form_twice_is_one_request(cast: Cast) -> None:
    assert take(cast) == take(cast)
    assert notified(cast) == ["приняли"]


@pytest.mark.parametrize("phone", ["+7 916 123 45 67", "9161234567", "8(916)123-45-67", "7-916-123-45-67"])
def test_a_phone_in_any_format(cast: Cast, phone: str) -> None:
    assert take(cast, phone=phone).phone == "+79161234567"


@pytest.mark.parametrize("phone", ["позвоните", "12", ""])
def test_what_is_no_phone(cast: Cast, phone: str) -> None:
    with pytest.raises(PhoneNotUnderstood):
        take(cast, phone=phone)


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("to", list(RequestState))
def test_only_the_steps_of_the_way(cast: Cast, crew: Crew, state: RequestState, to: RequestState) -> None:
    request = take(cast)
    DispatchRequest.objects.filter(pk=request.pk).update(state=state, crew=crew, reason="—")
    request.refresh_from_db()
    if to in TRANSITIONS[state]:
        services.move(request=request, to=to, version=1, by=None, moment=after(5), crew=crew, text="Причина")
        return
    with pytest.raises(WrongState):
        services.move(request=request, to=to, version=1, by=None, moment=after(5), crew=crew, text="Причина")


def test_a_rejection_says_why(cast: Cast, crew: Crew) -> None:
    request = take(cast)
    with pytest.raises(ReasonMissing):
        services.move(request=request, to=RequestState.REJECTED, version=1, by=None, moment=after(5), text=" ")
    request = services.move(
        request=request,
        to=RequestState.REJECTED,
        version=1,
        by=None,
        moment=after(5),
        text="Это труба управляющей компании.",
    )
    assert "управляющей" in Message.objects.filter(channel="inbox").latest("pk").body
    with pytest.raises(IntegrityError), transaction.atomic():
        DispatchRequest.objects.filter(pk=request.pk).update(reason="")


def test_nobody_goes_without_a_crew(cast: Cast) -> None:
    request = take(cast)
    with pytest.raises(CrewMissing):
        services.move(request=request, to=RequestState.ASSIGNED, version=1, by=None, moment=after(5))
    with pytest.raises(IntegrityError), transaction.atomic():
        DispatchRequest.objects.filter(pk=request.pk).update(state=RequestState.WORKING)


def test_reopened_once(cast: Cast, crew: Crew) -> None:
    request = walk(take(cast), crew, *WAY)
    request = services.reopen(request=request, text="Опять нет", by=cast.anna.user, moment=after(90))
    assert (request.state, request.urgent) == (RequestState.RECEIVED, True)
    assert selectors.clock_of(request, after(100)).minutes == 10
    request = walk(request, crew, *WAY)
    with pytest.raises(ReopenedAlready):
        services.reopen(request=request, text="Снова", by=cast.anna.user, moment=after(190))


def test_closed_by_itself_after_three_days(cast: Cast, crew: Crew) -> None:
    request = walk(take(cast), crew, *WAY)
    done = request.changed_at
    assert services.close_unanswered(moment=done + dt.timedelta(days=2, hours=23)) == 0
    assert services.close_unanswered(moment=done + dt.timedelta(days=3)) == 1
    assert services.close_unanswered(moment=done + dt.timedelta(days=4)) == 0


def test_the_second_of_two_dispatchers_is_told(cast: Cast, crew: Crew) -> None:
    request = take(cast)
    first, second = make_login("disp1", staff=True), make_login("disp2", staff=True)
    services.move(request=request, to=RequestState.ASSIGNED, version=1, by=first, moment=after(5), crew=crew)
    with pytest.raises(ChangedMeanwhile) as refused:
        services.move(request=request, to=RequestState.ASSIGNED, version=1, by=second, moment=after(5), crew=crew)
    assert refused.value.by == "disp1"
    assert notified(cast) == ["приняли", "назначили бригаду"]


def test_another_crew_and_another_time(cast: Cast, crew: Crew) -> None:
    other = Crew.objects.create(name="Бригада 3", kind=CrewKind.EMERGENCY)
    dispatcher = make_login("disp1", staff=True)
    request = walk(take(cast), crew, RequestState.ASSIGNED, RequestState.ON_THE_WAY)
    request = services.reassign(request=request, crew=other, version=request.version, by=dispatcher, moment=after(30))
    assert (request.state, request.crew) == (RequestState.ASSIGNED, other)
    request = services.promise(
        request=request, until=after(180), version=request.version, by=dispatcher, moment=after(31)
    )
    assert "11:12" in Message.objects.filter(channel="inbox").latest("pk").body


def test_a_note_stays_inside_and_words_do_not(cast: Cast) -> None:
    request = take(cast)
    dispatcher = make_login("disp1", staff=True)
    services.say(request=request, text="Жилец ругается", public=False, by=dispatcher, moment=after(3))
    services.say(request=request, text="Перекрыли участок", public=True, by=dispatcher, moment=after(4))
    assert notified(cast) == ["приняли", "сообщение бригады"]
    shown = [text for step in selectors.time_line(request) for text in step.texts]
    assert shown == ["Перекрыли участок"]


def test_the_clock_runs_against_the_norm_and_stops_when_work_begins(cast: Cast, crew: Crew) -> None:
    KindNorm.objects.create(kind=RequestKind.NO_WATER, urgent=True, minutes=15)
    request = take(cast)
    assert not selectors.clock_of(request, after(15)).late
    assert selectors.clock_of(request, after(16)).late
    request = walk(request, crew, RequestState.ASSIGNED, RequestState.WORKING)
    assert selectors.clock_of(request, after(300)).minutes == 20


def test_urgent_first_then_the_oldest(cast: Cast) -> None:
    other = take(cast, key="a", kind=RequestKind.OTHER)
    late = take(cast, key="b", kind=RequestKind.LEAK_HOUSE)
    DispatchRequest.objects.filter(pk=late.pk).update(received_at=after(5))
    early = take(cast, key="c", kind=RequestKind.NO_WATER)
    assert list(selectors.dispatcher_list(selectors.RequestFilters())) == [early, late, other]


def test_a_neighbour_sees_nothing(cast: Cast) -> None:
    take(cast)
    assert selectors.requests_of(cast.anna.user).count() == 1
    assert selectors.requests_of(cast.stranger.user).count() == 0


def test_an_unknown_caller(cast: Cast) -> None:
    request = services.take_request(
        key="call",
        kind=RequestKind.LEAK_STREET,
        place=services.RequestPlace(address="Речная, у дома 6"),
        text="Течёт",
        phone="84950000112",
        moment=MORNING,
        author=make_login("disp1", staff=True),
        source=RequestSource.PHONE,
        caller="Прохожий",
    )
    assert request.account is None
    assert not Message.objects.exists()


def test_requests_of_one_house_become_an_incident(cast: Cast, crew: Crew) -> None:
    dispatcher = make_login("disp1", staff=True)
    first = take(cast, key="a")
    assert selectors.joinable(after(30)) == []
    second = take(cast, key="b")
    group = selectors.joinable(after(30))[0]
    incident = services.join(requests=group.requests, by=dispatcher, moment=after(30))
    assert selectors.joinable(after(30)) == []
    third = take(cast, key="c")
    again = services.join(requests=selectors.joinable(after(30))[0].requests, by=dispatcher, moment=after(31))
    assert again == incident
    assert set(incident.requests.all()) == {first, second, third}
    assert (
        services.move_incident(incident=incident, to=RequestState.ASSIGNED, by=dispatcher, moment=after(32), crew=crew)
        == 3
    )


def test_the_shift_in_numbers(cast: Cast, crew: Crew) -> None:
    walk(take(cast, key="a"), crew, *WAY)
    take(cast, key="b", kind=RequestKind.LEAK_HOUSE)
    report = selectors.shift(MORNING - dt.timedelta(hours=1), after(240), now=after(600))
    assert (report.received, report.finished, report.left_open, report.late) == (2, 1, 1, 1)
    assert selectors.shift(after(300), after(400), now=after(600)).received == 0


def test_late_in_the_shift_is_what_its_rows_say(cast: Cast, crew: Crew) -> None:
    """«С опозданием 9» stood above a table with four: the number looked at the end of a shift that still ran."""
    since, until = MORNING - dt.timedelta(hours=1), after(240)
    take(cast, key="leak", kind=RequestKind.LEAK_HOUSE)  # 30 minutes
    take(cast, key="water")  # 120 minutes
    runs = selectors.shift(since, until, now=after(40))
    assert runs.late == sum(time.late for _one, time in runs.rows) == 1
    walk(DispatchRequest.objects.get(key="water"), crew, RequestState.ASSIGNED)
    DispatchRequest.objects.filter(key="water").update(
        state=RequestState.CLOSED, changed_at=after(900), started_at=after(800)
    )
    past = selectors.shift(since, until, now=after(1000))
    assert past.late == sum(time.late for _one, time in past.rows) == 2
    assert max(time.minutes for _one, time in past.rows) == 240, "what happened after the shift does not count"


@pytest.mark.parametrize("mark", [1, 5])
def test_a_mark_after_the_work(cast: Cast, crew: Crew, mark: int) -> None:
    request = take(cast)
    with pytest.raises(WrongState):
        services.rate(request=request, mark=mark, text="", by=cast.anna.user, moment=after(5))
    request = walk(request, crew, *WAY)
    assert services.rate(request=request, mark=mark, text="Быстро", by=cast.anna.user, moment=after(70)).rating == mark
    with pytest.raises(IntegrityError), transaction.atomic():
        DispatchRequest.objects.filter(pk=request.pk).update(rating=6)

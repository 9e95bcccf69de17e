"""An outage on a range of houses reaches exactly who lives there, once; moved and ended it is told again."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.enums import Service
from portal.accounts.models import Account, Holder, House, Premises
from portal.billing.models import Interruption
from portal.core.clock import MOSCOW
from portal.notifications.models import Message
from portal.service_requests.exceptions import WrongState
from portal.service_requests.outages import selectors, services
from portal.service_requests.outages.calculation import HousesNotUnderstood, covers, parse
from portal.service_requests.outages.exceptions import (
    BeganTooLongAgo,
    EndBeforeStart,
    EndsTooLate,
    NobodyHit,
    OutageEndUnchanged,
)
from portal.service_requests.outages.models import Outage, OutageHouse, OutageKind, OutageState
from portal.service_requests.outages.selectors import Scope
from tests.people import SINCE, Cast, Resident, make_account, make_resident, make_street

START = dt.datetime(2026, 11, 16, 9, tzinfo=MOSCOW)
END = START + dt.timedelta(hours=5)
BEFORE = START - dt.timedelta(days=15)


@pytest.mark.parametrize(
    ("text", "number", "sort_number", "hit"),
    [
        ("", "8", 8, True),
        ("1–15 нечётные", "7", 7, True),
        ("1-15 odd", "7", 7, True),
        ("1–15 нечётные", "8", 8, False),
        ("1–15 нечётные", "15", 15, True),
        ("1–15 нечётные", "17", 17, False),
        ("1–15 нечетные", "7А", 7, True),
        ("2-10 чёт", "10к2", 10, True),
        ("2-10", "7", 7, True),
        ("7", "7А", 7, False),
        ("7а", "7А", 7, True),
        ("7A", "7А", 7, True),
        ("12 корп. 2", "12к2", 12, True),
        ("1-3, 20; 7А", "20", 20, True),
        ("1-3, 20; 7А", "4", 4, False),
        ("1−15 (нечётная сторона)", "9", 9, True),
        ("чётная сторона", "12А", 12, True),
        ("чётная сторона", "3/1", 3, False),
        ("3/1", "3/1", 3, True),
        ("3/1", "3/2", 3, False),
        ("3", "3/1", 3, False),
        ("5 к. 2", "5к2", 5, True),
        ("5к2", "5К2", 5, True),
        ("5к2", "5к21", 5, False),
        ("12 а", "12А", 12, True),
        ("1-5", "5к2", 5, True),
        ("1-15 неч.", "7", 7, True),
        ("1–15 нечётные", "11/2", 11, True),
        ("2–12 чётные", "12/3А", 12, True),
        ("12/3 а", "12/3А", 12, True),
        ("12k2", "12к2", 12, True),
        ("7 стр. 1", "7с1", 7, True),
        ("7 лит. А", "7А", 7, True),
    ],
)
def test_what_a_list_of_houses_means(text: str, number: str, sort_number: int, hit: bool) -> None:
    assert covers(parse(text), number, sort_number) is hit


@pytest.mark.parametrize(
    "text", ["1 3", "1 и 3", ",", "abc", "15-1", "1-15 красные", "дом у реки", "1--5", "12А-16", "1-15 нечётные 20"]
)
def test_a_list_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(HousesNotUnderstood) as refused:
        parse(text)
    assert refused.value.part == text


@given(first=st.integers(1, 300), length=st.integers(0, 300), number=st.integers(1, 700))
def test_odd_and_even_sides_share_a_range_out(first: int, length: int, number: int) -> None:
    sides = [covers(parse(f"{first}-{first + length} {word}"), str(number), number) for word in ("odd", "even")]
    assert sum(sides) == covers(parse(f"{first}-{first + length}"), str(number), number)


@pytest.fixture
def street(cast: Cast) -> dict[str, Resident]:
    """Садовая with houses 1 to 6, one resident each."""
    home = make_street("Садовая")
    residents = {}
    for number in range(1, 7):
        house = House.objects.create(street=home, number=str(number))
        account = make_account(f"002000{number}", flat=f"s{number}")
        account.premises = Premises.objects.create(house=house, number="1")
        account.save()
        residents[str(number)] = make_resident(f"sad{number}", account, last_name=f"Садов{number}", first_name="Иван")
    return residents


def draft(houses: str = "1–5 нечётные", **changed: object) -> Outage:
    values: dict[str, object] = {
        "kind": OutageKind.PLANNED,
        "services": [Service.COLD_WATER],
        "starts_at": START,
        "ends_at": END,
        "reason": "Меняем задвижку",
        "scopes": [Scope(make_street("Садовая").pk, houses)],
        "by": None,
    }
    return services.draft(**(values | changed))  # type: ignore[arg-type]


def notified() -> set[str]:
    return {message.user.username for message in Message.objects.filter(channel="inbox").select_related("user")}


def test_exactly_those_of_the_odd_houses_are_told_once(street: dict[str, Resident]) -> None:
    outage = services.publish(outage=draft(), moment=BEFORE)
    assert notified() == {"sad1", "sad3", "sad5"}
    assert Message.objects.filter(channel="email").count() == 3
    with pytest.raises(WrongState):
        services.publish(outage=outage, moment=BEFORE)
    assert Message.objects.count() == 6


def test_the_preview_counts_what_publishing_hits(street: dict[str, Resident]) -> None:
    preview = selectors.hit([Scope(make_street("Садовая").pk, "1–5 нечётные")])
    assert [(str(house.number), count) for house, count in preview.by_house] == [("1", 1), ("3", 1), ("5", 1)]
    services.publish(outage=draft(), moment=BEFORE)
    assert [hit.house for hit in OutageHouse.objects.order_by("house__sort_number")] == preview.houses


def test_a_range_is_compared_with_the_address_list(street: dict[str, Resident]) -> None:
    for number in ("3/1", "5к2", "7", "7А", "12А", "15", "16", "17"):
        House.objects.create(street=make_street("Садовая"), number=number)
    assert hit_by("1–15 нечётные") == {"1", "3", "5", "3/1", "5к2", "7", "7А", "15"}
    assert hit_by("12А, 3/1, 5к2, 7a, 40") == {"12А", "3/1", "5к2", "7А"}
    assert hit_by("чётные") == {"2", "4", "6", "12А", "16"}
    assert hit_by("16-20; 7") == {"16", "17", "7"}


def hit_by(houses: str) -> set[str]:
    return {house.number for house in selectors.houses_in([selectors.Scope(make_street("Садовая").pk, houses)])}


def test_a_draft_tells_nobody(street: dict[str, Resident]) -> None:
    draft()
    assert not Message.objects.exists()
    assert not selectors.planned(BEFORE).exists()


def test_somebody_with_two_flats_there_is_told_once(street: dict[str, Resident]) -> None:
    Holder.objects.create(account=street["3"].account, person=street["1"].person, since=SINCE)
    services.publish(outage=draft(), moment=BEFORE)
    assert Message.objects.filter(user=street["1"].user, channel="inbox").count() == 1


def test_who_moved_out_is_not_told(street: dict[str, Resident]) -> None:
    Holder.objects.filter(person=street["1"].person).update(until=dt.date(2026, 1, 1))
    services.publish(outage=draft(), moment=BEFORE)
    assert notified() == {"sad3", "sad5"}


def test_prolonged_they_are_told_again(street: dict[str, Resident]) -> None:
    outage = services.publish(outage=draft(), moment=BEFORE)
    outage = services.move(outage=outage, ends_at=END + dt.timedelta(hours=2))
    assert Message.objects.filter(user=street["1"].user, channel="inbox").count() == 2
    with pytest.raises(OutageEndUnchanged):
        services.move(outage=outage, ends_at=END + dt.timedelta(hours=2))


def test_ended_it_proposes_the_interruption_for_every_house(street: dict[str, Resident]) -> None:
    outage = services.publish(outage=draft(), moment=BEFORE)
    over = START + dt.timedelta(hours=6)
    services.end(outage=outage, ended_at=over, now=over)
    proposed = Interruption.objects.order_by("house__sort_number")
    assert [row.house.number for row in proposed] == ["1", "3", "5"]
    assert {(row.service, row.started_at, row.ended_at) for row in proposed} == {("cold_water", START, over)}
    with pytest.raises(WrongState):
        services.end(outage=outage, ended_at=over, now=over)


def test_called_off_they_are_told_and_it_is_shown_no_more(street: dict[str, Resident]) -> None:
    outage = services.publish(outage=draft(), moment=BEFORE)
    services.cancel(outage=outage)
    assert Message.objects.filter(user=street["1"].user, channel="inbox").count() == 2
    assert not selectors.shown().exists()


def test_nobody_in_the_scope(street: dict[str, Resident]) -> None:
    with pytest.raises(NobodyHit):
        services.publish(outage=draft("900-999"), moment=BEFORE)
    assert Outage.objects.get().state == OutageState.DRAFT


def test_it_cannot_end_before_it_begins(street: dict[str, Resident]) -> None:
    with pytest.raises(EndBeforeStart):
        draft(ends_at=START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outage.objects.create(starts_at=START, ends_at=START, reason="x")


def test_moments_of_another_year_are_refused(street: dict[str, Resident]) -> None:
    now = BEFORE
    for days, refusal in ((-93, BeganTooLongAgo), (367, EndsTooLate)):
        moment = now + dt.timedelta(days=days)
        start, end = (moment, END) if days < 0 else (START, moment)
        with pytest.raises(refusal):
            services.publish(outage=draft(starts_at=start, ends_at=end), moment=now)
    outage = services.publish(outage=draft(), moment=now)
    with pytest.raises(EndsTooLate):
        services.move(outage=outage, ends_at=START + dt.timedelta(days=367))


def test_now_planned_and_past(street: dict[str, Resident]) -> None:
    outage = services.publish(outage=draft(), moment=BEFORE)
    during, after = START + dt.timedelta(hours=1), END + dt.timedelta(hours=1)
    assert list(selectors.planned(BEFORE)) == [outage]
    assert list(selectors.current(during)) == [outage]
    assert list(selectors.current(after)) == [outage], "past its expected end it stands until somebody ends it"
    services.end(outage=outage, ended_at=after, now=after)
    assert list(selectors.past(after)) == [outage]
    assert not selectors.current(after).exists()


def test_the_banner_is_for_those_concerned(street: dict[str, Resident], cast: Cast) -> None:
    outage = services.publish(outage=draft(), moment=BEFORE)
    during = START + dt.timedelta(hours=1)
    shown = {
        name: selectors.banner_for(selectors.houses_of(user), during)
        for name, user in (("hit", street["1"].user), ("not hit", street["2"].user), ("stranger", cast.stranger.user))
    }
    assert shown == {"hit": [outage], "not hit": [], "stranger": []}
    assert list(selectors.concerned(street["3"].account, during)) == [outage]
    assert list(selectors.on_street(selectors.current(during), make_street("Садовая").pk)) == [outage]
    assert not selectors.on_street(selectors.current(during), make_street("Речная").pk).exists()


def test_a_street_of_many_is_told_by_few_queries(
    street: dict[str, Resident], django_assert_max_num_queries: object
) -> None:
    outage = draft("")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        services.publish(outage=outage, moment=BEFORE)
    assert Account.objects.filter(premises__house__street__name="Садовая").count() == len(notified()) == 6


def test_what_is_not_in_the_list_of_houses_is_said_before_anybody_is_told(street: dict[str, Resident]) -> None:
    scope = selectors.Scope(make_street("Садовая").pk, "1–3 нечётные, 99, 40–50")
    assert [part.rpartition(": ")[2] for part in selectors.hit([scope]).unknown] == ["99", "40–50"]


def test_a_house_that_came_later_was_not_told(street: dict[str, Resident]) -> None:
    outage = services.publish(outage=draft("1–9 нечётные"), moment=BEFORE)
    House.objects.create(street=make_street("Садовая"), number="7")
    assert [house.number for house in selectors.hit_when_announced(outage).houses] == ["1", "3", "5"]
    assert selectors.hit_when_announced(outage).accounts == 3


def test_the_same_form_sent_twice_is_one_outage(street: dict[str, Resident]) -> None:
    token = uuid.uuid4()
    assert draft(form_token=token) == draft(form_token=token)
    assert Outage.objects.count() == 1
    draft(form_token=uuid.uuid4())
    assert Outage.objects.count() == 2

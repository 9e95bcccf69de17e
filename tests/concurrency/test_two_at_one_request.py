"""Two dispatchers at one request, six residents at the last place of a slot: one gets it, the others are told."""

import pytest

from portal.accounts.models import User
from portal.service_requests.crews import services as calendar
from portal.service_requests.crews.models import Crew, CrewKind, Slot
from portal.service_requests.dispatch import services
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.models import DispatchEvent, DispatchRequest
from portal.service_requests.exceptions import ChangedMeanwhile, SlotTaken
from tests.concurrency.test_pay_twenty_times import at_once
from tests.people import make_cast, make_login
from tests.portal.service_requests.samples import NOW, slots


def sent_out(number: int) -> DispatchRequest:
    """One of two dispatchers sends a crew, having seen version 1."""
    return services.move(
        request=DispatchRequest.objects.get(),
        to=RequestState.ASSIGNED,
        version=1,
        moment=NOW,
        by=User.objects.get(username=f"dispatcher{number}"),
        crew=Crew.objects.get(name=f"Бригада {number}"),
    )


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control: the last one wins unseen"])
def test_the_second_dispatcher_is_told_who_was_first(
    own_database: object, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    anna = make_cast().anna
    for number in range(2):
        make_login(f"dispatcher{number}", staff=True)
        Crew.objects.create(name=f"Бригада {number}", kind=CrewKind.EMERGENCY)
    request = services.take_request(
        key="k",
        kind=RequestKind.NO_WATER,
        place=services.place_of(anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=NOW,
        author=anna.user,
    )
    if not guarded:
        assert [request.version for request in (_unseen(n) for n in range(2))] == [1, 1]
        assert DispatchRequest.objects.get().crew == Crew.objects.get(name="Бригада 1")
        return
    results = at_once(sent_out, 2)
    first = next(result for result in results if isinstance(result, DispatchRequest))
    second = next(result for result in results if isinstance(result, ChangedMeanwhile))
    assert first.crew is not None
    assert second.by == f"dispatcher{first.crew.name[-1]}"
    assert DispatchEvent.objects.filter(request=request, state=RequestState.ASSIGNED).count() == 1


def _unseen(number: int) -> DispatchRequest:
    """What a plain save does."""
    request = DispatchRequest.objects.get()
    request.state, request.crew = RequestState.ASSIGNED, Crew.objects.get(name=f"Бригада {number}")
    request.save()
    return request


def test_the_last_place_of_a_slot_goes_to_one(own_database: object) -> None:
    slot = slots(1)[0]
    results = at_once(lambda _n: calendar.take(slot_id=slot.pk, now=NOW), 6)
    assert sum(isinstance(result, SlotTaken) for result in results) == 5
    assert Slot.objects.get().booked == 1

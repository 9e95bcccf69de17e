"""Reads of dispatch: a resident's own requests; the dispatcher's list; the shift."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from portal.accounts.models import Account, House
from portal.accounts.own_time import in_own_time
from portal.core.formatting import moment_text
from portal.core.params import whole_number
from portal.service_requests.dispatch.enums import OPEN, TRANSITIONS, RequestState
from portal.service_requests.dispatch.models import DispatchEvent, DispatchRequest, RequestEventKind
from portal.service_requests.step_states import WithStepState
from portal.service_requests.terms import RequestTerms

LONGEST_INCIDENT = dt.timedelta(days=1)
"""No setting of the minutes reaches further back."""
DIGITS_OF_A_NUMBER = 7
"""So many digits alone are an account or a phone, however it is written."""
_PARTS_OF_ADDRESS = re.compile(r"(ул|улица|б-р|бульвар|пр|д|дом|кв|квартира)\.?", re.IGNORECASE)
DIGITS_OF_A_PHONE = 4
"""So many digits of a query may be a part of a phone number, however it is written."""


def requests_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[DispatchRequest]:
    """Requests for the accounts that a login holds, of their own time, newest first."""
    own = in_own_time(user, moment="received_at", author="author")
    return DispatchRequest.objects.filter(own).select_related("account", "crew", "outage")


@dataclass(frozen=True, slots=True)
class RequestStep(WithStepState):
    """A point of the time line: what, when, whose words."""

    title: str
    at: dt.datetime | None
    state: str
    texts: list[str] = field(default_factory=list)
    note: str = ""


_WAY = (RequestState.RECEIVED, RequestState.ON_THE_WAY, RequestState.WORKING, RequestState.DONE, RequestState.CLOSED)


def time_line(request: DispatchRequest) -> list[RequestStep]:
    """Return what happened to a request and what comes next, for its resident (one query)."""
    steps: list[RequestStep] = []
    public = request.events.exclude(
        kind__in=[RequestEventKind.NOTE, RequestEventKind.INCIDENT, RequestEventKind.RATING, RequestEventKind.EDIT]
    )
    for event in public:
        if event.kind == RequestEventKind.UNDONE:
            why = _("We were wrong: %(why)s") % {"why": event.text}
            steps.append(RequestStep(str(RequestState(event.state).label), event.at, "done", [why]))
        elif event.kind == RequestEventKind.STATE:
            steps.append(
                RequestStep(str(RequestState(event.state).label), event.at, "done", [event.text] if event.text else [])
            )
        elif event.kind == RequestEventKind.WORDS and steps:
            steps[-1].texts.append(event.text)
    if steps and request.state != RequestState.CLOSED:
        steps[-1] = replace(steps[-1], state="failed" if request.state == RequestState.REJECTED else "now")
    return steps + [
        RequestStep(str(state.label), None, "ahead", note=_note(state, request)) for state in _ahead(request)
    ]


def _note(state: RequestState, request: DispatchRequest) -> str:
    """Return what is known of a step that has not come."""
    if state == RequestState.DONE and request.promised_at is not None:
        return _("by %(moment)s") % {"moment": moment_text(request.promised_at)}
    return _("after you confirm that it helped, or automatically") if state == RequestState.CLOSED else ""


def _ahead(request: DispatchRequest) -> Sequence[RequestState]:
    if request.state in {RequestState.CLOSED, RequestState.REJECTED}:
        return ()
    state = RequestState.RECEIVED if request.state == RequestState.ASSIGNED else RequestState(request.state)
    return _WAY[_WAY.index(state) + 1 :]


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """Filters of the list of requests."""

    query: str = ""
    kind: str = ""
    state: str = "open"
    house: int | None = None
    crew: int | None = None


def dispatcher_list(filters: RequestFilters) -> QuerySet[DispatchRequest]:
    """Requests for the dispatcher: open ones urgent first and oldest first; past ones newest first."""
    requests = DispatchRequest.objects.select_related("crew", "incident", "outage", "house__street")
    wanted = {"kind": filters.kind, "house_id": filters.house, "crew_id": filters.crew}
    requests = requests.filter(**{name: value for name, value in wanted.items() if value not in {None, ""}})
    if filters.query:
        requests = requests.filter(_search(filters.query))
    if filters.state == "open":
        return requests.filter(state__in=OPEN).order_by("-urgent", "received_at", "pk")
    if filters.state:
        requests = requests.filter(state=filters.state)
    return requests.order_by("-received_at", "-pk")


def _search(query: str) -> Q:
    condition = Q(address__icontains=query) | Q(caller__icontains=query) | Q(text__icontains=query)
    digits = "".join(letter for letter in query if letter.isdigit())
    if len(digits) >= DIGITS_OF_A_PHONE:
        condition |= Q(phone__contains=digits) | Q(phone__contains=digits.removeprefix("8"))
    number = whole_number(query)
    if number is not None and number > 10_000:
        condition |= Q(pk=number - 10_000)
    return condition


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes since receipt against the norm, stopped when work began or the request was over."""

    minutes: int
    norm: int

    @property
    def late(self) -> bool:
        """Whether the norm is past."""
        return self.minutes > self.norm

    @property
    def left(self) -> int:
        """Minutes left, negative when late."""
        return self.norm - self.minutes


def clock_of(request: DispatchRequest, at: dt.datetime) -> Clock:
    """The clock of a request as it stood at a moment; a reopened one is counted from its reopening.

    What happened later does not count: a report of a past shift says the same whenever it is made.
    """
    begun = request.counted_from
    over = None if request.is_open else request.changed_at
    stopped = min(moment for moment in (request.started_at or over, at) if moment is not None)
    norm = request.norm_until - begun
    return Clock(int((stopped - begun).total_seconds() // 60), int(norm.total_seconds() // 60))


def steps_together(requests: Iterable[DispatchRequest]) -> list[RequestState]:
    """Steps that some request of an incident can go, in the order of the work."""
    possible = {state for request in requests for state in next_states(request)}
    return [state for state in RequestState if state in possible and state != RequestState.CLOSED]


def next_states(request: DispatchRequest) -> tuple[RequestState, ...]:
    """States that the dispatcher can choose by one click."""
    return tuple(
        state for state in TRANSITIONS[request.state] if state not in {RequestState.RECEIVED, RequestState.REJECTED}
    )


@dataclass(frozen=True, slots=True)
class Joinable:
    """Several open requests of one house within the hour."""

    house: House
    requests: list[DispatchRequest]


def joinable(now: dt.datetime) -> list[Joinable]:
    """Houses from which several requests came within the set minutes and are no incident yet (one query)."""
    recent = DispatchRequest.objects.filter(
        state__in=OPEN, house__isnull=False, received_at__gte=now - LONGEST_INCIDENT
    ).select_related("house__street")
    minutes = Subquery(RequestTerms.objects.order_by("pk").values("incident_minutes")[:1])
    groups: dict[int, list[DispatchRequest]] = {}
    for request in recent.annotate(minutes=minutes).order_by("received_at"):
        within = request.minutes if request.minutes is not None else RequestTerms().incident_minutes
        if request.received_at >= now - dt.timedelta(minutes=within):
            groups.setdefault(request.house_id or 0, []).append(request)
    return [Joinable(group[0].house, group) for group in groups.values() if group[0].house and _apart(group)]


def _apart(group: Sequence[DispatchRequest]) -> bool:
    """Whether requests are not one incident yet."""
    return len(group) > 1 and (len({request.incident_id for request in group}) > 1 or group[0].incident_id is None)


@dataclass(frozen=True, slots=True)
class Shift:
    """Report of a shift: counts, and every request that came or was worked on, with its clock at the shift's end.

    `late` counts the rows whose clock is past the norm. A shift that runs is looked at as of now.
    """

    since: dt.datetime
    until: dt.datetime
    received: int
    finished: int
    late: int
    left_open: int
    by_kind: list[tuple[str, int]]
    rows: list[tuple[DispatchRequest, Clock]]


def shift(since: dt.datetime, until: dt.datetime, *, now: dt.datetime) -> Shift:
    """The shift from a moment (inclusive) to a moment (exclusive), as it stood at its end, or stands now."""
    at = min(until, now)
    touched = DispatchRequest.objects.filter(
        Q(received_at__gte=since, received_at__lt=until) | Q(events__at__gte=since, events__at__lt=until)
    )
    requests = list(touched.select_related("crew").distinct().order_by("received_at"))
    came = [request for request in requests if since <= request.received_at < until]
    undone = DispatchEvent.objects.filter(
        request=OuterRef("request"), kind=RequestEventKind.UNDONE, pk__gt=OuterRef("pk"), at__lt=until
    )
    done = DispatchEvent.objects.filter(
        kind=RequestEventKind.STATE, state=RequestState.DONE, at__gte=since, at__lt=until
    )
    rows = [(request, clock_of(request, at)) for request in requests]
    kinds = Counter(str(request.get_kind_display()) for request in came)
    return Shift(
        since=since,
        until=until,
        received=len(came),
        finished=done.exclude(Exists(undone)).values("request").distinct().count(),
        late=sum(time.late for _request, time in rows),
        left_open=DispatchRequest.objects.filter(state__in=OPEN, received_at__lt=until).count(),
        by_kind=kinds.most_common(),
        rows=rows,
    )


def counts() -> dict[str, int]:
    """Return how many requests are in each state that is open (one query)."""
    rows = DispatchRequest.objects.filter(state__in=OPEN).order_by().values_list("state")
    return dict(rows.annotate(count=Count("pk")))


def open_in_house(account: Account) -> list[DispatchRequest]:
    """Open requests of an account's house, the oldest first: the caller may tell of the same."""
    return list(DispatchRequest.objects.filter(house=account.premises.house_id, state__in=OPEN).order_by("received_at"))


def callers(query: str, *, most: int = 8) -> list[Account]:
    """Open accounts by words of the address, the holder's name, the number or the phone, with address and holders."""
    accounts = Account.objects.with_address().filter(closed_on=None).prefetch_related("holders__person")
    digits = "".join(letter for letter in query if letter.isdigit())
    if len(digits) >= DIGITS_OF_A_NUMBER and not any(letter.isalpha() for letter in query):
        holders = Q(holders__until=None, holders__person__phone__contains=digits[-10:])
        return list(accounts.filter(Q(number=digits) | holders).distinct()[:most])
    typed = [word for word in re.split(r"[\s,]+", query) if word and not _PARTS_OF_ADDRESS.fullmatch(word)]
    for word in typed:
        accounts = accounts.filter(
            Q(number__startswith=word)
            | Q(premises__house__street__name__icontains=word)
            | Q(premises__house__number__iexact=word)
            | Q(premises__number__iexact=word)
            | Q(holders__until=None, holders__person__last_name__icontains=word)
        )
    return list(accounts.distinct().order_by("number")[:most]) if typed else []

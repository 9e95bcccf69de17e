"""A request is taken, moves from state to state, is confirmed or reopened once; all of it is history."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F

from portal.accounts.models import Account, House
from portal.core.formatting import moment_text
from portal.core.models import PrivateFile
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend
from portal.service_requests.crews.models import Crew
from portal.service_requests.dispatch import notifications
from portal.service_requests.dispatch.enums import OPEN, TRANSITIONS, RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.exceptions import (
    CrewMissing,
    MomentMissing,
    PhoneMissing,
    ReasonMissing,
    ReopenedAlready,
    SimilarRequestExists,
    TooManyPhotos,
)
from portal.service_requests.dispatch.models import (
    DispatchEvent,
    DispatchPhoto,
    DispatchRequest,
    Incident,
    RequestEventKind,
)
from portal.service_requests.dispatch.norms import norm_of
from portal.service_requests.exceptions import ChangedMeanwhile, WrongState
from portal.service_requests.phones import normalised
from portal.service_requests.terms import RequestTerms

MAX_PHOTOS = 5
SIMILAR_WITHIN = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlace:
    """Place of a request: an account, a house, or free text."""

    address: str
    account: Account | None = None
    house: House | None = None
    description: str = ""


def place_of(account: Account, description: str = "") -> RequestPlace:
    """The place of an account; needs its address loaded."""
    return RequestPlace(
        address=account.premises.address, account=account, house=account.premises.house, description=description
    )


def take_request(
    *,
    key: str,
    kind: RequestKind,
    place: RequestPlace,
    text: str,
    phone: str,
    moment: dt.datetime,
    author: AbstractBaseUser | None,
    source: RequestSource = RequestSource.CABINET,
    caller: str = "",
    photos: Sequence[PrivateFile] = (),
    sender: Sender | None = None,
    another: bool = False,
    outage_id: int | None = None,
) -> DispatchRequest:
    """Take a request; the same form (`key`) sent twice is one request. `phone` may be written in any way.

    A caller on the telephone may give no number: `phone` is empty then. `outage_id` is the announced outage that
    explains it (`outages.selectors.known_outage`): the dispatcher sees it at the request.

    A resident's `sender` is counted, and offered what they sent of the same kind and place within 15 minutes unless
    they say that it is `another` accident. Raises PhoneMissing, PhoneNotUnderstood, TooManyPhotos,
    SimilarRequestExists, RateLimited.
    """
    if len(photos) > MAX_PHOTOS:
        raise TooManyPhotos(str(len(photos)))
    number = require_number(phone, source=source)
    existing = DispatchRequest.objects.filter(key=key).first()
    if existing is not None:
        return existing
    if sender is not None and not another:
        _require_no_similar(kind, place, author, moment)
    request = _new_request(kind, place, moment)
    request.key, request.source, request.outage_id = key, source, outage_id
    request.text, request.caller, request.phone = text, caller, number
    request.author_id = author.pk if author else None
    try:
        with transaction.atomic():
            if sender is not None:
                spend(Action.DISPATCH, sender=sender)
            request.save(force_insert=True)
            DispatchPhoto.objects.bulk_create([DispatchPhoto(request=request, file=photo) for photo in photos])
            record_event(request, RequestEventKind.STATE, moment, author, state=RequestState.RECEIVED)
    except IntegrityError:
        return DispatchRequest.objects.get(key=key)
    return request


def _new_request(kind: RequestKind, place: RequestPlace, moment: dt.datetime) -> DispatchRequest:
    """A request, not stored yet, with the norm of its kind."""
    norm = norm_of(kind)
    return DispatchRequest(
        kind=kind,
        account=place.account,
        house=place.house,
        address=place.address,
        place=place.description,
        urgent=norm.urgent,
        received_at=moment,
        changed_at=moment,
        norm_until=moment + dt.timedelta(minutes=norm.minutes),
    )


def require_number(phone: str, *, source: str) -> str:
    """A phone as «+79161234567», empty where a caller gave none. Raises PhoneMissing, PhoneNotUnderstood."""
    if phone.strip():
        return normalised(phone)
    if source != RequestSource.PHONE:
        raise PhoneMissing
    return ""


def _require_no_similar(
    kind: RequestKind, place: RequestPlace, author: AbstractBaseUser | None, moment: dt.datetime
) -> None:
    existing = DispatchRequest.objects.filter(
        author_id=author.pk if author else None,
        kind=kind,
        account=place.account,
        place=place.description,
        state__in=OPEN,
        received_at__gt=moment - SIMILAR_WITHIN,
    ).first()
    if existing is not None:
        raise SimilarRequestExists(existing)


def record_event(
    request: DispatchRequest,
    kind: RequestEventKind,
    moment: dt.datetime,
    by: AbstractBaseUser | None,
    *,
    state: str = "",
    text: str = "",
    notify: bool = True,
) -> DispatchEvent:
    """Add a line to the history of a request; unless `notify` is False the holders of its account are told."""
    event = DispatchEvent.objects.create(
        request=request, kind=kind, state=state, text=text, at=moment, by_id=by.pk if by else None
    )
    if notify:
        notifications.notify_event(request, event)
    return event


def current_request(request: DispatchRequest, version: int) -> DispatchRequest:
    """The request as it is stored, with account and house. Raises ChangedMeanwhile unless it has this version."""
    current = DispatchRequest.objects.select_related("account", "house").get(pk=request.pk)
    if current.version != version:
        raise _changed_meanwhile(current)
    return current


def _changed_meanwhile(request: DispatchRequest) -> ChangedMeanwhile:
    last = DispatchEvent.objects.filter(request=request).select_related("by").order_by("-pk").first()
    return ChangedMeanwhile(by=str(last.by) if last and last.by else "")


def update(request: DispatchRequest, version: int, **values: object) -> DispatchRequest:
    """Change the row only if nobody did since it was shown. Raises ChangedMeanwhile."""
    changed = DispatchRequest.objects.filter(pk=request.pk, version=version).update(version=F("version") + 1, **values)
    if not changed:
        raise _changed_meanwhile(request)
    return DispatchRequest.objects.select_related("account", "crew", "house__street").get(pk=request.pk)


@transaction.atomic
def move(
    *,
    request: DispatchRequest,
    to: RequestState,
    version: int,
    by: AbstractBaseUser | None,
    moment: dt.datetime,
    crew: Crew | None = None,
    text: str = "",
    promised_at: dt.datetime | None = None,
) -> DispatchRequest:
    """Take a request to its next state; `version` is the one that was on the screen.

    `text` is told to the resident; a rejection needs it as its reason. Raises WrongState, CrewMissing,
    ReasonMissing, ChangedMeanwhile.
    """
    current = current_request(request, version)
    if to not in TRANSITIONS[current.state]:
        raise WrongState(current.state)
    if to == RequestState.REJECTED and not text.strip():
        raise ReasonMissing
    if to == RequestState.ASSIGNED and crew is None:
        raise CrewMissing
    values: dict[str, object] = {"state": to, "changed_at": moment}
    if crew is not None:
        values["crew"] = crew
    if promised_at is not None:
        values["promised_at"] = promised_at
    if to == RequestState.WORKING and current.started_at is None:
        values["started_at"] = moment
    if to == RequestState.REJECTED:
        values["reason"] = text[:250]
    changed = update(request, version, **values)
    record_event(changed, RequestEventKind.STATE, moment, by, state=to, text=text)
    return changed


@transaction.atomic
def reassign(
    *, request: DispatchRequest, crew: Crew, version: int, by: AbstractBaseUser, moment: dt.datetime
) -> DispatchRequest:
    """Give an open request to another crew; from RECEIVED it is assigned. Raises WrongState, ChangedMeanwhile."""
    if request.state == RequestState.RECEIVED:
        return move(request=request, to=RequestState.ASSIGNED, version=version, by=by, moment=moment, crew=crew)
    if request.state not in OPEN:
        raise WrongState(request.state)
    changed = update(request, version, crew=crew, state=RequestState.ASSIGNED, changed_at=moment)
    record_event(
        changed, RequestEventKind.STATE, moment, by, state=RequestState.ASSIGNED, text=f"Другая бригада: {crew.name}."
    )
    return changed


@transaction.atomic
def promise(
    *, request: DispatchRequest, until: dt.datetime, version: int, by: AbstractBaseUser, moment: dt.datetime
) -> DispatchRequest:
    """Tell the resident until when it will be done. Raises WrongState, MomentMissing (it is past), ChangedMeanwhile."""
    if request.state not in OPEN:
        raise WrongState(request.state)
    if until <= moment:
        raise MomentMissing
    changed = update(request, version, promised_at=until)
    record_event(changed, RequestEventKind.TERM, moment, by, text=moment_text(until))
    return changed


@transaction.atomic
def say(
    *, request: DispatchRequest, text: str, public: bool, by: AbstractBaseUser, moment: dt.datetime
) -> DispatchEvent:
    """Add the crew's words to the resident, or a note for colleagues."""
    kind = RequestEventKind.WORDS if public else RequestEventKind.NOTE
    return record_event(request, kind, moment, by, text=text, notify=public)


@transaction.atomic
def confirm(*, request: DispatchRequest, by: AbstractBaseUser | None, moment: dt.datetime) -> DispatchRequest:
    """The resident says that it helped. A repeat is harmless. Raises WrongState."""
    if request.state == RequestState.CLOSED:
        return request
    return move(request=request, to=RequestState.CLOSED, version=request.version, by=by, moment=moment)


@transaction.atomic
def reopen(*, request: DispatchRequest, text: str, by: AbstractBaseUser, moment: dt.datetime) -> DispatchRequest:
    """The resident says that it did not help; once. The clock starts anew. Raises WrongState, ReopenedAlready."""
    if request.state != RequestState.DONE:
        raise WrongState(request.state)
    if request.reopened:
        raise ReopenedAlready(request.number)
    norm = norm_of(request.kind)
    changed = update(
        request,
        request.version,
        state=RequestState.RECEIVED,
        reopened=True,
        changed_at=moment,
        started_at=None,
        promised_at=None,
        urgent=True,
        norm_until=moment + dt.timedelta(minutes=norm.minutes),
    )
    record_event(changed, RequestEventKind.STATE, moment, by, state=RequestState.RECEIVED, text=text)
    return changed


@transaction.atomic
def rate(
    *, request: DispatchRequest, mark: int, text: str, by: AbstractBaseUser, moment: dt.datetime
) -> DispatchRequest:
    """The resident's mark, 1 to 5, of a request that is done or closed. Raises WrongState."""
    if request.state not in {RequestState.DONE, RequestState.CLOSED}:
        raise WrongState(request.state)
    DispatchRequest.objects.filter(pk=request.pk).update(rating=mark, rating_text=text[:500])
    record_event(request, RequestEventKind.RATING, moment, by, text=str(mark), notify=False)
    request.rating, request.rating_text = mark, text
    return request


def close_unanswered(*, moment: dt.datetime) -> int:
    """Close what was done so many days ago and nobody answered; returns how many. A repeat adds nothing."""
    before = moment - dt.timedelta(days=RequestTerms.load().confirm_days)
    waiting = DispatchRequest.objects.filter(state=RequestState.DONE, changed_at__lte=before)
    closed = 0
    for request in waiting.select_related("account").order_by("pk"):
        try:
            confirm(request=request, by=None, moment=moment)
        except ChangedMeanwhile:
            continue
        closed += 1
    return closed


@transaction.atomic
def join(*, requests: Sequence[DispatchRequest], by: AbstractBaseUser, moment: dt.datetime) -> Incident:
    """Make one incident of several open requests; if one belongs to an incident already, the others join it."""
    existing = next((request.incident for request in requests if request.incident_id), None)
    first = min(requests, key=lambda request: request.received_at)
    incident = existing or Incident.objects.create(
        house=first.house, kind=first.kind, opened_at=moment, opened_by_id=by.pk
    )
    for request in requests:
        if request.incident_id != incident.pk:
            DispatchRequest.objects.filter(pk=request.pk).update(incident=incident)
            record_event(request, RequestEventKind.INCIDENT, moment, by, text=str(incident), notify=False)
    return incident


@transaction.atomic
def move_incident(
    *,
    incident: Incident,
    to: RequestState,
    by: AbstractBaseUser,
    moment: dt.datetime,
    crew: Crew | None = None,
    text: str = "",
) -> int:
    """Take every request of an incident that can go there to a state; returns how many went."""
    moved = 0
    for request in incident.requests.select_related("account"):
        if to in TRANSITIONS[request.state]:
            move(
                request=request,
                to=to,
                version=request.version,
                by=by,
                moment=moment,
                crew=crew or request.crew,
                text=text,
            )
            moved += 1
    return moved

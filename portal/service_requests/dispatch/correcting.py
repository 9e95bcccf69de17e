"""Corrections of mistakes: the request's facts, and a "done" that was none. All is history."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.accounts.models import Account
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.exceptions import NothingCorrected, ReasonMissing
from portal.service_requests.dispatch.models import DispatchRequest, RequestEventKind
from portal.service_requests.dispatch.norms import norm_of
from portal.service_requests.dispatch.services import current_request, place_of, record_event, require_number, update
from portal.service_requests.exceptions import WrongState

CORRECTABLE = (
    RequestState.RECEIVED,
    RequestState.ASSIGNED,
    RequestState.ON_THE_WAY,
    RequestState.WORKING,
    RequestState.DONE,
)
UNDONE_TO: Mapping[str, RequestState] = {
    RequestState.DONE: RequestState.WORKING,
    RequestState.REJECTED: RequestState.RECEIVED,
}
TITLES = {
    "kind": "Вид",
    "account": "Лицевой счёт",
    "address": "Адрес",
    "place": "Место",
    "text": "Что случилось",
    "caller": "Кто звонил",
    "phone": "Телефон",
}
FOR_STAFF_ONLY = {"caller", "phone"}
"""Corrections that the resident is not notified of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """Facts of a request as corrected; an account brings its own address."""

    kind: RequestKind
    address: str
    text: str
    account: Account | None = None
    place: str = ""
    caller: str = ""
    phone: str = ""


@transaction.atomic
def correct(
    *, request: DispatchRequest, facts: RequestFacts, version: int, by: AbstractBaseUser, moment: dt.datetime
) -> DispatchRequest:
    """Put the facts of a request right; what was and what is goes into its history, and the resident is told.

    Another kind brings its own norm, counted from the same moment. `version` is the one that was on the screen. Raises
    WrongState (closed or rejected), NothingCorrected, PhoneNotUnderstood, PhoneMissing, ChangedMeanwhile.
    """
    current = current_request(request, version)
    if current.state not in CORRECTABLE:
        raise WrongState(current.state)
    values = _values(current, facts)
    changes = {
        name: (getattr(current, name), value) for name, value in values.items() if getattr(current, name) != value
    }
    named = {name: pair for name, pair in changes.items() if name in TITLES}
    if not named:
        raise NothingCorrected(current.number)
    changed = update(current, version, **{name: pair[1] for name, pair in changes.items()})
    text = "; ".join(f"{TITLES[name]}: {_shown(name, old)} → {_shown(name, new)}" for name, (old, new) in named.items())
    record_event(
        changed, RequestEventKind.EDIT, moment, by, text=text[:1000], notify=bool(named.keys() - FOR_STAFF_ONLY)
    )
    return changed


def _values(current: DispatchRequest, facts: RequestFacts) -> dict[str, object]:
    place = place_of(facts.account, facts.place) if facts.account is not None else None
    same_house = current.house if current.account is None and facts.address == current.address else None
    values: dict[str, object] = {
        "kind": facts.kind,
        "text": facts.text,
        "caller": facts.caller,
        "phone": require_number(facts.phone, source=current.source),
        "account": facts.account,
        "house": place.house if place else same_house,
        "address": place.address if place else facts.address,
        "place": facts.place,
    }
    if facts.kind != current.kind:
        norm = norm_of(facts.kind)
        values["urgent"] = norm.urgent or current.reopened
        values["norm_until"] = current.counted_from + dt.timedelta(minutes=norm.minutes)
    return values


def _shown(name: str, value: object) -> str:
    if name == "kind":
        return str(RequestKind(str(value)).label)
    return f"«{value}»" if value else "нет"


@transaction.atomic
def undo(
    *, request: DispatchRequest, reason: str, version: int, by: AbstractBaseUser, moment: dt.datetime
) -> DispatchRequest:
    """Take back "done" (the crew is working again) or a rejection (received again), with a reason.

    The resident, who was told the contrary, is told why. Raises WrongState, ReasonMissing, ChangedMeanwhile.
    """
    current = current_request(request, version)
    to = UNDONE_TO.get(current.state)
    if to is None:
        raise WrongState(current.state)
    if not reason.strip():
        raise ReasonMissing
    changed = update(current, version, state=to, changed_at=moment, reason="")
    record_event(changed, RequestEventKind.UNDONE, moment, by, state=to, text=reason.strip()[:1000])
    return changed

"""Requests of residents about their own data: another name, closing of the login. One of a kind at a time."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import translation

from portal.accounts import audit
from portal.accounts.enums import PersonalRequestKind, PersonalRequestState
from portal.accounts.exceptions import RequestDecided, RequestWaits
from portal.accounts.models import Person, PersonalRequest, User
from portal.accounts.notifications import PERSONAL_REQUEST_DECIDED, notify_profile_changed
from portal.accounts.services import logins
from portal.core.models import PrivateFile

ANSWER_WITHIN = dt.timedelta(days=10)
NAMES = ("last_name", "first_name", "patronymic")


def ask(
    *,
    person: Person,
    kind: str,
    moment: dt.datetime,
    wanted: dict[str, str] | None = None,
    comment: str = "",
    document: PrivateFile | None = None,
) -> PersonalRequest:
    """Put a request before the office; answered within ten days (152-ФЗ, art. 20, 21). Raises RequestWaits."""
    try:
        with transaction.atomic():
            request = PersonalRequest.objects.create(
                person=person,
                kind=kind,
                wanted=wanted or {},
                comment=comment,
                document=document,
                asked_at=moment,
                answer_by=(moment + ANSWER_WITHIN).date(),
            )
            audit.changed(person, by=person.user, what=f"Запрос в офис: {request.get_kind_display()}")
    except IntegrityError as error:
        raise RequestWaits(kind) from error
    return request


@transaction.atomic
def decide(*, request_id: int, done: bool, answer: str, by: User, moment: dt.datetime) -> PersonalRequest:
    """Do what was asked, or refuse it with a reason; the resident is told. Raises RequestDecided."""
    state = PersonalRequestState.DONE if done else PersonalRequestState.REFUSED
    waiting = PersonalRequest.objects.filter(pk=request_id, state=PersonalRequestState.WAITING)
    if not waiting.update(state=state, answer=answer, decided_at=moment, decided_by=by):
        raise RequestDecided(request_id)
    request = PersonalRequest.objects.select_related("person__user").get(pk=request_id)
    if done:
        _carry_out(request, by)
    with translation.override("ru"):
        description = f"Обращение о личных данных: {request.get_kind_display()}"
        audit.decided(request.person, by=by, what=description, after=f"{request.get_state_display()}. {answer}")
    if request.person.user is not None:
        notify_profile_changed(
            PERSONAL_REQUEST_DECIDED,
            user=request.person.user,
            event=f"personal-request:{request.pk}",
            request=PersonalRequestKind(request.kind).label,
            decision=state.label,
            answer=answer,
        )
    return request


def _carry_out(request: PersonalRequest, by: User) -> None:
    person = request.person
    if request.kind == PersonalRequestKind.CLOSE:
        if person.user is not None:
            logins.close_login(user=person.user, by=by)
        return
    before = person.full_name
    for name in NAMES:
        if name in request.wanted:
            setattr(person, name, request.wanted[name])
    person.save(update_fields=list(NAMES))
    audit.changed(person, by=by, what="Имя", before=before, after=person.full_name)

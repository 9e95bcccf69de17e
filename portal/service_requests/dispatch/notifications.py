"""What residents are told of their requests."""

from portal.accounts.recipients import holders_on
from portal.core.clock import MOSCOW
from portal.core.formatting import moment_text
from portal.notifications.enums import Kind
from portal.notifications.services import notify
from portal.service_requests.dispatch.enums import State
from portal.service_requests.dispatch.models import DispatchEvent, DispatchRequest, EventKind

_STATES = {
    State.RECEIVED: "приняли",
    State.ASSIGNED: "назначили бригаду",
    State.ON_THE_WAY: "бригада выехала",
    State.WORKING: "бригада на месте",
    State.DONE: "работы закончены",
    State.CLOSED: "закрыта",
    State.REJECTED: "отклонена",
}
_OTHER = {EventKind.WORDS: "сообщение бригады", EventKind.TERM: "новый срок", EventKind.EDIT: "уточнили заявку"}
_UNDONE = {
    State.WORKING: "работы ещё не закончены",
    State.RECEIVED: "вернули в работу",
}
_NEXT = {
    State.RECEIVED: "Сообщим, когда выедет бригада.",
    State.DONE: "Проверьте и подтвердите в кабинете. Если не помогло, верните заявку в работу.",
}


def notify_event(request: DispatchRequest, event: DispatchEvent) -> int:
    """Tell the holders of the account of an event; callers without an account are phoned."""
    if request.account is None:
        return 0
    shown = _shown(event)
    sentences = [f"{request.get_kind_display()}, {request.address}: {shown}."]
    if event.text and event.kind != EventKind.TERM:
        sentences.append(event.text)
    if request.promised_at is not None and request.is_open:
        sentences.append(f"Обещаем закончить до {moment_text(request.promised_at)}.")
    if event.kind == EventKind.UNDONE:
        sentences.append("Прошлое сообщение было ошибкой, извините.")
    elif event.state in _NEXT:
        sentences.append(_NEXT[State(event.state)])
    return notify(
        kind=Kind.REQUEST_CHANGED,
        event=f"dispatch:{request.pk}:{event.pk}",
        recipients=holders_on(request.account, request.received_at.astimezone(MOSCOW).date()),
        context={"number": request.number, "state": shown, "text": " ".join(sentences)},
        link=f"/personal/requests/{request.pk}/",
    )


def _shown(event: DispatchEvent) -> str:
    if event.kind == EventKind.UNDONE:
        return _UNDONE[State(event.state)]
    return _STATES[State(event.state)] if event.state else _OTHER[EventKind(event.kind)]

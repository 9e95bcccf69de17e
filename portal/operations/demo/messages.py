"""What the demo's past was told of was told then, by letters that went out; nothing of it waits."""

import datetime as dt
from collections.abc import Iterator, Mapping

from cms_pages.complaints.models import Complaint
from portal.billing.enums import Step
from portal.billing.models import CalendarStep
from portal.billing.receipts.models import Receipt
from portal.core.clock import MOSCOW
from portal.core.periods import Period
from portal.notifications.enums import Kind, State
from portal.notifications.models import Message
from portal.operations.demo.world import World
from portal.payments.models import Payment, Refund
from portal.service_requests.commissioning.models import ApplicationEvent
from portal.service_requests.dispatch.models import DispatchEvent
from portal.service_requests.outages.models import Outage
from portal.service_requests.support.models import SupportMessage

EARLY = dt.time(8, 30)
"""When the day's watch told of what has no moment of its own."""
TOLD = {Step.WINDOW_OPENS.value: Kind.WINDOW_OPENS, Step.REMINDER.value: Kind.READINGS_REMINDER}


def load(world: World) -> None:
    """Date every message by its fact, and send what waits."""
    facts, otherwise = dict(_facts()), dt.datetime.combine(world.today, EARLY, tzinfo=MOSCOW)
    messages = list(Message.objects.only("pk", "event", "channel"))
    for message in messages:
        message.created_at = message.sent_at = _moment(message.event, facts) or otherwise
        message.state = State.SENT
    Message.objects.bulk_update(messages, ["created_at", "sent_at", "state"], batch_size=200)


def _moment(event: str, facts: Mapping[str, dt.datetime]) -> dt.datetime | None:
    """The moment of the event itself, or of the thing that it is about."""
    parts = event.split(":")
    known = (facts.get(":".join(parts[:length])) for length in range(len(parts), 1, -1))
    return next((moment for moment in known if moment is not None), None)


def _facts() -> Iterator[tuple[str, dt.datetime]]:
    """An event, or the thing that events are about, and when it was."""
    for event in DispatchEvent.objects.all():
        yield f"dispatch:{event.request_id}:{event.pk}", event.at
    for step in ApplicationEvent.objects.all():
        yield f"commissioning:{step.application_id}:{step.pk}", step.at
    for outage in Outage.objects.exclude(published_at=None):
        yield f"outage:{outage.pk}", outage.published_at or outage.starts_at
        if outage.ended_at is not None:
            yield f"outage:{outage.pk}:{outage.revision}", outage.ended_at
    for done in CalendarStep.objects.filter(step__in=TOLD):
        yield f"{TOLD[done.step]}:{Period.of(done.period)}", done.ran_at
    yield from _money()
    for complaint in Complaint.objects.all():
        yield f"complaint:{complaint.pk}", complaint.received_at
        if complaint.answered_at is not None:
            yield f"complaint:{complaint.pk}:answered", complaint.answered_at
    for message in SupportMessage.objects.select_related("question"):
        yield f"support:{message.question_id}:received", message.question.asked_at
        yield f"support:{message.question_id}:message:{message.pk}", message.written_at


def _money() -> Iterator[tuple[str, dt.datetime]]:
    told = Message.objects.filter(event__startswith="receipt:").values_list("event", flat=True).distinct()
    ids = [int(event.partition(":")[2]) for event in told]
    for receipt in Receipt.objects.filter(pk__in=ids):
        yield f"receipt:{receipt.pk}", dt.datetime.combine(receipt.issued_on, EARLY, tzinfo=MOSCOW)
    for payment in Payment.objects.all():
        yield f"payment:{payment.pk}", payment.closed_at or payment.created_at
    for refund in Refund.objects.all():
        yield f"refund:{refund.pk}", refund.closed_at or refund.created_at

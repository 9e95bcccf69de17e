"""Notifications of the demo's past, marked as sent."""

import datetime as dt

from django.db.models import F

from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.operations.demo.world import World

WITH_FULL_MAILBOX = "vera"
"""A resident of the demo who asked support why no letters came."""
MAILBOX_FULL = "SMTPRecipientsRefused: 552 5.2.2 mailbox is full"
UNREAD_DAYS = 4
"""What came in so many days is still unread in the demo's inboxes."""


def load(world: World) -> None:
    """Send what waits, each letter when it was written; residents have opened what is not of the last days."""
    Message.objects.exclude(state=MessageState.SENT).update(state=MessageState.SENT, sent_at=F("created_at"))
    full = Message.objects.filter(
        address=f"{WITH_FULL_MAILBOX}@mail.example",
        channel=DeliveryChannel.EMAIL,
        created_at__range=(world.time(-40, 0), world.time(-6, 0)),
    )
    full.update(state=MessageState.FAILED, sent_at=None, attempts=1, error=MAILBOX_FULL)
    old = Message.objects.filter(channel=DeliveryChannel.INBOX, created_at__lt=world.time(-UNREAD_DAYS, 0))
    old.update(read_at=F("created_at") + dt.timedelta(hours=9, minutes=25))

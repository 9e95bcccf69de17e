"""The inbox, from its owner's side."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from portal.notifications.enums import Channel
from portal.notifications.models import Message


def inbox(user: AbstractBaseUser) -> QuerySet[Message]:
    """What a login was told in the cabinet, newest first."""
    return Message.objects.filter(user_id=user.pk, channel=Channel.INBOX)


def unread_count(user: AbstractBaseUser) -> int:
    """How many of them were not opened (one query)."""
    return inbox(user).filter(read_at=None).count()

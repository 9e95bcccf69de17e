"""Telling the owner of a login that somebody guesses its password or its codes: once a day of each."""

import datetime as dt

from django.db import transaction

from portal.accounts.enums import ThrottleScope
from portal.accounts.models import AccessSettings, User
from portal.accounts.notifications import GUESSING, notify_guessing
from portal.notifications.models import Message

REPEATED_AFTER = dt.timedelta(days=1)


@transaction.atomic
def notify_owner(*, user_id: int, scope: ThrottleScope, moment: dt.datetime) -> int:
    """Tell the owner by letter and in the inbox, unless they were notified of the same within a day.

    Returns how many messages are new: 0 for a login that does not exist or is closed.
    """
    user = User.objects.select_for_update(of=("self",)).filter(pk=user_id, is_active=True).first()
    if user is None:
        return 0
    if Message.objects.filter(user=user, kind=GUESSING[scope].code, created_at__gt=moment - REPEATED_AFTER).exists():
        return 0
    event = f"guessing:{scope.value}:{user.pk}:{moment.timestamp()}"
    pause = dt.timedelta(minutes=AccessSettings.load().pause_minutes)
    return notify_guessing(user=user, scope=scope, moment=moment, pause=pause, event=event)

"""Recovering access: the page only notes what was asked, a job looks it up, the link is made while the mail is sent."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.http import int_to_base36
from django_q.tasks import async_task

from portal.accounts.models import RecoveryRequest, User
from portal.accounts.notifications import PASSWORD_CHANGED, RECOVERY, notify_profile_changed, recipient
from portal.accounts.selectors import accounts_of
from portal.accounts.selectors.logins import login_named
from portal.accounts.services import throttling
from portal.accounts.services.sessions import end_sessions
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend
from portal.notifications.enums import DeliveryChannel
from portal.notifications.mail import absolute
from portal.notifications.models import Message
from portal.notifications.services import notify

ANSWER = "portal.accounts.jobs.answer_recoveries"


def ask(*, asked_for: str, moment: dt.datetime, english: bool = False) -> None:
    """Note what was typed. The same two rows are written whether such a login exists or not."""
    with transaction.atomic():
        RecoveryRequest.objects.create(asked_for=asked_for.strip()[:254], asked_at=moment, english=english)
        async_task(ANSWER)


def answer_all() -> int:
    """Put a letter into the outbox for every request whose login exists and has an address; returns how many.

    What was asked is deleted at once, known or not.
    """
    sent = 0
    for request in RecoveryRequest.objects.all()[:200]:
        with transaction.atomic():
            if not RecoveryRequest.objects.filter(pk=request.pk).delete()[0]:
                continue
            sent += _answer(request)
    return sent


def _answer(request: RecoveryRequest) -> int:
    user = login_named(request.asked_for)
    if user is None or not user.is_active or not user.email:
        return 0
    try:
        spend(Action.RECOVERY_LETTER, sender=Sender(login=str(user.pk)), mailbox=user.email)
    except RateLimited:
        return 0  # letters with a link that works came a short while ago
    event = f"recovery:{user.pk}:{request.pk}"
    return notify(kind=RECOVERY, event=event, recipients=[recipient(user)], channels=[DeliveryChannel.EMAIL])


def letter_values(message: Message) -> dict[str, Any] | None:
    """Return what only the letter itself says: login, accounts, the link and until when it works.

    Called while the mail is sent; None when the login is gone or closed.
    """
    user = User.objects.filter(pk=message.user_id or 0, is_active=True).first()
    if user is None:
        return None
    until = dt.datetime.now(tz=dt.UTC) + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return {
        "login": user.get_username(),
        "account": ", ".join(account.number for account in accounts_of(user)) or "—",
        "link": absolute(link_path(user)),
        "until": until,
    }


def link_path(user: User) -> str:
    """The path of a fresh recovery link: one use, 24 hours."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": int_to_base36(user.pk), "key": key})


@transaction.atomic
def recover(*, user: User, password: str, moment: dt.datetime) -> None:
    """Set the password that a recovery link's owner chose: every session ends, guessing that is paused is let in."""
    set_new_password(user=user, password=password, moment=moment)
    throttling.lift(user=user)


@transaction.atomic
def set_new_password(*, user: User, password: str, moment: dt.datetime, keep_session: str = "") -> None:
    """Set a chosen password; every other session of the login ends, the owner is told."""
    user.set_password(password)
    user.must_change_password = False
    user.one_time_password_until = None
    user.save(update_fields=["password", "must_change_password", "one_time_password_until"])
    end_sessions(user=user, but=keep_session)
    notify_profile_changed(PASSWORD_CHANGED, user=user, event=f"password:{user.pk}:{int(moment.timestamp())}")

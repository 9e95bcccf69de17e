"""Another e-mail address: confirmed from its own mailbox, told to the old one.

Who asks for the address of another login is answered like everybody; the owner of the address gets a letter instead.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.accounts import audit
from portal.accounts.exceptions import EmailTaken, LinkSpent
from portal.accounts.models import EmailChange, Person, User
from portal.accounts.notifications import (
    EMAIL_CHANGED,
    EMAIL_CONFIRM,
    EMAIL_CONFIRMED,
    EMAIL_TAKEN,
    notify_profile_changed,
)
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend
from portal.notifications.enums import DeliveryChannel
from portal.notifications.mail import absolute
from portal.notifications.models import Message
from portal.notifications.services import Recipient, notify

SALT = "portal.accounts.email_change"


def ask(*, user: User, address: str, moment: dt.datetime, sender: Sender | None = None) -> EmailChange | None:
    """Send a letter to the new address; None when it is confirmed already.

    A newer asking drops the older one, whose link no longer works. Letters are counted for a `sender` and for the new
    mailbox. Raises RateLimited.
    """
    address = address.strip()
    if address.lower() == user.email.lower() and user.email_confirmed_at is not None:
        return None
    owner = User.objects.filter(email__iexact=address).exclude(pk=user.pk).first()
    with transaction.atomic():
        if sender is not None:
            spend(Action.EMAIL_CHANGE, sender=sender, mailbox=address)
        EmailChange.objects.filter(user=user, confirmed_at=None, dropped_at=None).update(dropped_at=moment)
        change = EmailChange.objects.create(user=user, address=address, asked_at=moment)
        if owner is not None:
            _warn_owner(owner, moment)
            return change
        notify(
            kind=EMAIL_CONFIRM,
            event=f"email-confirm:{change.pk}",
            context={},
            channels=[DeliveryChannel.EMAIL],
            recipients=[Recipient(user=user, address=address)],
        )
    return change


def _warn_owner(owner: User, moment: dt.datetime) -> None:
    """At most one letter a day, however often somebody asks."""
    notify_profile_changed(EMAIL_TAKEN, user=owner, event=f"email-taken:{owner.pk}:{moment:%Y-%m-%d}")


def letter_values(message: Message) -> dict[str, Any] | None:
    """The link of a confirmation, made while its letter is sent; None when a newer one replaced it."""
    change = _open_change(int(message.event.rpartition(":")[2]))
    if change is None:
        return None
    until = change.asked_at + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    link = reverse("account_confirm_address", kwargs={"token": signing.dumps(change.pk, salt=SALT)})
    return {"link": absolute(link), "until": until}


def _open_change(change_id: int) -> EmailChange | None:
    return EmailChange.objects.filter(pk=change_id, confirmed_at=None, dropped_at=None).select_related("user").first()


def waiting(*, token: str) -> EmailChange:
    """The change that a letter's link names. Raises LinkSpent when it is used, replaced, forged or a day old."""
    try:
        change_id = signing.loads(token, salt=SALT, max_age=settings.PASSWORD_RESET_TIMEOUT)
    except signing.BadSignature as error:
        raise LinkSpent from error
    change = _open_change(change_id)
    if change is None:
        raise LinkSpent
    return change


def confirm(*, change_id: int, moment: dt.datetime) -> User:
    """The new address is the login's and the person's; the old one hears of it. Raises LinkSpent, EmailTaken."""
    with transaction.atomic():
        free = EmailChange.objects.filter(pk=change_id, confirmed_at=None, dropped_at=None)
        if not free.update(confirmed_at=moment):
            raise LinkSpent
        change = EmailChange.objects.select_related("user").get(pk=change_id)
        user, old = change.user, change.user.email
        _adopt(user, change.address, moment)
        audit.changed(user, by=user, what="Адрес почты", before=old, after=change.address)
        notify_profile_changed(
            EMAIL_CONFIRMED if old == change.address else EMAIL_CHANGED,
            user=user,
            also_to=old,
            event=f"email:{change.pk}",
        )
    return user


def _adopt(user: User, address: str, moment: dt.datetime) -> None:
    user.email, user.email_confirmed_at = address, moment
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_confirmed_at"])
    except IntegrityError as error:
        raise EmailTaken(address) from error
    Person.objects.filter(user=user).update(email=address)

"""What people are told about their login."""

from portal.accounts.enums import ThrottleScope
from portal.accounts.models import User
from portal.notifications.enums import Kind
from portal.notifications.services import Recipient, notify

GUESSING: dict[str, Kind] = {
    ThrottleScope.LOGIN: Kind.GUESSED_PASSWORD,
    ThrottleScope.CODE: Kind.GUESSED_CODE,
}


def recipient(user: User) -> Recipient:
    """A login with its address."""
    return Recipient(user=user, address=user.email)


def tell_new_device(*, user: User, device: str, moment: str, event: str) -> None:
    """A login from a browser that was not seen before."""
    notify(
        kind=Kind.NEW_DEVICE, event=event, recipients=[recipient(user)],
        context={"moment": moment, "device": device}, link="/personal/profile/sessions/",
    )  # fmt: skip


def tell_guessing(*, user: User, scope: ThrottleScope, moment: str, event: str) -> int:
    """Wrong passwords or codes for a login, until it was paused; returns how many messages are new."""
    return notify(
        kind=GUESSING[scope], event=event, recipients=[recipient(user)], context={"moment": moment},
        link="/accounts/password/change/",
    )  # fmt: skip


def tell_profile_changed(*, user: User, text: str, event: str, also_to: str = "") -> None:
    """What changed in the profile; `also_to` is an old address that should hear of it too."""
    recipients = [recipient(user)]
    if also_to and also_to.lower() != user.email.lower():
        recipients.append(Recipient(address=also_to))
    notify(kind=Kind.PROFILE, event=event, recipients=recipients, context={"text": text}, link="/personal/profile/")

"""What people want to be told, and how."""

import datetime as dt
from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.notifications.enums import Channel
from portal.notifications.kinds import CHANNELS, REFUSABLE
from portal.notifications.models import Choice, Delivery


@transaction.atomic
def save_choices(
    *,
    user: AbstractBaseUser,
    wanted: Mapping[tuple[str, str], bool],
    quiet: tuple[dt.time, dt.time] | None,
    digest: bool,
    language: str,
) -> Delivery:
    """Store a person's choices by (kind, channel); obligatory kinds are left out. Quiet hours in Moscow time."""
    for (kind, channel), value in wanted.items():
        if kind in REFUSABLE:
            Choice.objects.update_or_create(user_id=user.pk, kind=kind, channel=channel, defaults={"wanted": value})
    delivery, _made = Delivery.objects.update_or_create(
        user_id=user.pk,
        defaults={
            "quiet_from": quiet[0] if quiet else None,
            "quiet_until": quiet[1] if quiet else None,
            "digest": digest,
            "language": language,
        },
    )
    return delivery


def unsubscribe(*, user_id: int, kind: str) -> bool:
    """Stop a kind's e-mails to a login (the inbox stays); False when the kind is obligatory. A repeat is harmless."""
    if kind not in REFUSABLE:
        return False
    Choice.objects.update_or_create(user_id=user_id, kind=kind, channel=Channel.EMAIL, defaults={"wanted": False})
    return True


def subscribe(*, user: AbstractBaseUser, kind: str) -> None:
    """Tell a login of a kind by every channel from now on. A repeat is harmless."""
    for channel in CHANNELS:
        Choice.objects.update_or_create(user_id=user.pk, kind=kind, channel=channel, defaults={"wanted": True})

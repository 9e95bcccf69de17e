"""Notification preferences of people."""

import datetime as dt
from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.notifications.categories import CHANNELS, REFUSABLE_CODES, Category
from portal.notifications.enums import DeliveryChannel
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
    """Store a person's choices by (category, channel); mandatory ones are left out. Quiet hours in Moscow time."""
    for (category, channel), value in wanted.items():
        if category in REFUSABLE_CODES:
            Choice.objects.update_or_create(
                user_id=user.pk, category=category, channel=channel, defaults={"wanted": value}
            )
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


def unsubscribe(*, user_id: int, category: str) -> bool:
    """Stop a category's e-mails to a login (the inbox stays); False when it is mandatory. A repeat is harmless."""
    if category not in REFUSABLE_CODES:
        return False
    Choice.objects.update_or_create(
        user_id=user_id, category=category, channel=DeliveryChannel.EMAIL, defaults={"wanted": False}
    )
    return True


def subscribe(*, user: AbstractBaseUser, category: Category) -> None:
    """Send a login a category by every channel from now on. A repeat is harmless."""
    for channel in CHANNELS:
        Choice.objects.update_or_create(
            user_id=user.pk, category=category.code, channel=channel, defaults={"wanted": True}
        )

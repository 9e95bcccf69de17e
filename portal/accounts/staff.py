"""Telling staff that a job failed: whoever started it, and whoever has the right that the job asks for."""

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.accounts.notifications import recipient
from portal.notifications.enums import Kind
from portal.notifications.services import notify


def staff_with(permission: str) -> "QuerySet[User]":
    """Employees who hold a right («app.codename») by their role; where nobody does, the superusers (two queries)."""
    holders = User.objects.with_perm(permission, include_superusers=False).filter(is_staff=True)
    return holders if holders.exists() else User.objects.filter(is_superuser=True, is_active=True)


def tell_staff(*, event: str, what: str, text: str, link: str, permission: str, started_by: User | None = None) -> int:
    """Tell those concerned what failed and where to mend it; an event is told once. Returns how many messages are new.

    `what` is the job in a few words, `text` what is wrong with it, `link` a path inside the admin.
    """
    people = {user.pk: user for user in staff_with(permission)}
    if started_by is not None and started_by.is_active:
        people[started_by.pk] = started_by
    return notify(
        kind=Kind.JOB_FAILED, event=event, recipients=map(recipient, people.values()),
        context={"what": what, "text": text}, link=link,
    )  # fmt: skip

"""Definition of staff, whoever may enter the admin, and alerts to staff about a job that failed.

Nothing else says who is staff. The right comes from a group, from the login's own rights, or from being a superuser;
it counts from the next request on, however the login got it and whatever session is open.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from django.contrib.auth.models import Permission
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from portal.accounts.models import User
from portal.core import clock
from portal.notifications.categories import JOB_FAILED, NEEDS_DECISION
from portal.notifications.declarations import NotificationKind
from portal.notifications.services import Recipient, notify, withdraw

ADMIN_ACCESS = "wagtailadmin.access_admin"
LOADED_FLAG = "loaded_as_employee"


def employees() -> "QuerySet[User]":
    """Every login that may enter the admin, closed logins included (a closed login keeps its rights)."""
    return User.objects.filter(_may_enter_admin())


def is_employee(user: object) -> TypeGuard[User]:
    """Whether a login may enter the admin, closed or not; False for nobody and for anything that is no login.

    Asks the database (one query), not the permission cache of the object; a login that the session loaded with
    `with_employee_flag` brings the answer of this request along.
    """
    if not isinstance(user, User) or user.pk is None:
        return False
    loaded: bool | None = getattr(user, LOADED_FLAG, None)  # through the lazy object of a request, too
    return employees().filter(pk=user.pk).exists() if loaded is None else loaded


def with_employee_flag() -> "QuerySet[User]":
    """Logins that carry the answer of `is_employee`, read in the same query: for the login behind a request."""
    return _flagged_logins().all()


@functools.cache
def _flagged_logins() -> "QuerySet[User]":
    """Built once: every request of a login asks by a copy of it, and building costs more than the query."""
    return User.objects.annotate(**{LOADED_FLAG: ExpressionWrapper(_may_enter_admin(), output_field=BooleanField())})


def _may_enter_admin() -> Q:
    app, codename = ADMIN_ACCESS.split(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    return (
        Q(is_superuser=True)
        | Q(Exists(right.filter(user=OuterRef("pk"))))
        | Q(Exists(right.filter(group__user=OuterRef("pk"))))
    )


def staff_with(permission: str) -> "QuerySet[User]":
    """Employees who hold a right («app.codename») by their role; where nobody does, the superusers (two queries)."""
    holders = User.objects.with_perm(permission, include_superusers=False).filter(_may_enter_admin())
    return holders if holders.exists() else superusers()


def superusers() -> "QuerySet[User]":
    """Superusers whose login is open: who decides where nobody else may."""
    return User.objects.filter(is_superuser=True, is_active=True)


def notify_employees(
    kind: NotificationKind,
    *,
    event: str,
    context: Mapping[str, Any],
    link_args: Sequence[Any] = (),
    started_by: User | None = None,
) -> int:
    """Tell the employees who hold the permission of a kind, and who started the job; an event is told once.

    Returns how many messages are new.
    """
    people = {user.pk: user for user in staff_with(kind.permission)}
    if started_by is not None and started_by.is_active:
        people[started_by.pk] = started_by
    recipients = [Recipient(user=user, address=user.email) for user in people.values()]
    return notify(kind=kind, event=event, recipients=recipients, context=context, link_args=link_args)


def withdraw_alerts(event: str) -> int:
    """Withdraw alerts whose event begins so: what they reported is fixed. Returns how many were unread or unsent."""
    return withdraw(event_prefix=event, categories=(JOB_FAILED, NEEDS_DECISION), moment=clock.now())

"""Selectors of the profile of a login, starting from its owner."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import ModelLogEntry

from portal.accounts.audit import ABOUT_RESIDENTS
from portal.accounts.models import (
    Account,
    Consent,
    DataExport,
    EmailChange,
    Holder,
    Person,
    PersonalRequest,
    User,
)
from portal.accounts.user_agents import device_name
from portal.core.clock import start_of
from portal.core.sessions import stored_key


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything of the profile's first page."""

    person: Person | None
    waiting_email: EmailChange | None
    journals: list[str]
    two_factor: bool
    consents: list[Consent]
    requests: list[PersonalRequest]
    export: DataExport | None


def profile_of(user: User) -> Profile:
    """Gather the profile of a login; a constant number of queries."""
    person = Person.objects.filter(user=user).first()
    return Profile(
        person=person,
        waiting_email=EmailChange.objects.filter(user=user, confirmed_at=None, dropped_at=None).first(),
        journals=list(SocialAccount.objects.filter(user=user).values_list("uid", flat=True)),
        two_factor=Authenticator.objects.filter(user=user).exists(),
        consents=list(Consent.objects.filter(person=person).select_related("text")) if person else [],
        requests=list(PersonalRequest.objects.filter(person=person)[:5]) if person else [],
        export=DataExport.objects.filter(user=user).select_related("file").first(),
    )


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session with its device in plain words."""

    session: UserSession
    device: str
    is_current: bool


def sessions_of(user: User, *, current_key: str) -> list[OpenSession]:
    """Sessions of a login, the last used first; `current_key` is the key of the request's own (one query)."""
    current = stored_key(current_key)
    listed = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    return [OpenSession(session, device_name(session.user_agent), session.session_key == current) for session in listed]


def history_of(user: User) -> QuerySet[ModelLogEntry]:
    """Return what was seen and changed of a login's own data, newest first: the audit from the resident's side.

    Of an account, only what happened since they hold it: what is older is the former owner's.
    """
    types = ContentType.objects.get_for_models(Person, Account, User)
    wanted = Q(content_type=types[User], object_id=str(user.pk))
    for account, since in Holder.objects.filter(person__user=user, until=None).values_list("account", "since"):
        wanted |= Q(content_type=types[Account], object_id=str(account), timestamp__gte=start_of(since))
    person = Person.objects.filter(user=user).values_list("pk", flat=True).first()
    if person is not None:
        wanted |= Q(content_type=types[Person], object_id=str(person))
    entries = ModelLogEntry.objects.filter(wanted, action__in=ABOUT_RESIDENTS).select_related("user")
    return entries.order_by("-timestamp", "-pk")

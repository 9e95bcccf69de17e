"""Personal data of a former holder is replaced, the facts that the books need stay (152-ФЗ, art. 21)."""

import datetime as dt

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q, QuerySet

from portal.accounts import audit
from portal.accounts.enums import PersonalRequestState
from portal.accounts.models import ApiKey, EmailChange, Holder, KnownDevice, Person, RecoveryRequest, User
from portal.accounts.services.sessions import end_sessions
from portal.core.models import PrivateFile

NAME = "Удалено"


def former_holders(before: dt.date) -> QuerySet[Person]:
    """People who hold nothing since before a day, whose login is closed or never was, and who wait for no answer."""
    held_later = Holder.objects.filter(Q(until=None) | Q(until__gte=before)).values("person")
    return (
        Person.objects.filter(anonymised_at=None, holdings__isnull=False)
        .filter(Q(user=None) | Q(user__is_active=False))
        .exclude(pk__in=held_later)
        .exclude(contracts__ended_on=None, contracts__isnull=False)
        .exclude(personal_requests__state=PersonalRequestState.WAITING)
        .distinct()
        .order_by("pk")
    )


@transaction.atomic
def anonymise(person: Person, *, moment: dt.datetime) -> None:
    """Replace name, phone, addresses and login; holdings, contracts and consents stay with their dates."""
    user = person.user
    person.last_name, person.first_name, person.patronymic = NAME, f"№ {person.pk}", ""
    person.born_on, person.phone, person.email, person.postal_address = None, "", "", ""
    person.anonymised_at = moment
    person.save()
    for request in person.personal_requests.select_related("document"):
        document, request.document = request.document, None
        request.wanted, request.comment, request.answer = {}, "", ""
        request.save(update_fields=["document", "wanted", "comment", "answer"])
        if document is not None:
            delete_file(document)
    if user is not None:
        _anonymise_login(user)
    audit.write(person, audit.RETENTION, by=None, what="Личные данные обезличены: срок хранения прошёл")


def _anonymise_login(user: User) -> None:
    EmailChange.objects.filter(user=user).delete()
    KnownDevice.objects.filter(user=user).delete()
    ApiKey.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    RecoveryRequest.objects.filter(asked_for__in=[user.username, user.email]).delete()
    end_sessions(user=user)
    user.username, user.email, user.first_name, user.last_name = f"deleted-{user.pk}", "", "", ""
    user.is_active, user.email_confirmed_at = False, None
    user.set_unusable_password()
    user.save()


def delete_file(stored: PrivateFile) -> None:
    """Delete a private file with its row, once nothing points to it. A file that stays is swept after a week."""
    stored.delete()
    transaction.on_commit(lambda: stored.file.storage.delete(stored.file.name or ""), robust=True)

"""Registrations in progress and applications sent ahead."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction

from portal.accounts.models import Account, RegistrationApplication, RegistrationDraft, User

APPLICATION_RETENTION = dt.timedelta(days=30)


@transaction.atomic
def start(*, by: User, application: RegistrationApplication | None = None) -> RegistrationDraft:
    """A new draft, filled from an application that was sent ahead."""
    draft = RegistrationDraft.objects.create(registrar=by, data=_from_application(application))
    if application is not None:
        RegistrationApplication.objects.filter(pk=application.pk).update(taken_by=draft)
    return draft


def _from_application(application: RegistrationApplication | None) -> dict[str, Any]:
    if application is None:
        return {}
    data = application.data
    person = ("last_name", "first_name", "patronymic", "born_on", "phone", "email", "postal_address")
    place = ("street_kind", "street", "house", "flat", "area")
    return {
        "person": {name: data[name] for name in person if data.get(name)},
        "premises": {name: data[name] for name in place if data.get(name)},
        "account": {"registered": data["registered"]} if data.get("registered") else {},
    }


def save(draft: RegistrationDraft, *, step: str, typed: dict[str, Any]) -> None:
    """Store the typed values of a step, valid or not, so that a closed browser loses nothing."""
    draft.data[step] = typed
    draft.save(update_fields=["data", "updated_at"])


def finish(draft: RegistrationDraft, *, account: Account, moment: dt.datetime) -> bool:
    """Mark a draft as done, once; False when somebody did it before. The typed data is forgotten."""
    done = RegistrationDraft.objects.filter(pk=draft.pk, finished_at=None).update(
        finished_at=moment, account=account, data={}
    )
    RegistrationApplication.objects.filter(taken_by=draft).delete()
    return bool(done)


def drop(draft: RegistrationDraft) -> None:
    """Discard an unfinished draft."""
    RegistrationDraft.objects.filter(pk=draft.pk, finished_at=None).delete()


def send_application(*, data: dict[str, Any], moment: dt.datetime) -> RegistrationApplication:
    """Store an application form for 30 days under a number that the resident quotes in the office."""
    return RegistrationApplication.objects.create(
        number=_free_number(), data=data, sent_at=moment, expires_on=(moment + APPLICATION_RETENTION).date()
    )


def _free_number() -> str:
    while True:
        number = f"{secrets.randbelow(900_000) + 100_000}"
        if not RegistrationApplication.objects.filter(number=number).exists():
            return number

"""Consent to the processing of personal data (152-ФЗ): versions, who gave which when, withdrawing."""

import datetime as dt

from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import Consent, ConsentText, Person, User
from portal.accounts.texts import CONSENT_VERSION, default_consent


def ensure_text(*, today: dt.date) -> ConsentText:
    """The text in force on a day; a fresh site gets its first version."""
    text = ConsentText.objects.filter(valid_from__lte=today).first()
    if text is None:
        text, _made = ConsentText.objects.get_or_create(
            version=CONSENT_VERSION, defaults={"text": default_consent(), "valid_from": today}
        )
    return text


def next_version(*, year: int) -> str:
    """The version after the last one of a year: «2026-2» after «2026-1»."""
    versions = ConsentText.objects.filter(version__startswith=f"{year}-").values_list("version", flat=True)
    numbers = [int(number) for number in (version.partition("-")[2] for version in versions) if number.isdecimal()]
    return f"{year}-{max(numbers, default=0) + 1}"


@transaction.atomic
def record(
    *, person: Person, text: ConsentText, moment: dt.datetime, by: User | None, on_paper_on: dt.date | None = None
) -> Consent:
    """A person agreed to a version: on paper on a day, or on screen at the moment. A repeat returns what stands."""
    consent, made = Consent.objects.get_or_create(
        person=person,
        text=text,
        withdrawn_at=None,
        defaults={"on_paper_on": on_paper_on, "recorded_at": moment, "recorded_by": by},
    )
    if made:
        audit.changed(person, by=by, what="Согласие на обработку данных", after=text.version)
    return consent


@transaction.atomic
def withdraw(*, person: Person, moment: dt.datetime, by: User) -> int:
    """Withdraw every consent of a person; returns how many stood."""
    count = Consent.objects.filter(person=person, withdrawn_at=None).update(withdrawn_at=moment)
    if count:
        audit.changed(person, by=by, what="Согласие на обработку данных", after="отозвано")
    return count

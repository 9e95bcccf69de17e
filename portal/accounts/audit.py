"""Who saw or changed which resident's data: Wagtail's own log, which the database does not let anybody edit.

An entry belongs to the person, account or login that it is about; where nobody knows whose a record is (a call from
the street, a support question), to the record itself. `by` is who did it: an employee or the resident.
"""

from typing import Any, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from wagtail.log_actions import log

from portal.core import clock
from portal.core.models import PrivateFile

Subject: TypeAlias = Model
SAW, CHANGED, PRINTED = "portal.saw", "portal.changed", "portal.printed"
REGISTERED, ACCESS = "portal.registered", "portal.access"
TITLES: dict[str, str] = {
    SAW: "Просмотр данных",
    CHANGED: "Изменение данных",
    PRINTED: "Печать документа",
    REGISTERED: "Регистрация",
    ACCESS: "Доступ и вход",
}


def saw(subject: Subject, *, by: AbstractBaseUser, what: str = "") -> None:
    """An employee opened a resident's data; `what` says which part, in Russian."""
    _write(subject, SAW, by, {"what": what})


def opened_file(viewer: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> None:
    """An employee was given a private file: a passport's scan, a photo, a receipt. What residents open is not noted."""
    if isinstance(viewer, AbstractBaseUser) and getattr(viewer, "is_staff", False):
        _write(stored, SAW, viewer, {"what": f"Файл: {stored.kind}, {stored.owner}"})


def changed(subject: Subject, *, by: AbstractBaseUser | None, what: str, before: Any = "", after: Any = "") -> None:
    """A field or fact changed; values are written as text."""
    _write(subject, CHANGED, by, {"what": what, "before": str(before), "after": str(after)})


def printed(subject: Subject, *, by: AbstractBaseUser, what: str) -> None:
    """A paper with a resident's data was printed."""
    _write(subject, PRINTED, by, {"what": what})


def registered(subject: Subject, *, by: AbstractBaseUser, what: str) -> None:
    """A resident, holder, account or login came to be."""
    _write(subject, REGISTERED, by, {"what": what})


def access(subject: Subject, *, by: AbstractBaseUser | None, what: str) -> None:
    """Something about coming in: unlocked, a second factor taken, a new slip after a passport check."""
    _write(subject, ACCESS, by, {"what": what})


def _write(subject: Subject, action: str, by: AbstractBaseUser | None, data: dict[str, str]) -> None:
    log(instance=subject, action=action, user=by, data=data, title=_title(subject), timestamp=clock.now())


def _title(subject: Subject) -> str:
    """What the entry is about, without personal data: the entry points to it."""
    return f"{subject._meta.verbose_name} {subject.pk}"

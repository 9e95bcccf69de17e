"""Audit of access to residents' data: Wagtail's own log, which the database does not let anybody edit.

An entry belongs to the person, account or login that it is about; where nobody knows whose a record is (a call from
the street, a support question), to the record itself. `by` is who did it: an employee or the resident.
"""

from typing import Any, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils import translation
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from portal.accounts.staff import is_employee
from portal.core import clock
from portal.core.models import PrivateFile

Subject: TypeAlias = Model
SAW, CHANGED, PRINTED = "portal.saw", "portal.changed", "portal.printed"
REGISTERED, ACCESS = "portal.registered", "portal.access"
EXPORTED, SEARCHED, IMPORTED = "portal.exported", "portal.searched", "portal.imported"
LOGIN, LOGOUT, LOGIN_FAILED, REFUSED = "portal.login", "portal.logout", "portal.login_failed", "portal.refused"
MONEY, DECIDED, SETTINGS, RETENTION = "portal.money", "portal.decided", "portal.settings", "portal.retention"
TITLES: dict[str, str] = {
    SAW: "Просмотр данных",
    CHANGED: "Изменение данных",
    PRINTED: "Печать документа",
    EXPORTED: "Выгрузка списка",
    SEARCHED: "Поиск",
    IMPORTED: "Загрузка файла",
    MONEY: "Деньги: исправления, возвраты, зачисления",
    DECIDED: "Решение",
    REGISTERED: "Регистрация",
    ACCESS: "Доступ: пароли, ключи, второй фактор",
    LOGIN: "Вход",
    LOGOUT: "Выход",
    LOGIN_FAILED: "Отказ во входе",
    REFUSED: "Нет прав",
    SETTINGS: "Настройки, роли и права",
    RETENTION: "Сроки хранения",
}
TOLD_WHOLE = (MONEY, DECIDED)
"""Actions whose entries say in `what` alone what was done."""
# What residents read about themselves in their profile; the rest is about the work of the staff and about logins.
ABOUT_RESIDENTS = (SAW, CHANGED, PRINTED, REGISTERED, ACCESS, MONEY, DECIDED)


def saw(subject: Subject, *, by: AbstractBaseUser, what: str = "") -> None:
    """An employee opened a resident's data; `what` says which part, in Russian."""
    write(subject, SAW, by=by, what=what)


def opened_file(viewer: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> None:
    """An employee was given a private file: a passport's scan, a photo, a receipt. What residents open is not noted."""
    if is_employee(viewer):
        write(stored, SAW, by=viewer, what=f"Файл: {stored.kind}, {stored.owner}")


def changed(subject: Subject, *, by: AbstractBaseUser | None, what: str, before: Any = "", after: Any = "") -> None:
    """A field or fact changed; values are written as text."""
    write(subject, CHANGED, by=by, what=what, before=before, after=after)


def printed(subject: Subject, *, by: AbstractBaseUser, what: str) -> None:
    """A paper with a resident's data was printed."""
    write(subject, PRINTED, by=by, what=what)


def registered(subject: Subject, *, by: AbstractBaseUser, what: str) -> None:
    """A resident, holder, account or login came to be."""
    write(subject, REGISTERED, by=by, what=what)


def access(subject: Subject, *, by: AbstractBaseUser | None, what: str) -> None:
    """Something about coming in: unlocked, a second factor taken, a new slip after a passport check."""
    write(subject, ACCESS, by=by, what=what)


def money(subject: Subject, *, by: AbstractBaseUser | None, what: str, before: Any = None, after: Any = None) -> None:
    """Somebody moved money by hand: a correction, a step of a refund, an unidentified payment credited."""
    write(subject, MONEY, by=by, what=what, before=before, after=after)


def decided(subject: Subject, *, by: AbstractBaseUser | None, what: str, after: Any = None) -> None:
    """An employee decided something that waited; `after` is the decision, in Russian."""
    write(subject, DECIDED, by=by, what=what, after=after)


def exported(*, by: AbstractBaseUser, what: str, rows: int, file_format: str, filters: str, section: str) -> None:
    """An employee took a list away as a file; the entry belongs to the employee."""
    write(by, EXPORTED, by=by, what=what, section=section, rows=rows, format=file_format, filter=filters)


def searched(*, by: AbstractBaseUser, what: str, query: str, rows: int | None, filters: str, section: str) -> None:
    """An employee searched a list; `rows` is how many were found, None when the screen does not count."""
    write(by, SEARCHED, by=by, what=what, section=section, query=query, rows=rows, filter=filters)


def imported(*, by: AbstractBaseUser | None, subject: Subject, what: str, section: str, **result: Any) -> None:
    """A file was read in, or tried out; `result` has numbers of rows and whether it was a dry run."""
    write(subject, IMPORTED, by=by, what=what, section=section, **result)


def setting_changed(subject: Subject, *, by: AbstractBaseUser | None, what: str, before: Any, after: Any) -> None:
    """A setting, a dated figure, a role or the rights of a login changed."""
    write(subject, SETTINGS, by=by, what=what, before=before, after=after)


def write(
    subject: Subject, action: str, *, by: AbstractBaseUser | None, what: str, section: str = "", **data: Any
) -> ModelLogEntry:
    """One entry. `section` is the app that it concerns, else the subject's own; what is None is left out.

    Translated labels among the values are written in Russian, whatever language is active.
    """
    with translation.override("ru"):
        known = {
            name: value if isinstance(value, int) else str(value) for name, value in data.items() if value is not None
        }
    entry: ModelLogEntry = log(
        instance=subject,
        action=action,
        user=by,
        # Without personal data: the entry points to it.
        title=f"{subject._meta.verbose_name} {subject.pk}",
        timestamp=clock.now(),
        data={"what": what, "section": section or subject._meta.app_label, **known},
    )
    return entry

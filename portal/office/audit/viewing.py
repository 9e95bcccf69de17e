"""Audit of opened and edited residents' data, for screens and lists alike."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from portal.accounts import audit
from portal.accounts.models import Account, Person, User

# Where a record says whose it is; the person before the account, which another person may hold later.
WHOSE = (("person",), ("account",), ("user",), ("meter", "account"))


def subject_of(record: Model | None) -> audit.Subject | None:
    """The person, account or login that a record is about; None when it is nobody's."""
    if isinstance(record, Account | Person | User):
        return record
    for path in WHOSE:
        subject: Any = record
        for name in path:
            subject = getattr(subject, name, None)
        if isinstance(subject, Account | Person | User):
            return subject
    return None


def log_view(request: HttpRequest, record: Model, what: str) -> None:
    """Note that this employee opened a record; `what` says which, in Russian.

    Only opening counts: what a form sends is noted by the service that it calls.
    """
    if request.method == "GET":
        log_shown(request, record, what)


def log_shown(request: HttpRequest, record: Model, what: str) -> None:
    """Note that a screen showed a record, also as the answer to a form. One of nobody known is noted itself."""
    audit.saw(subject_of(record) or record, by=_employee(request), what=what)


def log_printed(request: HttpRequest, record: Model, what: str) -> None:
    """Note that this employee took a paper with a resident's data."""
    audit.printed(subject_of(record) or record, by=_employee(request), what=what)


def log_changed(request: HttpRequest, form: "ModelForm[Any]", names: Iterable[str]) -> None:
    """Note each field that a list's form changed, with its value before and after: a resident's, or a setting's."""
    subject = subject_of(form.instance)
    note = audit.changed if subject is not None else audit.setting_changed
    for name in names:
        label = str(form.fields[name].label)
        after = getattr(form.instance, f"get_{name}_display", lambda name=name: getattr(form.instance, name))()
        note(
            subject or form.instance,
            by=_employee(request),
            what=f"{form.instance._meta.verbose_name}: {label}",
            before=form.initial.get(name, ""),
            after=after,
        )


def log_added(request: HttpRequest, record: Model) -> None:
    """Note a record that a list's form added: to a resident's account, or a setting."""
    subject = subject_of(record)
    note = audit.changed if subject is not None else audit.setting_changed
    what = f"{record._meta.verbose_name}: добавлено"
    note(subject or record, by=_employee(request), what=what, before="", after=record)


def _employee(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # the admin is for employees
    return request.user

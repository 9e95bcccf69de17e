"""The guided screen as data: its steps, their forms filled from the draft, and the registration they make."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet, BooleanField, BoundField, ChoiceField, DateField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import RegistrationDraft
from portal.accounts.services.registration import (
    NewAccount,
    PersonData,
    Registration,
    suggested_account_number,
    suggested_contract_number,
)
from portal.billing.selectors.opening import first_billed_day
from portal.core import clock
from portal.core.formatting import date_text
from portal.core.service_catalogue import USUAL
from portal.metering.registration import NewMeter
from portal.office.registration import forms

AnyForm = BaseForm | BaseFormSet


@dataclass(frozen=True, slots=True)
class RegistrationStep:
    """One page of the guided screen."""

    name: str
    title: Promise
    form: Callable[..., AnyForm]


STEPS: tuple[RegistrationStep, ...] = (
    RegistrationStep("person", _("Person"), forms.PersonForm),
    RegistrationStep("premises", _("Premises"), forms.PremisesForm),
    RegistrationStep("account", _("Account and services"), forms.AccountForm),
    RegistrationStep("meters", _("Meters"), forms.MetersFormSet),
    RegistrationStep("contract", _("Contract"), forms.ContractForm),
    RegistrationStep("login", pgettext_lazy("portal", "Login"), forms.NewLoginForm),
)
NAMES = tuple(step.name for step in STEPS)
MANY = {"services"}


def step_named(name: str) -> RegistrationStep:
    """A step by its name. Raises KeyError."""
    return {step.name: step for step in STEPS}[name]


def before(name: str) -> str:
    """The step before this one; empty for the first."""
    place = NAMES.index(name)
    return NAMES[place - 1] if place else ""


def after(name: str) -> str:
    """The step after this one; "check" after the last."""
    place = NAMES.index(name) + 1
    return NAMES[place] if place < len(NAMES) else "check"


def typed(posted: QueryDict) -> dict[str, Any]:
    """Return what was typed on a page, as it will be kept."""
    skipped = {"csrfmiddlewaretoken", "go"}
    return {name: posted.getlist(name) if name in MANY else posted[name] for name in posted if name not in skipped}


def bound(step: RegistrationStep, draft: RegistrationDraft) -> AnyForm | None:
    """The step's form over what the draft keeps; None when the step was not opened yet."""
    stored = draft.data.get(step.name)
    if not stored or (step.name != "meters" and not _is_whole(step, stored)):
        return None
    return step.form(_query(stored))


def _is_whole(step: RegistrationStep, stored: Mapping[str, Any]) -> bool:
    """An application sent ahead fills some fields only: such a step was not submitted yet."""
    return bool(stored.get("submitted"))


def _query(stored: Mapping[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in stored.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return data


def fresh(step: RegistrationStep, draft: RegistrationDraft) -> AnyForm:
    """The step's form as it is first seen: numbers by the schemes, today's date, what an application brought."""
    if step.name == "meters":
        return step.form()
    return step.form(initial=_initial(step.name, draft) | draft.data.get(step.name, {}))


def _initial(name: str, draft: RegistrationDraft) -> dict[str, Any]:
    today = clock.today()
    if name == "account":
        number = suggested_account_number(year=today.year)
        return {"number": number, "opened_on": today, "services": list(USUAL)}
    if name == "contract":
        number = suggested_contract_number(year=today.year)
        return {"number": number, "signed_on": today, "consent_signed_on": today}
    if name == "login":
        return {"username": f"r{draft.data.get('account', {}).get('number', '')}"}
    return {}


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """A step at the end: its form over the draft, and whether it holds."""

    step: RegistrationStep
    form: AnyForm | None

    @property
    def is_valid(self) -> bool:
        return self.form is not None and self.form.is_valid()

    @property
    def is_registered(self) -> bool | None:
        """Whether person or premises are in the register already; None for records that are always new."""
        if isinstance(self.form, forms.PersonForm):
            return self.form.known is not None
        return self.form.premises is not None if isinstance(self.form, forms.PremisesForm) else None

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Return what was filled in, as people read it."""
        if isinstance(self.form, BaseFormSet):
            return [_meter_fact(row) for row in self.form.forms if row.has_changed()]
        return [fact for field in self.form or () if (fact := _fact(field)) is not None]

    @property
    def problems(self) -> list[str]:
        """Return what is wrong, with the field's name."""
        if self.form is None:
            return []
        if isinstance(self.form, BaseFormSet):
            rows = [problem for row in self.form.forms for problem in _problems(row)]
            return [*map(str, self.form.non_form_errors()), *rows]
        return _problems(self.form)


def _problems(form: BaseForm) -> list[str]:
    named = [f"{field.label}: {text}" for field in form for text in field.errors]
    return [*map(str, form.non_field_errors()), *named]


def _meter_fact(row: BaseForm) -> tuple[str, str]:
    value = row["start_value"].value() or "—"
    return str(row["serial_number"].value() or "—"), f"{value} м³, {row['place'].value()}".strip(", ")


def _fact(field: BoundField) -> tuple[str, str] | None:
    text = _typed_text(field)
    return (str(field.label), text) if text and not field.is_hidden else None


def _typed_text(field: BoundField) -> str:
    """A value that was typed, in words: a choice by its label, a date as the portal writes it."""
    value = field.value()
    if isinstance(field.field, BooleanField):
        return gettext("yes") if value else ""
    if isinstance(field.field, ChoiceField):
        labels = {str(key): str(label) for key, label in field.field.widget.choices}
        chosen = value if isinstance(value, list) else [value or ""]
        return ", ".join(labels.get(str(choice), str(choice)) for choice in chosen)
    if isinstance(field.field, DateField):
        with contextlib.suppress(ValidationError):
            return date_text(field.field.clean(value), year=True)
    return str(value or "")


def check_all(draft: RegistrationDraft) -> list[CheckedStep]:
    """Every step checked once more: what was free an hour ago may be taken now."""
    return [CheckedStep(step, bound(step, draft)) for step in STEPS]


def registration_of(checked: list[CheckedStep]) -> tuple[Registration, list[NewMeter]]:
    """Return what valid steps make."""
    form: dict[str, Any] = {step.step.name: step.form for step in checked}
    account, contract, login = (form[name].cleaned_data for name in ("account", "contract", "login"))
    registration = Registration(
        person=_person(form["person"]),
        place=form["premises"].place(),
        account=NewAccount(**account, billed_from=first_billed_day(account["opened_on"])),
        contract_number=contract["number"],
        signed_on=contract["signed_on"],
        consent_signed_on=contract["consent_signed_on"],
        username=login["username"] if login["wanted"] else "",
    )
    return registration, [row.meter() for row in form["meters"].filled]


def _person(form: forms.PersonForm) -> PersonData:
    data = {name: value for name, value in form.cleaned_data.items() if name not in {"same", "passport_checked"}}
    return PersonData(known=form.known, **data)

"""Dates in Wagtail's forms: typed as people write them, of a year that they can mean."""

from typing import Any

from django import forms
from django.db import models
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import AdminDateInput

from portal.core.form_fields import past_day, plausible_day

IN_THE_PAST = ("born_on", "order_date")


class AdminDateField(forms.DateField):
    """A date with Wagtail's calendar; what cannot be read is refused, never replaced by another day."""

    default_validators = [plausible_day]


def _override(field: "models.DateField[Any, Any]") -> dict[str, Any]:
    validators = [past_day] if field.name in IN_THE_PAST else []
    return {"widget": AdminDateInput, "form_class": AdminDateField, "validators": validators}


def register() -> None:
    """Use the field in every form of pages, snippets, settings and lists."""
    register_form_field_override(models.DateField, override=_override)

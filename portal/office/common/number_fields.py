"""Numbers in Wagtail's forms: typed as people write them, with a comma or a dot.

The browser's own control drops the comma of «1,5» where its language has a point, and 15 is stored without a word.
"""

from typing import Any

from django import forms
from django.db import models
from wagtail.admin.forms.models import register_form_field_override


class DecimalInput(forms.TextInput):
    """A text control with the keyboard of numbers."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text if isinstance(value, str) or text is None else text.replace(".", ",")


class DecimalField(forms.DecimalField):
    """A number with comma or dot, spaces forgiven."""

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(value.split()).replace(",", ".") if isinstance(value, str) else value)


class IntegerInput(forms.TextInput):
    """A text control with the keyboard of digits: «1,5» is refused, not taken for 15."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})


def _decimal(field: "models.DecimalField[Any, Any]") -> dict[str, Any]:
    return {} if field.choices else {"widget": DecimalInput, "form_class": DecimalField}


def _integer(field: "models.IntegerField[Any, Any]") -> dict[str, Any]:
    return {} if field.choices else {"widget": IntegerInput}


def register() -> None:
    """Use the controls in every form of pages, snippets, settings and lists."""
    register_form_field_override(models.DecimalField, override=_decimal)
    register_form_field_override(models.IntegerField, override=_integer)

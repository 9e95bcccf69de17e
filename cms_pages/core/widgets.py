"""Inputs of the editors' forms."""

from typing import Any

from django import forms
from django.utils.formats import localize


class SumInput(forms.TextInput):
    """A sum as people write it: a comma or a dot, spaces between thousands; shown with a comma."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return "".join(value.split()).replace(",", ".") if isinstance(value, str) else value

    def format_value(self, value: Any) -> str | None:
        return None if value in (None, "") else str(localize(value)).replace(".", ",")

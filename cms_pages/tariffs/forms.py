"""The editor's form of a tariff decision: a comma in a price is a price, doubled rates are named."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class TariffPageForm(WagtailAdminPageForm):
    """Checks the rates together, before anything is stored."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        rates = self.formsets.get("rates")
        if rates is None:
            return cleaned
        seen: set[tuple[str, Any]] = set()
        for form in rates.forms:
            if form.errors or not form.is_valid() or form.cleaned_data.get("DELETE"):
                continue
            key = (form.cleaned_data.get("service", ""), form.cleaned_data.get("valid_from"))
            if key in seen:
                form.add_error("valid_from", ValidationError(_("This service has two rates from the same day.")))
                self.add_error(None, ValidationError(_("A service has two rates from the same day: leave one.")))
            seen.add(key)
        return cleaned

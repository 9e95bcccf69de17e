"""The tariffs page with its calculator: m³ → ₽, without JavaScript; the list of services."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms_pages.core.rendering import page_context
from cms_pages.tariffs.models import ServicesPage, TariffIndexPage
from cms_pages.tariffs.selectors import cost, service_groups, tariffs
from portal.core import clock
from portal.core.service_catalogue import METERED, declaration

LARGEST = Decimal(9999)


class MonthVolumeField(forms.DecimalField):
    """m³ with three places at most; a comma is a decimal sign; nothing is zero."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=Decimal(0),
            max_value=LARGEST,
            decimal_places=3,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8}),
            error_messages={
                "invalid": _("Enter cubic metres as a number: 6 or 6,335."),
                "max_decimal_places": _("At most three digits after the comma."),
                "min_value": _("Not below zero."),
                "max_value": _("Not above 9999 m³."),
            },
        )

    def to_python(self, value: Any) -> Any:
        text = value.replace(",", ".").replace(" ", "").replace("\u00a0", "") if isinstance(value, str) else value
        return super().to_python(text) or Decimal(0)


FIELDS = {key: key.removesuffix("_water") for key in METERED}
"""The field of the calculator, and of its address, for each metered service: `?cold=6&hot=3`."""


class CalculatorForm(forms.Form):
    """Form of the calculator: m³ of each metered service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, name in FIELDS.items():
            self.fields[name] = MonthVolumeField(format_lazy(_("{service}, m³"), service=declaration(key).label))

    def used(self) -> dict[str, Decimal]:
        """m³ by the service's key."""
        return {key: self.cleaned_data[name] for key, name in FIELDS.items()}


@page_context(TariffIndexPage)
def tariff_context(_page: TariffIndexPage, request: HttpRequest) -> dict[str, Any]:
    """Return what the tariffs page shows; the calculator answers when its fields are in the address."""
    today = clock.today()
    is_submitted = any(name in request.GET for name in FIELDS.values())
    form = CalculatorForm(request.GET if is_submitted else None)
    answer = cost(form.used(), on=today) if is_submitted and form.is_valid() else None
    return {"tariffs": tariffs(today), "calculator": form, "cost": answer, "today": today}


@page_context(ServicesPage)
def services_context(page: ServicesPage, request: HttpRequest) -> dict[str, Any]:
    """The services of the chosen category and words, with their prices."""
    query, category = request.GET.get("q", "").strip()[:80], request.GET.get("category", "")
    return {
        "query": query,
        "category": category,
        "groups": service_groups(page, query=query, category=category),
        "categories": [(group.value["title"], group.value["title"]) for group in page.services],
    }

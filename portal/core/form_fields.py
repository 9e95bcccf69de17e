"""Fields of forms: several files at once, values in m³ with comma or dot, days by the browser's own calendar."""

import datetime as dt
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock

PICTURES = "image/jpeg,image/png,image/webp"
DOCUMENTS = PICTURES + ",application/pdf"
LARGEST_VOLUME = Decimal(10) ** 12
FIRST_YEAR, LAST_YEAR = 1900, 2100


def plausible_day(value: dt.date) -> None:
    """Refuse years before 1900 and after 2100, which are typing errors. Raises ValidationError."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise forms.ValidationError(
            _("The year must be between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def past_day(value: dt.date) -> None:
    """Refuse a day that has not come yet, such as a birth in the future. Raises ValidationError."""
    if value > clock.today():
        raise forms.ValidationError(_("This day has not come yet."))


class FormTokenField(forms.UUIDField):
    """The guard of the second click: a hidden one-time key that the service takes for its idempotency key.

    The same form sent twice carries the same key; a form without one (None) is a new request each time.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("initial", uuid.uuid4)
        super().__init__(widget=forms.HiddenInput, **kwargs)


class SeveralFilesInput(forms.ClearableFileInput):
    """A file control that takes several. HEIC is left out of `accept`: phones then convert by themselves."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class SeveralFiles(forms.FileField):
    """Files as a list; what is in them is checked when they are kept.

    `needed` files are not called optional: the view refuses the form without them, since those kept before count too.
    """

    def __init__(self, *, accept: str, needed: bool = False, **kwargs: Any) -> None:
        self.needed = needed
        kwargs.setdefault("required", False)
        super().__init__(widget=SeveralFilesInput(attrs={"multiple": True, "accept": accept}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploads, none being an empty list."""
        return [upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload]


class VolumeField(forms.Field):
    """A value in m³: comma or dot, spaces forgiven; digits beyond the third are the service's to refuse."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 20}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """A Decimal, or None."""
        text = "".join(str(value or "").split()).replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or not -LARGEST_VOLUME < number < LARGEST_VOLUME:
            raise forms.ValidationError(_("Write digits, for example 141,455."))
        return number


class _KeepsText(forms.DateTimeInput):
    """One of the browser's date controls. A text that it would show as blank is shown in a text control instead."""

    input_type = "date"
    machine_format = "%Y-%m-%d"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format=self.machine_format)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not self._is_readable(str(shown)):
            context["widget"]["type"] = "text"
        return context

    def _is_readable(self, shown: str) -> bool:
        try:
            dt.datetime.strptime(shown, self.machine_format)  # noqa: DTZ007  # a form's text, not a moment
        except ValueError:
            return False
        return True


class DayInput(_KeepsText):
    """A day by the browser's calendar; what people typed as 20.11.2026 is shown in it again, «tomorrow» as text."""

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, str):
            try:
                day = forms.DateField().to_python(value)
            except forms.ValidationError:
                return value
            return day.isoformat() if day else ""
        return super().format_value(value)


class MonthInput(_KeepsText):
    """A month by the browser's control, written YYYY-MM."""

    input_type = "month"
    machine_format = "%Y-%m"


class MomentInput(_KeepsText):
    """A moment by the browser's control, to the minute."""

    input_type = "datetime-local"
    machine_format = "%Y-%m-%dT%H:%M"


class DayField(forms.DateField):
    """A day, by the browser's own calendar, of a year that people can mean."""

    default_validators = [plausible_day]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DayInput())
        super().__init__(**kwargs)

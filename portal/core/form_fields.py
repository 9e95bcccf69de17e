"""Fields of forms: several files at once, values in m³ with comma or dot, days by the browser's own calendar."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock

PICTURES = "image/jpeg,image/png,image/webp"
PAPERS = PICTURES + ",application/pdf"
LARGEST_VOLUME = Decimal(10) ** 12
FIRST_YEAR, LAST_YEAR = 1900, 2100


def plausible_day(value: dt.date) -> None:
    """Refuse years before 1900 and after 2100, which only a slip of the finger writes. Raises ValidationError."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise forms.ValidationError(
            _("The year must be between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def past_day(value: dt.date) -> None:
    """Refuse a day that has not come yet, such as a birth in the future. Raises ValidationError."""
    if value > clock.today():
        raise forms.ValidationError(_("This day has not come yet."))


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


class DayField(forms.DateField):
    """A day, by the browser's own calendar, of a year that people can mean."""

    default_validators = [plausible_day]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)

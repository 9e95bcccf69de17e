"""The form of a person's choices; the profile page shows it with templates/notifications/choices.html."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from portal.notifications import selectors, services
from portal.notifications.categories import CHANNELS, REFUSABLE
from portal.notifications.enums import Language
from portal.notifications.models import Delivery


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with its two checkboxes."""

    label: str
    fields: list[forms.BoundField]


class ChoicesForm(forms.Form):
    """Form of preferences: kinds by channel; quiet hours; digest; language. `save()` stores it."""

    quiet_from = forms.TimeField(
        label=_("Do not disturb from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Do not disturb until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    digest = forms.BooleanField(
        label=_("One letter per day instead of many"),
        required=False,
        help_text=_("It comes at 18:00. Urgent messages come at once."),
    )
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)

    def __init__(self, data: Any = None, *, user: AbstractBaseUser, **kwargs: Any) -> None:
        self.user = user
        delivery = selectors.delivery_of(user)
        choices = selectors.choices_of(user)
        initial: dict[str, Any] = {
            "quiet_from": delivery.quiet_from,
            "quiet_until": delivery.quiet_until,
            "digest": delivery.digest,
            "language": delivery.language,
        }
        super().__init__(data, initial=initial, **kwargs)
        for category in REFUSABLE:
            for channel in CHANNELS:
                self.fields[f"{category.code}-{channel}"] = forms.BooleanField(
                    label=channel.label, required=False, initial=choices[category.code, channel]
                )

    def rows(self) -> Iterator[CategoryRow]:
        """The categories, for the table."""
        for category in REFUSABLE:
            yield CategoryRow(str(category.label), [self[f"{category.code}-{channel}"] for channel in CHANNELS])

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours, or none."""
        data = super().clean() or {}
        if "quiet_from" in data and "quiet_until" in data and bool(data["quiet_from"]) != bool(data["quiet_until"]):
            missing = "quiet_until" if data["quiet_from"] else "quiet_from"
            self.add_error(missing, _("Enter both the beginning and the end of the quiet hours."))
        return data

    def save(self) -> Delivery:
        """Store the choices."""
        data = self.cleaned_data
        quiet: tuple[dt.time, dt.time] | None = None
        if data["quiet_from"] and data["quiet_until"]:
            quiet = (data["quiet_from"], data["quiet_until"])
        return services.save_choices(
            user=self.user,
            wanted={
                (category.code, channel): data[f"{category.code}-{channel}"]
                for category in REFUSABLE
                for channel in CHANNELS
            },
            quiet=quiet,
            digest=data["digest"],
            language=data["language"],
        )

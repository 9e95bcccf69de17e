"""Forms of the profile."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from portal.accounts.enums import ApiScope, ReceiptDelivery
from portal.accounts.forms import require_password
from portal.accounts.models import Person
from portal.accounts.phones import russian_phone
from portal.accounts.services.api_keys import DEFAULT_LIFETIME, LIFETIMES
from portal.accounts.views.livejournal import JournalForm
from portal.core.files.checking import CheckedFile, check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.formatting import date_text
from portal.core.refusals import error_message


class ContactsForm(forms.Form):
    """Phone and the address for letters."""

    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Postal address, if different"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def clean_phone(self) -> str:
        return russian_phone(self.cleaned_data["phone"])


class EmailForm(forms.Form):
    """Another e-mail address."""

    email = forms.EmailField(
        label=pgettext_lazy("cabinet", "E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy(
            "We will send a letter to the new address; the old one stays in use until the new one is confirmed."
        ),
    )


class KeyForm(forms.Form):
    """A new API key: what it is for and how long it works."""

    name = forms.CharField(
        label=gettext_lazy("What is the key for"),
        max_length=60,
        help_text=gettext_lazy("For example: smart home, spreadsheet."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the key may do"),
        choices=ApiScope.choices,
        initial=[ApiScope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick only what the program needs: whoever has the key can do this without a password."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it works"), coerce=int, initial=DEFAULT_LIFETIME, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, moment: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(days, _lifetime(days, moment)) for days in LIFETIMES]  # type: ignore[attr-defined]


def _lifetime(days: int, moment: dt.datetime) -> str:
    until = date_text(localtime(moment + dt.timedelta(days=days)).date(), year=True)
    return ngettext("%(days)d day, until %(until)s", "%(days)d days, until %(until)s", days) % {
        "days": days,
        "until": until,
    }


class DeliveryForm(forms.Form):
    """Receipts on paper or electronic."""

    delivery = forms.ChoiceField(
        label=gettext_lazy("Receipts"), choices=ReceiptDelivery.choices, widget=forms.RadioSelect
    )


class PasswordOnceMoreForm(forms.Form):
    """Form of an action that is hard to undo: asks the password again."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        require_password(self.request, password)
        return password


class LinkJournalForm(PasswordOnceMoreForm, JournalForm):
    """Which journal, and the password."""


class NameForm(forms.Form):
    """Another name, with the paper that proves it."""

    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80)
    patronymic = forms.CharField(label=gettext_lazy("Patronymic"), max_length=80, required=False)
    document = forms.FileField(
        label=gettext_lazy("Document: passport page or certificate"),
        help_text=format_lazy(
            gettext_lazy("A photo or PDF up to {size} MB. Only our staff see it."), size=settings.UPLOAD_MAX_MB
        ),
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        names = {name: getattr(person, name) for name in ("last_name", "first_name", "patronymic")}
        super().__init__(*args, **kwargs | {"initial": names})

    def clean_document(self) -> CheckedFile:
        upload = self.cleaned_data["document"]
        try:
            return check_upload(upload.file, upload.name)
        except FileRefused as refusal:
            raise ValidationError(f"{upload.name}: {error_message(refusal)}") from refusal


class CloseLoginForm(PasswordOnceMoreForm):
    """Closing of the login: a reason at will, and the password."""

    field_order = ("comment", "password")

    comment = forms.CharField(
        label=gettext_lazy("Reason (optional)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

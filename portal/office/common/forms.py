"""Base of office forms: fields without colons, an account by its number, a month as people write it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Account
from portal.core.form_fields import MonthInput
from portal.core.periods import Period


class WithoutColons:
    """Fields as everywhere in the portal: label without a colon, help, error, control; all errors above the form."""

    template_name_p = "office/form_fields.html"
    has_summary = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AccountNumberField(forms.CharField):
    """The number of an account that is there."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Account number"))
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("error_messages", {"required": _("Enter the account number.")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Account | None:
        number = super().clean(value)
        if not number:
            return None
        account = Account.objects.with_address().filter(number=number.strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no such account. Check the digits."))
        return account


class PeriodField(forms.CharField):
    """A month by the browser's own picker (YYYY-MM), or as people write it: 11.2026, 11.26, ноябрь 2026."""

    widget = MonthInput

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Period.read(text)
        except ValueError:
            raise forms.ValidationError(_("Write the month as 10.2026.")) from None

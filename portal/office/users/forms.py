"""Forms of a user: what an administrator types as somebody else's password has to be replaced at the first login."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm

from portal.accounts.models import User
from portal.accounts.services.logins import expect_new_password
from portal.core import clock

LOGIN_NAME = _("A login name has Latin letters, digits and . _ + - only.")


class NewUserForm(UserCreationForm):
    """A new login; its password is for one use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = LOGIN_NAME
        _explain(self.fields["password2"])

    def save(self, commit: bool = True) -> User:
        expect_new_password(user=self.instance, moment=clock.real_now())
        return super().save(commit)


class EditForm(UserEditForm):
    """A login; a password typed for somebody else is for one use, one's own is chosen already."""

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, editing_self=editing_self, **kwargs)
        self.editing_self = editing_self
        self.fields["username"].help_text = LOGIN_NAME
        if not editing_self:
            _explain(self.fields["password2"])

    def save(self, commit: bool = True) -> User:
        if self.cleaned_data["password1"] and not self.editing_self:
            expect_new_password(user=self.instance, moment=clock.real_now())
        return super().save(commit)


def _explain(field: forms.Field) -> None:
    field.help_text = _("For one use: the first login asks the employee for a password of their own.")

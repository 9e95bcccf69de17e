"""Forms of a user: what an administrator types as somebody else's password has to be replaced at the first login."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.users.forms import UserCreationForm, UserEditForm

from portal.accounts.models import User
from portal.accounts.role_names import role_line
from portal.accounts.services.logins import expect_new_password
from portal.core import clock

LOGIN_NAME = _("A login name has Latin letters, digits and . _ + - only.")


class NewUserForm(UserCreationForm):
    """A new login; its password is for one use."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_fields(self)
        _explain(self.fields["password1"])

    def save(self, commit: bool = True) -> User:
        expect_new_password(user=self.instance, moment=clock.real_now())
        return super().save(commit)


class EditForm(UserEditForm):
    """A login; a password typed for somebody else is for one use, one's own is chosen already."""

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, editing_self=editing_self, **kwargs)
        self.editing_self = editing_self
        _name_fields(self)
        if not editing_self:
            _explain(self.fields["password1"])

    def save(self, commit: bool = True) -> User:
        if self.cleaned_data["password1"] and not self.editing_self:
            expect_new_password(user=self.instance, moment=clock.real_now())
        return super().save(commit)


def _name_fields(form: forms.BaseForm) -> None:
    """Name the login and the roles in our words."""
    form.fields["username"].label = pgettext_lazy("users", "Login name")
    form.fields["username"].help_text = LOGIN_NAME
    groups = form.fields["groups"]
    groups.label_from_instance = lambda group: role_line(group.name)  # type: ignore[attr-defined]  # of a model choice
    groups.label = pgettext_lazy("users", "Roles")
    groups.help_text = _("The tasks of each role are described beside it; several roles add up.")


def _explain(field: forms.Field) -> None:
    """Say that a password is for one use, before the rules that Django names."""
    field.help_text = format_html("{} {}", _ONE_USE, field.help_text)


_ONE_USE = _("For one use: the first login asks the employee for a password of their own.")

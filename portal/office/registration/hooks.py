"""The registrar's desk in the admin's menu."""

from django.urls import URLPattern, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.accounts.permissions import REGISTER
from portal.office.menu import PermittedItem, hook_of
from portal.office.registration.urls import urlpatterns


@hooks.register(hook_of("residents"))
def desk_item() -> PermittedItem:
    """«Регистрация» first among the residents."""
    return PermittedItem(
        _("Registration"),
        reverse_lazy("registration_desk"),
        name="registration",
        icon_name="user",
        order=5,
        permissions=(REGISTER,),
    )


@hooks.register("register_admin_urls")
def registration_urls() -> list[URLPattern]:
    """Addresses of the registrar's screens."""
    return urlpatterns

"""The registrar's desk in the admin's menu."""

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.accounts.permissions import REGISTER
from portal.office.menu import register_item
from portal.office.registration.urls import urlpatterns

register_item(
    "residents", label=_("Registration"), url_name="registration_desk", icon="user", order=10, permission=REGISTER
)  # fmt: skip


@hooks.register("register_admin_urls")
def registration_urls() -> list[URLPattern]:
    """Addresses of the registrar's screens."""
    return urlpatterns

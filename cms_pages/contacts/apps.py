from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    name = "cms_pages.contacts"
    label = "cms_contacts"
    verbose_name = _("Pages: contacts")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StandardConfig(AppConfig):
    name = "cms_pages.standard"
    label = "cms_standard"
    verbose_name = _("Pages: standard")

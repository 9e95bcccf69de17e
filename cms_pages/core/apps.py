from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "cms_pages.core"
    label = "cms_core"
    verbose_name = _("Pages: core")

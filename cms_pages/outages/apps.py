from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutagesConfig(AppConfig):
    name = "cms_pages.outages"
    label = "cms_outages"
    verbose_name = _("Pages: outages")

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TariffsConfig(AppConfig):
    name = "cms_pages.tariffs"
    label = "cms_tariffs"
    verbose_name = _("Pages: tariffs")

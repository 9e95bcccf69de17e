from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CabinetConfig(AppConfig):
    name = "portal.cabinet"
    label = "cabinet"
    verbose_name = _("Online account")

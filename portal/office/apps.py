from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "portal.office"
    label = "office"
    verbose_name = _("Office")

    def ready(self) -> None:
        from portal.office import checks, uploads  # noqa: F401 - the checks register themselves

        uploads.register()

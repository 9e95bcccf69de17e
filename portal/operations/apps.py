from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        """A probe of /readyz is also a look whether staff must be written to."""
        from portal.core import health
        from portal.operations.watch import after_probe

        health.on_report(after_probe)

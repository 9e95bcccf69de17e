from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"
    verbose_name = _("Operations")

    def ready(self) -> None:
        """A probe of /readyz may write to staff about outages; /metrics reads the state of everything."""
        from portal.core import health
        from portal.operations import metrics
        from portal.operations.watch import after_probe

        health.on_report(after_probe)
        metrics.register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Import the modules that declare kinds; add the mail server to the health of the portal."""
        from django.utils.module_loading import autodiscover_modules

        from portal.core import health
        from portal.notifications.health import mail

        health.register("mail", mail)
        autodiscover_modules("notifications", "staff_notices")

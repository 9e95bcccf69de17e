from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        """Whether the mail server takes letters is part of the portal's health."""
        from portal.core import health
        from portal.notifications.health import mail

        health.register("mail", mail)

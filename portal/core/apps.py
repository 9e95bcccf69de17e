from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        from portal.core.sqlite import fold_every_alphabet

        connection_created.connect(fold_every_alphabet, dispatch_uid="portal.core.sqlite")

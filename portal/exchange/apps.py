from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "portal.exchange"
    label = "exchange"
    verbose_name = _("File exchange")

    def ready(self) -> None:
        """Say who may see stored bank files."""
        from django.contrib.auth.models import PermissionsMixin

        from portal.core.files.services import register_kind
        from portal.exchange.bank_files.services import KIND

        register_kind(
            KIND, lambda user, _file: isinstance(user, PermissionsMixin) and user.has_perm("payments.import_registry")
        )

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "portal.exchange"
    label = "exchange"
    verbose_name = _("File exchange")

    def ready(self) -> None:
        """Say who may see bank files and exports (files of imports: their screens alone), and who books balances."""
        from django.contrib.auth.models import PermissionsMixin

        from portal.approvals import services as approvals
        from portal.core.files.services import register_kind
        from portal.exchange.bank_files.services import KIND
        from portal.exchange.exports import runs as exports
        from portal.exchange.imports import services

        approvals.register(services.OWNER, book=services.book_request, rejected=services.drop_request)
        register_kind(services.FILE_KIND, lambda _user, _file: False, waits_for_record=True)
        register_kind(
            KIND, lambda user, _file: isinstance(user, PermissionsMixin) and user.has_perm("payments.import_registry")
        )
        register_kind(
            exports.FILE_KIND,
            lambda user, _file: isinstance(user, PermissionsMixin) and user.has_perm(exports.PERMISSION),
        )

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "portal.payments"
    label = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Refunds are approved where every operation with money is."""
        from portal.approvals import services as approvals
        from portal.approvals.enums import OperationKind
        from portal.core import health
        from portal.payments import checks  # noqa: F401  # registers them
        from portal.payments.health import NAME, gateway
        from portal.payments.services import refunds

        health.register(NAME, gateway)
        approvals.register(OperationKind.REFUND, book=refunds.book_operation, rejected=refunds.drop_operation)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "portal.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from portal.approvals import services as approvals
        from portal.approvals.enums import OperationKind
        from portal.billing.permissions import may_see_report
        from portal.billing.services import corrections, number_requests, recalculation, reductions, tampering_reports
        from portal.core.files.services import register_kind

        approvals.register(OperationKind.CORRECTION, book=corrections.book_operation)
        approvals.register(OperationKind.RECALCULATION, book=recalculation.book_operation)
        approvals.register(number_requests.OWNER, book=number_requests.book_request)
        approvals.register(reductions.OWNER, book=reductions.book_request)
        register_kind(tampering_reports.FILE_KIND, may_see_report)

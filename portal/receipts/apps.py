from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReceiptsConfig(AppConfig):
    name = "portal.receipts"
    label = "receipts"
    verbose_name = _("Receipts")

    def ready(self) -> None:
        """Register the private files, the step of the month's calendar, and what forbids a reversal of a closing."""
        from portal.billing.enums import MonthStep
        from portal.billing.services import calendar, reversal
        from portal.core.files.services import register_kind
        from portal.receipts import issuing, permissions, print_run, services

        register_kind(services.FILE_KIND, permissions.may_see_receipt_file)
        register_kind(print_run.FILE_KIND, permissions.may_see_print_file)
        calendar.register_step(MonthStep.RECEIPTS, issuing.issue_by_calendar)
        reversal.register_check(services.require_no_receipts)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    name = "portal.billing"
    label = "billing"
    verbose_name = _("Billing")

    def ready(self) -> None:
        from portal.billing.permissions import may_see_act
        from portal.billing.receipts import permissions, print_run, services
        from portal.billing.services import acts
        from portal.core.files.services import register_kind

        register_kind(services.FILE_KIND, permissions.may_see_receipt_file)
        register_kind(acts.FILE_KIND, may_see_act)
        register_kind(print_run.FILE_KIND, permissions.may_see_print_file)

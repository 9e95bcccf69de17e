from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _
from wagtail.signals import task_approved, task_cancelled, task_rejected


class TariffsConfig(AppConfig):
    name = "cms_pages.tariffs"
    label = "cms_tariffs"
    verbose_name = _("Pages: tariffs")

    def ready(self) -> None:
        """Decisions wait for a second person where every number does, and by the same switch."""
        from cms_pages.core.moderation import apply_rules
        from cms_pages.tariffs import notifications, taking_down
        from portal.approvals import services as approvals

        post_save.connect(
            lambda **_kwargs: apply_rules(),
            sender="approvals.ApprovalSettings",
            weak=False,
            dispatch_uid="tariff rules",
        )
        for decided in (task_approved, task_rejected, task_cancelled):
            decided.connect(notifications.withdraw_waits, dispatch_uid="tariff waits")
        pre_delete.connect(taking_down.before_delete, sender="cms_tariffs.TariffPage", dispatch_uid="unused rates")
        approvals.register(taking_down.OWNER, book=taking_down.book_request, facts=taking_down.current_facts)

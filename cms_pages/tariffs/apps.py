from django.apps import AppConfig
from django.db.models.signals import pre_delete
from django.utils.translation import gettext_lazy as _


class TariffsConfig(AppConfig):
    name = "cms_pages.tariffs"
    label = "cms_tariffs"
    verbose_name = _("Pages: tariffs")

    def ready(self) -> None:
        """Decisions wait for a second person where every number does, and by the same switch."""
        from cms_pages.core.moderation import apply_rules
        from cms_pages.tariffs import taking_down
        from portal.approvals import rules
        from portal.approvals import services as approvals

        rules.on_saved(apply_rules)
        pre_delete.connect(taking_down.before_delete, sender="cms_tariffs.TariffPage", dispatch_uid="unused rates")
        approvals.register(taking_down.OWNER, book=taking_down.book_request)

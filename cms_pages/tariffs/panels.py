"""On a decision's own page: what its prices change, before it is published, approved or goes live on its day."""

from typing import Any

from wagtail.admin.panels import HelpPanel


class EffectPanel(HelpPanel):
    """Shown while the saved version brings prices that do not stand yet."""

    class BoundPanel(HelpPanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            from cms_pages.tariffs.selectors import tariff_effect

            super().__init__(**kwargs)
            self.effect = tariff_effect(self.instance) if self.instance.pk else None

        def is_shown(self) -> bool:
            return bool(super().is_shown()) and bool(self.effect)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            planned = self.instance.scheduled_revision
            return context | {
                "tariff": self.effect,
                "in_review": self.instance.workflow_in_progress,
                "scheduled": planned.approved_go_live_at if planned else None,
            }

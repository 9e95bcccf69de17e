"""Admin forms of a tariff decision: duplicate rates and rates that billing refuses are form errors."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.forms import TaskStateCommentForm

from cms_pages.tariffs.exceptions import TariffRefused
from portal.accounts.enums import Service
from portal.billing.services.rates import NewRate

# Actions that publish now or after a review: billing checks the rates first.
PUBLISHING = ("action-publish", "action-submit", "action-restart-workflow", "action-workflow-action")
OLDEST_ORDER = dt.date(2000, 1, 1)


class ApprovalForm(TaskStateCommentForm):
    """An approver's comment, the token of the preview that they saw, and their confirmation of its warnings."""

    preview_token = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False)


class TariffPageForm(WagtailAdminPageForm):
    """Checks the rates of the page together."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("expire_at"):
            self.add_error("expire_at", ValidationError(_("A decision stays published until somebody unpublishes it.")))
        self._check_order_date(cleaned.get("order_date"))
        rates = self._rates()
        if len(rates) != len({rate[:2] for rate in rates}):
            self.add_error(None, ValidationError(_("A service has two rates from the same day: leave one.")))
        elif any(self.data.get(action) for action in PUBLISHING):
            self._check_with_billing(rates)
            self._require_preview(rates)
        return cleaned

    def _check_order_date(self, day: dt.date | None) -> None:
        """Refuse an order of the last century, a typing error; one of a day to come is refused by the field itself."""
        if day is not None and day < OLDEST_ORDER:
            self.add_error("order_date", ValidationError(_("An order is dated after 1999.")))

    def _rates(self) -> list[tuple[str, dt.date, Decimal]]:
        formset = self.formsets.get("rates")
        rows = [form.cleaned_data for form in formset.forms if form.is_valid()] if formset else []
        return [
            (row["service"], row["valid_from"], row["price"])
            for row in rows
            if row.get("service") and not row.get("DELETE")
        ]

    def _require_preview(self, rates: list[tuple[str, dt.date, Decimal]]) -> None:
        """Refuse an approval of prices other than those of the preview, such as prices typed after it."""
        from cms_pages.tariffs.selectors import preview_token

        if not self.data.get("action-workflow-action") or self.data.get("workflow-action-name") != "approve":
            return
        try:
            token = json.loads(self.data.get("workflow-action-extra-data") or "{}").get("preview_token")
        except (ValueError, AttributeError):
            token = None
        if token != preview_token(rates):
            message = _("The prices were changed after their effect was shown: save the draft and approve it anew.")
            self.add_error(None, ValidationError(message))

    def _check_with_billing(self, rates: list[tuple[str, dt.date, Decimal]]) -> None:
        from cms_pages.tariffs.services import check_rates

        try:
            check_rates(
                [NewRate(service=Service(service), valid_from=since, price=price) for service, since, price in rates],
                page_id=self.instance.pk,
            )
        except TariffRefused as refusal:
            self.add_error(None, ValidationError(refusal.message))

"""The editor's form of a tariff decision: doubled rates and rates that billing refuses are named at once."""

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

# What asks for a publication now or later: then billing is asked beforehand.
PUBLISHING = ("action-publish", "action-submit", "action-restart-workflow", "action-workflow-action")


class ApprovalForm(TaskStateCommentForm):
    """An approver's words, which prices the window showed, and the answer to what they are asked about."""

    preview_token = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False)


class TariffPageForm(WagtailAdminPageForm):
    """Checks the rates together, before anything is stored."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("expire_at"):
            self.add_error("expire_at", ValidationError(_("A decision stays published until somebody unpublishes it.")))
        rates = self._rates()
        if len(rates) != len({rate[:2] for rate in rates}):
            self.add_error(None, ValidationError(_("A service has two rates from the same day: leave one.")))
        elif any(self.data.get(action) for action in PUBLISHING):
            self._ask_billing(rates)
            self._require_preview(rates)
        return cleaned

    def _rates(self) -> list[tuple[str, dt.date, Decimal]]:
        formset = self.formsets.get("rates")
        forms = [form for form in formset.forms if form.is_valid()] if formset else []
        rows = [form.cleaned_data for form in forms]
        return [
            (row["service"], row["valid_from"], row["price"])
            for row in rows
            if row.get("service") and not row.get("DELETE")
        ]

    def _require_preview(self, rates: list[tuple[str, dt.date, Decimal]]) -> None:
        """Whoever approves approves the prices that the window showed, not what was typed after it."""
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

    def _ask_billing(self, rates: list[tuple[str, dt.date, Decimal]]) -> None:
        from cms_pages.tariffs.services import check_rates

        try:
            check_rates(
                [NewRate(service=Service(service), valid_from=since, price=price) for service, since, price in rates],
                page_id=self.instance.pk,
            )
        except TariffRefused as refusal:
            self.add_error(None, ValidationError(refusal.message))

"""List of the ledger's seals, each with what the last check found."""

from typing import Any

from django.contrib.admin import SimpleListFilter, display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.templatetags.office_ui import state_badge
from portal.integrity.models import Seal
from portal.office.common.columns import kopecks_column
from portal.office.common.lists import OfficeAdmin, OfficeIndexView
from portal.office.ledger.selectors import SealState, last_check, with_state

STATES = {
    SealState.AGREES: (_("agrees"), "ok"),
    SealState.BROKEN: (_("does not agree"), "danger"),
    SealState.UNCHECKED: (pgettext_lazy("seal", "not checked yet"), ""),
}


class SealStateFilter(SimpleListFilter):
    """Seals by what the last check found."""

    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, label) for state, (label, _kind) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(state=self.value())


class SealIndexView(OfficeIndexView):
    """Above the list: what the last check found, the button that runs it, the way to compare with a letter."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"check": last_check()}


class SealAdmin(OfficeAdmin):
    """The daily seals: nobody makes or changes one by hand."""

    model = Seal
    group = "month"
    menu_label = _("Hashes of the ledger")
    menu_icon = "lock"
    menu_order = 22
    index_view_class = SealIndexView
    index_template_name = "office/seals.html"
    list_display = ("made_at", "number", "state_badge", "entries", "sum", "receipts", "beginning")
    list_export = (
        "made_at",
        "number",
        "state_badge",
        "entries",
        "sum",
        "receipts",
        "receipts_sum",
        "last_entry",
        "last_receipt",
        "previous",
        "sha256",
    )
    list_filter = (SealStateFilter, "day")
    search_fields = ("sha256",)
    ordering = ("-number",)
    inspect_view_fields = list_export
    sum = kopecks_column("entries_kopecks", _("Sum of the new entries, ₽"))
    receipts_sum = kopecks_column("receipts_kopecks", _("Sum of the new receipts, ₽"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seal]:
        return with_state(super().get_queryset(request))

    @display(description=Seal._meta.get_field("sha256").verbose_name, ordering="sha256")
    def beginning(self, seal: Seal) -> str:
        """The first characters of the hash; the record and the export have it whole."""
        return f"{seal.sha256[:12]}…"

    @display(description=_("State"))
    def state_badge(self, seal: Any) -> SafeString:
        """What the last check found."""
        label, kind = STATES[SealState(seal.state)]
        return state_badge(str(label), kind)

    state_badge.export = lambda seal: str(STATES[SealState(seal.state)][0])  # type: ignore[attr-defined]

"""List of ledger entries."""

from typing import Any

from django.contrib.admin import display
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.billing.models import Charge
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry, EntryQuerySet
from portal.office.common.columns import money_column, month_column, reversed_mark
from portal.office.common.filters import AccountFilter, ReversedFilter
from portal.office.common.lists import OfficeAdmin
from portal.office.ledger.sources import source_of


class EntryAdmin(OfficeAdmin):
    """The ledger: it only grows."""

    model = Entry
    group = "money"
    menu_icon = "list-ol"
    menu_order = 60
    list_display = ("effective_on", "account", "what", "sum", "month", "origin", "note")
    list_export = (
        "effective_on",
        "account",
        "kind",
        "amount",
        "period",
        "source",
        "note",
        "created_at",
        "made_by",
        "approved_by",
    )
    list_select_related = ("account",)
    list_filter = (ReversedFilter, "kind", "effective_on", "period", AccountFilter)
    search_fields = ("account__number", "source", "note")
    ordering = ("-effective_on", "-pk")
    inspect_view_fields = (
        "account",
        "effective_on",
        "kind",
        "sum",
        "month",
        "origin",
        "note",
        "created_at",
        "key",
        "made_by",
        "approved_by",
    )
    sum = money_column("amount", _("Sum, ₽"))
    month = month_column("period", _("Period"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        entries: EntryQuerySet = super().get_queryset(request)
        charge = Subquery(Charge.objects.filter(key=OuterRef("source")).values("pk")[:1])
        return entries.with_reversed().annotate(charge=charge)

    @display(description=_("Kind"), ordering="kind")
    def what(self, entry: Any) -> SafeString | str:
        """The kind; an entry that a reversal undid says so."""
        return reversed_mark(entry.get_kind_display(), is_reversed=getattr(entry, "is_reversed", False))

    def get_extra_attrs_for_row(self, obj: Any, context: Any) -> dict[str, str]:
        return {"class": "office-reversed"} if obj.is_reversed or obj.kind == EntryKind.REVERSAL else {}

    @display(description=_("Source"))
    def origin(self, entry: Any) -> SafeString | str:
        charge = entry.charge if hasattr(entry, "charge") else _charge_of(entry)  # a record is opened without the list
        source = source_of(entry, charge=charge)
        return format_html('<a href="{}">{}</a>', source.url, source.label) if source else "—"


def _charge_of(entry: Entry) -> int | None:
    return Charge.objects.filter(key=entry.source).values_list("pk", flat=True).first()


LISTS = (EntryAdmin,)

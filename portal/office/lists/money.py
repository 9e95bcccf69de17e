"""What was charged, booked, issued and paid: looked at, never edited."""

from typing import Any

from django.contrib.admin import display
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.billing.models import Charge
from portal.ledger.models import Entry
from portal.office.lists.base import OfficeAdmin, money_column, month_column
from portal.office.lists.filters import AccountFilter
from portal.office.sources import source_of


class EntryAdmin(OfficeAdmin):
    """The book: it only grows."""

    model = Entry
    group = "money"
    menu_icon = "list-ol"
    menu_order = 60
    list_display = ("effective_on", "account", "kind", "sum", "month", "origin", "note")
    list_export = ("effective_on", "account", "kind", "amount", "period", "source", "note", "created_at")
    list_select_related = ("account",)
    list_filter = ("kind", "effective_on", "period", AccountFilter)
    search_fields = ("account__number", "source", "note")
    ordering = ("-effective_on", "-pk")
    inspect_view_fields = ("account", "effective_on", "kind", "sum", "month", "origin", "note", "created_at", "key")
    sum = money_column("amount", _("Sum, ₽"))
    month = month_column("period", _("Period"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        found: QuerySet[Entry] = super().get_queryset(request)
        return found.annotate(charge=Subquery(Charge.objects.filter(key=OuterRef("source")).values("pk")[:1]))

    @display(description=_("Source"))
    def origin(self, entry: Any) -> SafeString | str:
        charge = entry.charge if hasattr(entry, "charge") else _charge_of(entry)  # a record is opened without the list
        source = source_of(entry, charge=charge)
        return format_html('<a href="{}">{}</a>', source.url, source.label) if source else "—"


def _charge_of(entry: Entry) -> int | None:
    return Charge.objects.filter(key=entry.source).values_list("pk", flat=True).first()


LISTS = (EntryAdmin,)

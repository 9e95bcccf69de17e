"""What was charged, booked, issued and paid: looked at, never edited."""

from django.utils.translation import gettext_lazy as _

from portal.ledger.models import Entry
from portal.office.lists.base import OfficeAdmin, money_column, month_column


class EntryAdmin(OfficeAdmin):
    """The book: it only grows."""

    model = Entry
    group = "money"
    menu_icon = "list-ol"
    menu_order = 60
    list_display = ("effective_on", "account", "kind", "sum", "month", "note")
    list_export = ("effective_on", "account", "kind", "amount", "period", "source", "note", "created_at")
    list_select_related = ("account",)
    list_filter = ("kind", "effective_on", "period")
    search_fields = ("account__number", "source", "note")
    ordering = ("-effective_on", "-pk")
    sum = money_column("amount", _("Sum, ₽"))
    month = month_column("period", _("Period"))


LISTS = (EntryAdmin,)

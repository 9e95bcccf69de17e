"""What was charged, booked, issued and paid: looked at, never edited."""

from django.utils.translation import gettext_lazy as _

from portal.ledger.models import Entry
from portal.office.lists.base import OfficeAdmin, money_column
from portal.payments.models import Payment


class EntryAdmin(OfficeAdmin):
    """The book: it only grows."""

    model = Entry
    group = "money"
    menu_icon = "list-ol"
    menu_order = 60
    list_display = ("effective_on", "account", "kind", "sum", "period", "note")
    list_export = ("effective_on", "account", "kind", "amount", "period", "source", "note", "created_at")
    list_select_related = ("account",)
    list_filter = ("kind", "effective_on", "period")
    search_fields = ("account__number", "source", "note")
    ordering = ("-effective_on", "-pk")
    sum = money_column("amount", _("Sum, ₽"))


class PaymentAdmin(OfficeAdmin):
    """Payments of every channel."""

    model = Payment
    group = "money"
    menu_icon = "circle-plus"
    menu_order = 70
    list_display = ("created_at", "account", "sum", "channel", "state", "paid_on", "network")
    list_export = (
        "created_at", "account", "amount", "refunded", "channel", "state", "paid_on", "for_period", "network", "last4",
        "gateway", "gateway_id", "note",
    )  # fmt: skip
    list_select_related = ("account",)
    list_filter = ("state", "channel", "paid_on")
    search_fields = ("account__number", "gateway_id", "key", "note")
    ordering = ("-created_at",)
    inspect_view_fields = (
        "account", "amount", "refunded", "channel", "state", "paid_on", "paid_at", "for_period", "network", "last4",
        "gateway", "gateway_id", "cancel_reason", "problem", "payer", "created_at", "closed_at", "note",
    )  # fmt: skip
    sum = money_column("amount", _("Sum, ₽"))


LISTS = (EntryAdmin, PaymentAdmin)

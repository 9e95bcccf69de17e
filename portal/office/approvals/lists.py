"""Operations of money that need a second person."""

from django.contrib.admin import display
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.approvals.models import MoneyOperation
from portal.core.formatting import moment_text
from portal.office.common.columns import money_column, staff_column
from portal.office.common.filters import AccountFilter
from portal.office.common.lists import OfficeAdmin


class MoneyOperationAdmin(OfficeAdmin):
    """Operations with money by hand: what one person did alone, what waits for a second one, what was decided."""

    model = MoneyOperation
    group = "money"
    menu_icon = "group"
    menu_order = 27
    list_display = ("opened", "kind", "account", "sum", "reason", "state", "who", "second")
    list_export = (
        "pk",
        "made_at",
        "kind",
        "account",
        "amount",
        "subject",
        "reason",
        "document",
        "state",
        "made_by",
        "decided_by",
        "decided_at",
        "answer",
    )
    list_select_related = ("account", "made_by", "decided_by")
    list_filter = ("state", "kind", "made_on", AccountFilter)
    search_fields = ("account__number", "reason", "document", "made_by__username", "made_by__last_name")
    inspect_view_fields = (
        "kind",
        "account",
        "sum",
        "reason",
        "document",
        "state",
        "who",
        "made_at",
        "second",
        "decided_at",
        "answer",
    )
    sum = money_column("amount", _("Sum, ₽"))
    who = staff_column("made_by", _("Made by"))
    second = staff_column("decided_by", _("Decided by"))

    @display(description=pgettext_lazy("approvals", "Made"), ordering="made_at")
    def opened(self, operation: MoneyOperation) -> SafeString:
        """A link to the operation's own page, where it is decided."""
        return format_html(
            '<a href="{}">{}</a>', reverse("office_approval", args=[operation.pk]), moment_text(operation.made_at)
        )


LISTS = (MoneyOperationAdmin,)

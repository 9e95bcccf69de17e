"""Lists of the section: templates of registries, rules, what passed with the gateway, VAT of receipts."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from portal.office.lists.base import OfficeAdmin, RecordPermissions
from portal.payments.models import GatewayEvent, IdentificationRule, RegistryTemplate


class TemplateAdmin(OfficeAdmin):
    """How banks' registries are read: data, not code."""

    model = RegistryTemplate
    group = "payments"
    menu_icon = "table"
    menu_order = 110
    permission_helper_class = RecordPermissions
    list_display = ("name", "layout", "channel", "purpose", "active")
    list_filter = ("layout", "channel", "active")
    search_fields = ("name", "code")
    panels = [
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("code"), FieldRowPanel([FieldPanel("channel"), FieldPanel("purpose")]),
             FieldPanel("active")],
            _("Template"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("layout"), FieldPanel("encoding")]),
             FieldRowPanel([FieldPanel("separator"), FieldPanel("fields")]),
             FieldRowPanel([FieldPanel("skip_first"), FieldPanel("comment_prefix")]),
             FieldRowPanel([FieldPanel("date_format"), FieldPanel("time_format")]),
             FieldRowPanel([FieldPanel("decimal_sign"), FieldPanel("negative")]),
             FieldPanel("account_pattern")],
            _("Layout"),
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("total_prefix"), FieldPanel("total_count_prefix")]),
             FieldRowPanel([FieldPanel("total_count"), FieldPanel("total_sum")]),
             FieldRowPanel([FieldPanel("total_transferred"), FieldPanel("total_commission")])],
            _("Totals"),
        ),
        InlinePanel("columns", heading=_("Columns"), panels=[
            FieldRowPanel([FieldPanel("field"), FieldPanel("position"), FieldPanel("width"), FieldPanel("heading")])
        ]),
    ]  # fmt: skip


class RuleAdmin(OfficeAdmin):
    """What was decided about unknown payers, used again by itself."""

    model = IdentificationRule
    group = "payments"
    menu_icon = "key"
    menu_order = 120
    permission_helper_class = RecordPermissions
    list_display = ("text", "kind", "account", "used", "made_at")
    list_select_related = ("account",)
    search_fields = ("text", "account__number")
    panels = [FieldPanel("kind"), FieldPanel("text"), FieldPanel("account")]


class EventAdmin(OfficeAdmin):
    """What passed with the gateway, as it came, without secrets."""

    model = GatewayEvent
    group = "payments"
    menu_icon = "history"
    menu_order = 130
    list_display = ("received_at", "gateway", "kind", "payment", "status", "outcome")
    list_export = ("received_at", "gateway", "kind", "gateway_id", "status", "outcome")
    list_filter = ("gateway", "kind", "received_at")
    search_fields = ("gateway_id", "outcome")
    inspect_view_fields = (
        "received_at", "gateway", "kind", "payment", "gateway_id", "status", "source", "outcome", "body",
    )  # fmt: skip


LISTS = (TemplateAdmin, RuleAdmin, EventAdmin)

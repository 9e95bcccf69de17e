"""Lists of the section: payments, templates of bank files, rules, what passed with the gateway."""

from typing import Any

from django.contrib.admin import display
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList

from portal.core.formatting import date_text, moment_text
from portal.office.accounts.lists import account_link
from portal.office.common.columns import money_column, yes_no_column
from portal.office.common.forms import AccountNumberField
from portal.office.common.lists import OfficeAdmin, RecordPermissions
from portal.payments.models import BankFileTemplate, GatewayEvent, IdentificationRule, Payment
from portal.payments.problems import problem_text


class PaymentAdmin(OfficeAdmin):
    """Payments of every channel; the number opens the payment with all that passed about it."""

    model = Payment
    group = "payments"
    menu_icon = "pick"
    menu_order = 5
    list_display = ("number", "whose", "sum", "channel", "state_badge", "paid", "card")
    list_export = (
        "pk",
        "created_at",
        "account",
        "amount",
        "refunded",
        "channel",
        "state",
        "paid_on",
        "for_period",
        "network",
        "last4",
        "gateway",
        "gateway_id",
        "receipt_state",
        "problem",
        "note",
    )
    list_select_related = ("account",)
    list_filter = ("state", "channel", "receipt_state", "paid_on")
    search_fields = ("account__number", "gateway_id", "last4", "note")
    inspect_view_fields = (
        "account",
        "amount",
        "refunded",
        "channel",
        "state",
        "paid_on",
        "for_period",
        "network",
        "last4",
        "gateway",
        "gateway_id",
        "cancel_reason",
        "receipt_state",
        "problem",
        "payer",
        "created_at",
        "closed_at",
        "note",
    )
    ordering = ("-created_at",)
    sum = money_column("amount", _("Sum, ₽"))

    @display(description=pgettext_lazy("portal", "Number"), ordering="pk")
    def number(self, payment: Payment) -> SafeString:
        """A link to the payment's own page."""
        return format_html('<a href="{}">№ {}</a>', reverse("office_payment", args=[payment.pk]), payment.pk)

    @display(description=_("Customer account"), ordering="account__number")
    def whose(self, payment: Payment) -> SafeString:
        """A link to the account's card."""
        return account_link(payment.account)

    @display(description=_("Paid on"), ordering="paid_on")
    def paid(self, payment: Payment) -> str:
        """The day of the payment; when it was begun, while it is not paid."""
        return date_text(payment.paid_on, year=True) if payment.paid_on else moment_text(payment.created_at)

    @display(description=_("Card"), ordering="network")
    def card(self, payment: Payment) -> str:
        """Network and last four digits."""
        return f"{payment.get_network_display()} •••• {payment.last4}" if payment.last4 else "—"

    @display(description=_("State"), ordering="state")
    def state_badge(self, payment: Payment) -> str:
        """The state, and what does not agree in words."""
        return f"{payment.get_state_display()}. {problem_text(payment.problem) if payment.problem else ''}".strip(". ")


class TemplateAdmin(OfficeAdmin):
    """Templates of banks' payment files."""

    model = BankFileTemplate
    group = "payments"
    menu_icon = "table"
    menu_order = 110
    permission_helper_class = RecordPermissions
    list_display = ("name", "layout", "channel", "purpose", "used")
    list_export = ("name", "code", "layout", "channel", "purpose", "active")
    used = yes_no_column("active", BankFileTemplate._meta.get_field("active").verbose_name)
    list_filter = ("layout", "channel", "active")
    search_fields = ("name", "code")
    panels = [
        MultiFieldPanel(
            [
                FieldPanel("name"),
                FieldPanel("code"),
                FieldRowPanel([FieldPanel("channel"), FieldPanel("purpose")]),
                FieldPanel("active"),
            ],
            _("Template"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("layout"), FieldPanel("encoding")]),
                FieldRowPanel([FieldPanel("separator"), FieldPanel("fields")]),
                FieldRowPanel([FieldPanel("skip_first"), FieldPanel("comment_prefix")]),
                FieldRowPanel([FieldPanel("date_format"), FieldPanel("time_format")]),
                FieldRowPanel([FieldPanel("decimal_sign"), FieldPanel("negative")]),
                FieldPanel("account_pattern"),
            ],
            pgettext_lazy("portal", "Layout"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("total_prefix"), FieldPanel("total_count_prefix")]),
                FieldRowPanel([FieldPanel("total_count"), FieldPanel("total_sum")]),
                FieldRowPanel([FieldPanel("total_transferred"), FieldPanel("total_commission")]),
            ],
            _("Totals"),
        ),
        InlinePanel(
            "columns",
            heading=_("Columns"),
            panels=[
                FieldRowPanel([FieldPanel("field"), FieldPanel("position"), FieldPanel("width"), FieldPanel("heading")])
            ],
        ),
    ]


class RuleForm(WagtailAdminModelForm):
    """The account is typed by its number: a list of all accounts would grow with them."""

    account = AccountNumberField(
        required=False,
        help_text=IdentificationRule._meta.get_field("account").help_text,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.account is not None:
            self.initial["account"] = self.instance.account.number


class RuleAdmin(OfficeAdmin):
    """Decisions about unknown payers, applied automatically."""

    model = IdentificationRule
    group = "payments"
    menu_icon = "key"
    menu_order = 120
    permission_helper_class = RecordPermissions
    list_display = ("text", "kind", "account", "used", "made_at")
    list_export = ("text", "kind", "account", "used", "made_at")
    list_select_related = ("account",)
    search_fields = ("text", "account__number")
    edit_handler = ObjectList([FieldPanel("kind"), FieldPanel("text"), FieldPanel("account")], base_form_class=RuleForm)


class EventAdmin(OfficeAdmin):
    """Exchanges with the gateway as received, without secrets."""

    model = GatewayEvent
    group = "payments"
    menu_icon = "history"
    menu_order = 130
    list_display = ("received_at", "gateway", "kind", "payment", "status", "outcome")
    list_export = ("received_at", "gateway", "kind", "gateway_id", "status", "outcome")
    list_filter = ("gateway", "kind", "received_at")
    search_fields = ("gateway_id", "outcome")
    inspect_view_fields = (
        "received_at",
        "gateway",
        "kind",
        "payment",
        "gateway_id",
        "status",
        "source",
        "outcome",
        "body",
    )


LISTS = (PaymentAdmin, TemplateAdmin, RuleAdmin, EventAdmin)

"""Accounts with their people, premises, houses, streets, contracts, and what is dated about an account."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter, display
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from portal.accounts.models import (
    Account,
    AccountService,
    Contract,
    Holder,
    House,
    Occupancy,
    Person,
    Premises,
    Street,
)
from portal.core.params import int_param
from portal.ledger.models import Entry
from portal.ledger.selectors import IN_KOPECKS
from portal.office.common.columns import joined, kopecks_column, yes_no_column
from portal.office.common.filters import RelatedFilter
from portal.office.common.lists import DatedPermissions, KeptPermissions, OfficeAdmin, RecordPermissions


class DebtFilter(SimpleListFilter):
    """Owes, paid ahead, or neither."""

    title = _("Balance")
    parameter_name = "debt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("owes", _("Owes")), ("ahead", _("Paid ahead")), ("even", _("No debt, no advance"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        wanted = {"owes": {"owed__gt": 0}, "ahead": {"owed__lt": 0}, "even": {"owed": 0}}
        return queryset.filter(**wanted.get(self.value() or "", {}))


class OpenFilter(SimpleListFilter):
    """Open or closed accounts."""

    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        return [("open", _("Open")), ("closed", pgettext_lazy("office", "Closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(closed_on__isnull=self.value() == "open")


def account_link(account: Account) -> SafeString:
    """An account's number that opens its card."""
    return format_html('<a href="{}">{}</a>', reverse("office_account", args=[account.pk]), account.number)


class AccountAdmin(OfficeAdmin):
    """Accounts: the number opens the card."""

    model = Account
    group = "residents"
    menu_icon = "doc-full"
    menu_order = 10
    permission_helper_class = KeptPermissions
    list_display = ("card", "holder", "address", "balance", "delivery", "opened_on", "closed_on")
    list_filter = (OpenFilter, DebtFilter, "delivery", ("premises__house__street", RelatedFilter))
    list_export = ("number", "holder", "address", "balance", "delivery", "opened_on", "closed_on", "els")
    search_fields = (
        "number",
        "els",
        "premises__house__street__name",
        "premises__house__number",
        "premises__number",
        "holders__person__last_name",
        "holders__person__first_name",
        "holders__person__phone",
        "meters__serial_number",
    )
    search_shown = ("holders__person__last_name", "holders__person__first_name")
    ordering = ("number",)
    inspect_view_fields = ("number", "premises", "opened_on", "billed_from", "closed_on", "delivery", "els", "izhku")
    panels = [
        FieldRowPanel([FieldPanel("number", read_only=True), FieldPanel("premises", read_only=True)]),
        FieldRowPanel([FieldPanel("opened_on", read_only=True), FieldPanel("closed_on", read_only=True)]),
        FieldPanel("delivery"),
        FieldPanel("els"),
    ]
    balance = kopecks_column("owed", _("Owes, ₽"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        booked = Entry.objects.filter(account=OuterRef("pk")).order_by().values("account")
        owed = booked.annotate(total=Sum(IN_KOPECKS))
        holders = Prefetch(
            "holders", Holder.objects.filter(until=None).select_related("person").order_by("since", "pk")
        )
        queryset: QuerySet[Account] = super().get_queryset(request)
        return (
            queryset.select_related("premises__house__street")
            .prefetch_related(holders)
            .annotate(owed=Coalesce(Subquery(owed.values("total")[:1]), 0))
        )

    @display(description=_("Account number"), ordering="number")
    def card(self, account: Account) -> SafeString:
        return account_link(account)

    @display(description=_("Holder"))
    def holder(self, account: Account) -> str:
        return joined(holder.person.full_name for holder in account.holders.all())

    @display(description=_("Address"))
    def address(self, account: Account) -> str:
        return account.premises.address


class PersonAdmin(OfficeAdmin):
    """Residents with their contacts."""

    model = Person
    group = "residents"
    menu_icon = "user"
    menu_order = 20
    permission_helper_class = KeptPermissions
    list_display = ("full_name", "accounts", "phone", "email", "login")
    list_export = ("last_name", "first_name", "patronymic", "born_on", "phone", "email", "accounts")
    search_fields = ("last_name", "first_name", "patronymic", "phone", "email", "holdings__account__number")
    inspect_view_fields = (
        "last_name",
        "first_name",
        "patronymic",
        "born_on",
        "phone",
        "email",
        "postal_address",
        "user",
        "created_at",
    )
    panels = [
        FieldRowPanel([FieldPanel("last_name"), FieldPanel("first_name"), FieldPanel("patronymic")]),
        FieldRowPanel([FieldPanel("born_on"), FieldPanel("phone")]),
        FieldPanel("email"),
        FieldPanel("postal_address"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        queryset: QuerySet[Person] = super().get_queryset(request)
        holdings = Prefetch("holdings", Holder.objects.filter(until=None).select_related("account"))
        return queryset.select_related("user").prefetch_related(holdings)

    @display(description=_("Name"), ordering="last_name")
    def full_name(self, person: Person) -> str:
        return person.full_name

    @display(description=_("Accounts"))
    def accounts(self, person: Person) -> str:
        return joined(holding.account.number for holding in person.holdings.all())

    @display(description=pgettext_lazy("portal", "Login"))
    def login(self, person: Person) -> str:
        return person.user.username if person.user else "—"


class ContractAdmin(OfficeAdmin):
    """Service contracts; made by the registration, shown here."""

    model = Contract
    group = "residents"
    menu_icon = "draft"
    menu_order = 30
    list_display = ("number", "account", "person", "signed_on", "ended_on")
    list_export = list_display
    list_select_related = ("account", "person")
    search_fields = ("number", "account__number", "person__last_name")
    list_filter = ("signed_on",)


class HolderAdmin(OfficeAdmin):
    """List of holders with dates and grounds; changes go through the handover's screen."""

    model = Holder
    group = "residents"
    menu_icon = "key"
    menu_order = 40
    permission_helper_class = KeptPermissions
    list_display = ("account", "person", "role", "since", "until", "ground")
    list_export = (*list_display, "document", "document_on")
    list_select_related = ("account", "person")
    list_filter = ("role", "ground")
    search_fields = ("account__number", "person__last_name", "person__first_name")
    ordering = ("-since",)
    panels = [
        FieldRowPanel([FieldPanel("account", read_only=True), FieldPanel("person", read_only=True)]),
        FieldPanel("role"),
        FieldRowPanel([FieldPanel("since", read_only=True), FieldPanel("until", read_only=True)]),
    ]


class ChangedFromCardAdmin(OfficeAdmin):
    """Dated facts of an account, changed by a screen that begins with finding the account: `what` is its name."""

    permission_helper_class = DatedPermissions
    what: ClassVar[str]

    def create_view(self, request: HttpRequest) -> HttpResponse:
        """To the screen of the account that the address names, or to the search for one."""
        if not self.permission_helper.user_can_create(request.user):
            raise PermissionDenied
        account = int_param(request, "account")
        if account is not None:
            return redirect(f"office_{self.what}", pk=account)
        return redirect(f"{reverse('office_choose_account')}?what={self.what}")


class OccupancyAdmin(ChangedFromCardAdmin):
    """Registered persons from a day on; a change is a new row."""

    model = Occupancy
    group = "residents"
    menu_icon = "group"
    menu_order = 50
    what = "persons"
    list_display = ("account", "since", "registered", "owners", "recorded_at")
    list_export = list_display
    list_select_related = ("account",)
    list_filter = ("registered",)
    search_fields = ("account__number",)
    ordering = ("-recorded_at",)


class AccountServiceAdmin(ChangedFromCardAdmin):
    """Supplied services with their days."""

    model = AccountService
    group = "residents"
    menu_icon = "list-ul"
    menu_order = 60
    what = "services"
    list_display = ("account", "service", "since", "until")
    list_export = list_display
    list_select_related = ("account",)
    list_filter = ("service",)
    search_fields = ("account__number",)
    ordering = ("account__number", "service")


class PremisesAdmin(OfficeAdmin):
    """Flats, houses, offices; made by the registration and by import, kept up to date here."""

    model = Premises
    group = "residents"
    menu_icon = "home"
    menu_order = 70
    permission_helper_class = KeptPermissions
    panels = [
        FieldRowPanel([FieldPanel("house", read_only=True), FieldPanel("number")]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("area")]),
        FieldPanel("meter_feasible"),
    ]
    list_display = ("address", "kind", "area", "feasible")
    list_export = ("address", "kind", "area", "meter_feasible")
    feasible = yes_no_column("meter_feasible", Premises._meta.get_field("meter_feasible").verbose_name)
    list_select_related = ("house__street",)
    list_filter = ("kind", "meter_feasible", ("house__street", RelatedFilter))
    search_fields = ("house__street__name", "house__number", "number")

    @display(description=_("Address"), ordering="house__street__name")
    def address(self, premises: Premises) -> str:
        return premises.address


class HouseAdmin(OfficeAdmin):
    """Houses; made by the registration and by import, kept up to date here."""

    model = House
    group = "residents"
    menu_icon = "site"
    menu_order = 80
    permission_helper_class = KeptPermissions
    panels = [FieldRowPanel([FieldPanel("street", read_only=True), FieldPanel("number")]), FieldPanel("postcode")]
    list_display = ("street", "number", "postcode")
    list_export = list_display
    list_select_related = ("street",)
    list_filter = (("street", RelatedFilter),)
    search_fields = ("street__name", "number", "postcode")


class StreetAdmin(OfficeAdmin):
    """Streets."""

    model = Street
    group = "residents"
    menu_icon = "globe"
    menu_order = 90
    permission_helper_class = RecordPermissions
    list_display = ("name", "kind", "settlement")
    list_export = list_display
    list_filter = ("kind", "settlement")
    search_fields = ("name", "settlement")


LISTS = (
    AccountAdmin,
    PersonAdmin,
    ContractAdmin,
    HolderAdmin,
    OccupancyAdmin,
    AccountServiceAdmin,
    PremisesAdmin,
    HouseAdmin,
    StreetAdmin,
)

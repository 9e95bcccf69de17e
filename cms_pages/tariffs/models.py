"""Tariff decisions with their rates, and the list of services with prices."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from cms_pages.core.blocks import LINE_FEATURES, BodyBlock, check_block_address
from cms_pages.core.models import BasePage, stream_text
from cms_pages.core.moderation import Approval, AskFirst
from cms_pages.core.widgets import SumInput
from cms_pages.tariffs.forms import ApprovalForm, TariffPageForm
from cms_pages.tariffs.panels import EffectPanel
from cms_pages.tariffs.permissions import MAY_ADOPT
from portal.accounts.enums import service_choices
from portal.approvals.enums import NumberRule
from portal.approvals.services import needs_two
from portal.service_requests.replacement.services import publish_price


class TariffRights(AskFirst):
    """Under the rule of two people a decision is published by an accountant who did not write its prices."""

    def must_ask(self) -> bool:
        from cms_pages.tariffs.services import may_adopt

        return isinstance(self.page, TariffPage) and not may_adopt(self.user, self.page)

    def can_publish_subpage(self) -> bool:
        """A new decision is its author's own."""
        return bool(super().can_publish_subpage()) and not needs_two(NumberRule.TARIFF)


class TariffApproval(Approval):
    """An accountant looks at a decision; rates that billing refuses come back with its words."""

    workflow_name = "Тариф: бухгалтер"

    class Meta:
        verbose_name = _("Approval of tariffs by an accountant")
        verbose_name_plural = _("Approvals of tariffs by an accountant")

    @classmethod
    def is_on(cls) -> bool:
        return needs_two(NumberRule.TARIFF)

    @classmethod
    def sections(cls) -> models.QuerySet[Any]:
        return TariffIndexPage.objects.all()

    def may_approve(self, page: Any, user: Any) -> bool:
        from cms_pages.tariffs.services import brought_by_another

        if not user.has_perm(MAY_ADOPT):
            return False
        state, task = page.current_workflow_state, page.current_workflow_task_state
        own = state is not None and state.requested_by_id == user.pk
        if own or not isinstance(page, TariffPage):
            return not own
        return brought_by_another(page, user, version=task.revision if task else None)

    def start(self, workflow_state: Any, user: Any = None) -> Any:
        """Tell those who may approve that a decision waits for one of them."""
        from cms_pages.tariffs.notifications import notify_waits

        started = super().start(workflow_state, user=user)
        notify_waits(workflow_state.content_object, started, asked_by=user)
        return started

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Approving asks in a window that shows what changes."""
        return [(name, label, True) for name, label, _window in super().get_actions(obj, user)]

    def get_form_for_action(self, action: str) -> Any:
        return ApprovalForm if action == "approve" else super().get_form_for_action(action)

    def get_template_for_action(self, action: str) -> str:
        return "pages/tariff_approve.html" if action == "approve" else str(super().get_template_for_action(action))

    def on_action(
        self,
        task_state: Any,
        user: Any,
        action_name: str,
        preview_token: str = "",
        confirmed: bool = False,
        **kwargs: Any,
    ) -> str | None:
        """Approve the very prices that were shown; changed since, the page goes on waiting and shows them anew.

        What the prices are asked about is confirmed, and nobody approves prices that they wrote.
        """
        from cms_pages.tariffs.exceptions import TariffRefused
        from cms_pages.tariffs.selectors import rates_token, tariff_effect
        from cms_pages.tariffs.services import check_page

        page = task_state.revision.as_object()
        if action_name == "approve" and isinstance(page, TariffPage):
            is_open = bool(tariff_effect(page).questions) and not confirmed
            if preview_token != rates_token(page) or is_open or not self.may_approve(page, user):
                return reverse("wagtailadmin_pages:edit", args=[page.pk])
            try:
                check_page(page)
            except TariffRefused as refusal:
                task_state.reject(user=user, comment=refusal.message)
                return None
        super().on_action(task_state, user, action_name, **kwargs)
        return None

    @classmethod
    def get_description(cls) -> str:
        return str(_("Approved by those who may adopt rates"))


class TariffIndexPage(BasePage):
    """Rates in force, how they changed, the calculator, the decisions."""

    explanation_title = models.CharField(_("Explanation: title"), max_length=120, blank=True)
    explanation = models.TextField(_("Explanation"), max_length=600, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("Text below"), blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel([FieldPanel("explanation_title"), FieldPanel("explanation")], _("Explanation")),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types = ["cms_tariffs.TariffPage"]
    max_count = 1
    template = "tariffs/tariff_index_page.html"
    kind_name = _("Tariffs")

    class Meta:
        verbose_name = _("Tariffs page")
        verbose_name_plural = _("Tariffs pages")

    def permissions_for_user(self, user: Any) -> TariffRights:
        return TariffRights(user, self)

    def body_text(self) -> str:
        return f"{self.explanation_title} {self.explanation} {stream_text(self.body)}"


class TariffPage(BasePage):
    """One decision of the regulator. Publishing it adopts its rates; a billed rate never changes."""

    regulator = models.CharField(_("Who decided"), max_length=200, help_text=_("The regulator, as the order names it."))
    order_number = models.CharField(_("Number of the order"), max_length=60)
    order_date = models.DateField(_("Date of the order"))
    order_file = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("File of the order"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    order_url = models.URLField(_("Official publication"), blank=True)
    payers = models.CharField(_("Who pays"), max_length=200, blank=True, help_text=_("For example: жители, с НДС."))
    body = StreamField(BodyBlock(), verbose_name=_("Text"), blank=True)

    base_form_class = TariffPageForm
    content_panels = [
        HelpPanel(template="pages/help/tariff.html", heading=_("What publishing does")),
        EffectPanel(template="pages/tariff_effect_panel.html", heading=_("What publishing changes")),
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("regulator"),
                FieldRowPanel([FieldPanel("order_number"), FieldPanel("order_date")]),
                FieldPanel("order_file"),
                FieldPanel("order_url"),
                FieldPanel("payers"),
            ],
            _("Decision"),
        ),
        InlinePanel("rates", label=_("Rate"), heading=_("Rates"), min_num=1),
        FieldPanel("body"),
    ]
    api_fields = [
        *BasePage.api_fields,
        APIField("regulator"),
        APIField("order_number"),
        APIField("order_date"),
        APIField("order_file"),
        APIField("order_url"),
        APIField("payers"),
        APIField("rates"),
        APIField("body"),
    ]
    parent_page_types = ["cms_tariffs.TariffIndexPage"]
    subpage_types: list[str] = []
    template = "tariffs/tariff_page.html"
    kind_name = _("Tariff decision")

    class Meta:
        verbose_name = _("Tariff decision")
        verbose_name_plural = _("Tariff decisions")
        permissions = [("adopt_rates", _("Can publish tariffs where an accountant must"))]

    def permissions_for_user(self, user: Any) -> TariffRights:
        return TariffRights(user, self)

    def body_text(self) -> str:
        services = " ".join(str(rate.get_service_display()) for rate in self.rates.all())
        return f"{self.regulator} {self.order_number} {self.payers} {services} {stream_text(self.body)}"

    def publish(self, revision: Any, user: Any = None, **options: Any) -> None:
        """Publish. Raises ApprovalMissing where the rules want an accountant to do it."""
        from cms_pages.tariffs.services import require_approval

        require_approval(user, self)
        super().publish(revision, user=user, **options)

    def went_live(self) -> None:
        """Adopt the rates. Raises TariffRefused, and then nothing is published."""
        from cms_pages.tariffs.services import adopt_page

        adopt_page(page=self, revision=self.live_revision)

    def went_down(self) -> None:
        """A page comes down after its unused rates were withdrawn. Raises TariffRefused, and then it stays."""
        from cms_pages.tariffs.taking_down import require_withdrawn

        require_withdrawn(self)

    def structured_data(self) -> dict[str, Any]:
        return {
            "@type": "Legislation",
            "name": self.title,
            "legislationIdentifier": self.order_number,
            "legislationDate": self.order_date.isoformat(),
        }


class TariffRate(models.Model):
    """A price of one service from a day on, as the decision sets it."""

    page = ParentalKey(TariffPage, on_delete=models.CASCADE, related_name="rates")
    service = models.CharField(_("Service"), max_length=12, choices=service_choices)
    price = models.DecimalField(
        _("Price, ₽ per m³"),
        max_digits=10,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("With VAT, for example 64,84."),
    )
    valid_from = models.DateField(
        pgettext_lazy("portal", "From"), help_text=_("In force from this day until the next rate begins.")
    )

    panels = [FieldRowPanel([FieldPanel("service"), FieldPanel("price", widget=SumInput), FieldPanel("valid_from")])]
    api_fields = [APIField("service"), APIField("price"), APIField("valid_from")]

    class Meta:
        verbose_name = _("Rate of a decision")
        verbose_name_plural = _("Rates of a decision")
        ordering = ["valid_from", "service"]
        constraints = [
            models.UniqueConstraint(
                "page",
                "service",
                "valid_from",
                name="cms_tariffs_rate_once",
                violation_error_message=_("This service has two rates from the same day."),
            ),
            models.CheckConstraint(name="cms_tariffs_rate_positive", condition=models.Q(price__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()}: {self.price}"


class PriceBlock(blocks.DecimalBlock):
    """A sum that may be written with a comma."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field.widget = SumInput()


class ServiceOfferBlock(blocks.StructBlock):
    """One service that residents order, with its price."""

    name = blocks.CharBlock(label=_("Service"), max_length=160)
    note = blocks.RichTextBlock(label=_("What is included"), required=False, features=LINE_FEATURES)
    price = PriceBlock(
        label=_("Price, ₽"),
        min_value=0,
        max_digits=10,
        decimal_places=2,
        required=False,
        help_text=_("With VAT. Empty: free of charge; 0 is written as free too."),
    )
    starting = blocks.BooleanBlock(label=_("“from”: the price starts at this sum"), required=False)
    unit = blocks.CharBlock(label=_("Unit"), max_length=60, default="за 1 услугу")
    term = blocks.CharBlock(label=_("Term"), max_length=80, help_text=_("For example: до 3 рабочих дней."))
    order = blocks.CharBlock(label=_("How to order"), max_length=200, required=False)
    link = blocks.CharBlock(label=_("Address of the order"), max_length=200, required=False)
    replacement = blocks.BooleanBlock(
        label=_("This is the price of replacing a meter"),
        required=False,
        help_text=_("Publishing passes it to meter replacement: residents agree to this price."),
    )

    class Meta:
        icon = "tag"
        label = _("Service")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        check_block_address((cleaned.get("link") or "").strip(), "link")
        return cleaned


class ServiceGroupBlock(blocks.StructBlock):
    """Services of one kind."""

    title = blocks.CharBlock(label=_("Category"), max_length=80)
    offers = blocks.ListBlock(ServiceOfferBlock(), label=_("Services"))

    class Meta:
        icon = "folder-open-inverse"
        label = _("Category of services")


class ServicesPage(BasePage):
    """Services with their prices: by category, with a search."""

    valid_from = models.DateField(_("Price list from"), null=True, blank=True)
    price_list = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("Price list, file"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    services = StreamField([("group", ServiceGroupBlock())], verbose_name=_("Services with prices"), blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("price_list")]),
        FieldPanel("services"),
    ]
    api_fields = [*BasePage.api_fields, APIField("valid_from"), APIField("services")]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "tariffs/services_page.html"
    kind_name = _("Services")

    class Meta:
        verbose_name = _("Services page")
        verbose_name_plural = _("Services pages")

    def replacement_prices(self) -> list[Decimal]:
        """Prices marked as that of replacing a meter."""
        offers = [offer for group in self.services for offer in group.value["offers"]]
        return [offer["price"] or Decimal(0) for offer in offers if offer.get("replacement")]

    def clean(self) -> None:
        """One price of a replacement at most. Raises ValidationError."""
        super().clean()
        if len(self.replacement_prices()) > 1:
            raise ValidationError({"services": _("Two services are marked as the replacement of a meter: leave one.")})

    def went_live(self) -> None:
        """Hand the price of a replacement to those who replace meters."""
        for price in self.replacement_prices():
            publish_price(price=price, source=str(self.url or "/services/"))

    def body_text(self) -> str:
        return stream_text(self.services)

"""Terms that staff change: limits, electronic receipts. Their VAT is the bills': billing keeps it."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="order")
class PaymentSettings(BaseGenericSetting):
    """Limits of online payments. When a refund needs a second person: portal.approvals."""

    min_amount = models.DecimalField(
        _("Smallest sum, ₽"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("1.00"),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    max_amount = models.DecimalField(
        _("Largest sum, ₽"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("100000.00"),
        validators=[MinValueValidator(Decimal("1.00"))],
    )
    ask_again_minutes = models.PositiveSmallIntegerField(
        _("Ask before a second payment of one sum within, minutes"),
        default=15,
        validators=[MaxValueValidator(1440)],
    )
    duplicate_days = models.PositiveSmallIntegerField(
        _("A payment of one sum looks made twice within, days"), default=3, validators=[MaxValueValidator(31)]
    )
    ask_above = models.DecimalField(
        _("Ask about a sum in a file above, ₽"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("100000.00"),
        validators=[MinValueValidator(Decimal("1.00"))],
        help_text=_("A larger payment of a bank file, or debt of an imported account, waits until somebody agrees."),
    )
    fiscal_receipts = models.BooleanField(_("Send data of the electronic receipt (54-ФЗ) with a payment"), default=True)
    fiscal_item = models.CharField(
        _("Item of the electronic receipt"),
        max_length=128,
        default="Холодное водоснабжение и водоотведение",
        help_text=_("Up to 128 characters, as the law's format asks."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("min_amount"), FieldPanel("max_amount")]),
                FieldRowPanel([FieldPanel("ask_again_minutes"), FieldPanel("duplicate_days")]),
            ],
            _("Online payments"),
        ),
        MultiFieldPanel([FieldPanel("ask_above")], _("Bank files and imports")),
        MultiFieldPanel([FieldPanel("fiscal_receipts"), FieldPanel("fiscal_item")], _("Electronic receipts")),
    ]

    class Meta:
        verbose_name = _("Payments and refunds")
        constraints = [
            models.CheckConstraint(
                name="payments_terms_limits",
                condition=Q(min_amount__lte=models.F("max_amount")),
                violation_error_message=_("The smallest sum must not exceed the largest."),
            ),
        ]

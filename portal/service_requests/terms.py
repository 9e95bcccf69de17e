"""Terms that the company sets in the admin: how long we have, and how long we wait."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _number(
    label: "StrOrPromise", default: int, *, least: int = 1, most: int = 365
) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


@register_setting(icon="time")
class RequestTerms(BaseGenericSetting):
    """A term that was promised stays with its request: a change here holds for what comes later."""

    confirm_days = _number(_("Dispatch: days to confirm, then closed automatically"), 3)
    incident_minutes = _number(_("Dispatch: requests from one house within, minutes"), 60, most=1440)
    contact_days = _number(_("Commissioning: days to contact the resident"), 3)
    contact_in_working_days = models.BooleanField(_("Commissioning: count working days only"), default=False)
    another_date_days = _number(_("Commissioning: another date within, working days"), 15)
    calendar_days = _number(_("Crews: slots are open, days ahead"), 30)
    proposal_days = _number(_("Replacement: proposed, days before the verification ends"), 60)

    outage_past_days = _number(_("Outages: ask when one began more than, days ago"), 2, most=90)
    outage_long_days = _number(_("Outages: ask when one is longer than, days"), 3, most=90)

    replacement_price = models.DecimalField(
        _("Replacement: price, ₽"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    replacement_price_source = models.CharField(
        _("Replacement: where the price is published"), max_length=250, blank=True
    )

    panels = [
        MultiFieldPanel([FieldPanel("confirm_days"), FieldPanel("incident_minutes")], _("Dispatch")),
        MultiFieldPanel(
            [
                FieldPanel("contact_days"),
                FieldPanel("contact_in_working_days"),
                FieldPanel("another_date_days"),
                FieldPanel("calendar_days"),
                FieldPanel("proposal_days"),
                FieldPanel("replacement_price"),
                FieldPanel("replacement_price_source"),
            ],
            _("Meters"),
        ),
    ]

    class Meta:
        verbose_name = _("Terms of requests")

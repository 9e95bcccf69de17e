"""The counters, and the numbers that staff set."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.core.rate_limits.declared import LIMITS, Action, RateLimit, limits_of
from portal.core.rate_limits.titles import ACTION_TITLES, LIMIT_LABELS

MAX_LIMIT = 100_000


class RateCounter(models.Model):
    """Count of one limit used by one subject. The subject is a digest: no mailbox or address is kept."""

    limit = models.CharField(_("Limit"), max_length=60)
    subject = models.CharField(_("Counted subject"), max_length=64)
    used = models.PositiveBigIntegerField(_("Used"), default=0)
    ends_at = models.DateTimeField(_("Window ends"), db_index=True)

    class Meta:
        verbose_name = _("Rate counter")
        verbose_name_plural = _("Rate counters")
        constraints = [models.UniqueConstraint("limit", "subject", name="core_rate_counter_once")]

    def __str__(self) -> str:
        return f"{self.limit}: {self.used}"


@register_setting(icon="warning")
class RateLimits(BaseGenericSetting):
    """Limits of each action; one field for each declared limit."""

    unattached_megabytes = models.PositiveIntegerField(
        _("Files of one login that no request refers to yet, MB"),
        default=150,
        validators=[MinValueValidator(20), MaxValueValidator(MAX_LIMIT)],
        help_text=_("They are deleted after a day. Default: 150."),
    )
    stored_megabytes = models.PositiveIntegerField(
        _("All files of one login, MB"),
        default=1000,
        validators=[MinValueValidator(50), MaxValueValidator(MAX_LIMIT)],
        help_text=_("With those of sent requests and complaints. Default: 1000."),
    )

    class Meta:
        verbose_name = _("Limits of what people send")

    def allowed(self, limit: RateLimit) -> int:
        """The number of a limit as it is set, in single things or bytes."""
        return int(getattr(self, limit.code)) * limit.unit


def _field(limit: RateLimit) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        LIMIT_LABELS[limit.per, limit.window],
        default=limit.default,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_LIMIT)],
        help_text=format_lazy(_("Default: {number}."), number=limit.default),
    )


def _panel(action: Action) -> MultiFieldPanel:
    fields = [FieldPanel(limit.code) for limit in limits_of(action)]
    return MultiFieldPanel([FieldRowPanel(fields)], ACTION_TITLES[action])


for _limit in LIMITS:
    RateLimits.add_to_class(_limit.code, _field(_limit))
RateLimits.panels = [
    *(_panel(action) for action in Action),
    MultiFieldPanel([FieldRowPanel([FieldPanel("unattached_megabytes"), FieldPanel("stored_megabytes")])], _("Files")),
]

"""The public page of outages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from cms_pages.core.blocks import TEXT_FEATURES
from cms_pages.core.models import BasePage


class OutagesPage(BasePage):
    """Outages now, planned and past, by street; the dispatcher enters them, not the editor."""

    advice = RichTextField(
        _("What to do without water"), blank=True, features=TEXT_FEATURES, help_text=_("Shown beside the list.")
    )
    past_days = models.PositiveSmallIntegerField(_("Show past outages for so many days"), default=30)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("advice"),
        FieldPanel("past_days"),
    ]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "outages/outages_page.html"
    kind_name = _("Outages")

    class Meta:
        verbose_name = _("Outages page")
        verbose_name_plural = _("Outages pages")

    def body_text(self) -> str:
        return self.advice

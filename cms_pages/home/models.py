"""The home page."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField

from cms_pages.core.blocks import BodyBlock, TileBlock
from cms_pages.core.models import BasePage, stream_text


class HomePage(BasePage):
    """Home page. The card on top follows the calendar by itself."""

    tiles = StreamField(
        [("tile", TileBlock())],
        verbose_name=_("Tiles"),
        blank=True,
        max_num=8,
        help_text=_(
            "Two or four in a row. Empty: those of readings, payment, emergency, outages and requests that the "
            "card at the top does not show."
        ),
    )
    cabinet_points = models.TextField(
        _("Block «Личный кабинет»: what is inside"),
        blank=True,
        help_text=_("One per line, up to four. Empty: bills, readings, requests."),
    )
    news_count = models.PositiveSmallIntegerField(
        _("News on the page"), default=3, help_text=_("A phone shows the first two, so that the page stays short.")
    )
    large_outage_houses = models.PositiveSmallIntegerField(
        _("Large outage, houses"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_(
            "An emergency that affects at least this many houses is shown in the card at the top; a smaller one "
            "is shown in a line above it."
        ),
    )
    body = StreamField(BodyBlock(), verbose_name=_("Below the news"), blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel([FieldPanel("tiles"), FieldPanel("cabinet_points"), FieldPanel("news_count")], _("Blocks")),
        FieldPanel("large_outage_houses"),
        FieldPanel("body"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    template = "home/home_page.html"
    kind_name = pgettext_lazy("page", "Home page")

    class Meta:
        verbose_name = pgettext_lazy("page", "Home page")
        verbose_name_plural = _("Home pages")

    def body_text(self) -> str:
        return stream_text(self.body)

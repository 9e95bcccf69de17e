"""Plain pages of text."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from cms_pages.core.blocks import BodyBlock
from cms_pages.core.models import BasePage, stream_text


class StandardPage(BasePage):
    """Text with headings, steps, questions, files."""

    body = StreamField(BodyBlock(), verbose_name=_("Text"), blank=True)
    offers_registration_form = models.BooleanField(
        _("Offer the application form"),
        default=False,
        help_text=_("Shows links to the application form (анкета): to fill in on screen, and blank."),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("offers_registration_form"),
    ]
    api_fields = [*BasePage.api_fields, APIField("body")]
    parent_page_types = ["cms_home.HomePage", "cms_standard.StandardPage"]
    subpage_types = ["cms_standard.StandardPage"]
    template = "standard/standard_page.html"
    kind_name = _("Page")

    class Meta:
        verbose_name = _("Standard page")
        verbose_name_plural = _("Standard pages")

    def body_text(self) -> str:
        return stream_text(self.body)

    def structured_data(self) -> dict[str, Any] | None:
        questions = [block.value for block in self.body if block.block_type == "question"]
        if not questions:
            return None
        return {
            "@type": "FAQPage",
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question["question"],
                    "acceptedAnswer": {"@type": "Answer", "text": str(question["answer"].source)},
                }
                for question in questions
            ],
        }

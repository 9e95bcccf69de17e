"""Acts of law and documents of the company."""

from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from cms_pages.core.blocks import BodyBlock
from cms_pages.core.models import BasePage, stream_text
from cms_pages.documents.enums import DocumentKind, LinkState
from cms_pages.documents.file_text import pdf_text


class DocumentsIndexPage(BasePage):
    """All documents: by kind, with a search in their words."""

    content_panels = [*BasePage.content_panels, FieldPanel("summary")]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types = ["cms_documents.DocumentPage", "cms_documents.NormsPage"]
    max_count = 1
    template = "documents/documents_index_page.html"
    kind_name = _("Documents")

    class Meta:
        verbose_name = _("Documents list")
        verbose_name_plural = _("Documents lists")


class DocumentPage(BasePage):
    """One act or document: what it is, the edition in force, the official source, the file, the text."""

    kind = models.CharField(_("Kind"), max_length=12, choices=DocumentKind.choices)
    number = models.CharField(
        pgettext_lazy("portal", "Number"), max_length=60, blank=True, help_text=_("As written: 188-ФЗ, 354.")
    )
    act_date = models.DateField(_("Date of the act"), null=True, blank=True)
    issued_by = models.CharField(_("Who issued it"), max_length=200, blank=True)
    edition_date = models.DateField(
        _("Edition in force since"), null=True, blank=True, help_text=_("Empty: the act was not amended.")
    )
    official_url = models.URLField(
        _("Official source"),
        max_length=500,
        blank=True,
        help_text=_(
            "The act itself, or the portal's first page: then readers are asked to look it up by number and "
            "date. Checked every week; a dead link is shown to editors."
        ),
    )
    file = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("File"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("PDF with text: its words become searchable automatically."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("Text of the page"), blank=True)
    updated_on = models.DateField(
        _("Marked “updated” on"), null=True, blank=True, help_text=_("The mark is shown in the list for 30 days.")
    )
    file_text = models.TextField(_("Text of the file"), blank=True, editable=False)
    file_read = models.CharField(_("File that this text comes from"), max_length=64, blank=True, editable=False)

    content_panels = [
        HelpPanel(template="pages/help/document.html", heading=_("How to publish a document")),
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldRowPanel([FieldPanel("number"), FieldPanel("act_date")]),
                FieldPanel("issued_by"),
                FieldRowPanel([FieldPanel("edition_date"), FieldPanel("updated_on")]),
                FieldPanel("official_url"),
                FieldPanel("file"),
            ],
            _("The act"),
        ),
        InlinePanel("editions", label=_("Earlier edition"), heading=_("Earlier editions")),
        FieldPanel("body"),
    ]
    search_fields = [*BasePage.search_fields, index.FilterField("kind")]
    api_fields = [
        *BasePage.api_fields,
        APIField("kind"),
        APIField("number"),
        APIField("act_date"),
        APIField("issued_by"),
        APIField("edition_date"),
        APIField("official_url"),
        APIField("file"),
        APIField("editions"),
        APIField("body"),
    ]
    parent_page_types = ["cms_documents.DocumentsIndexPage"]
    subpage_types: list[str] = []
    template = "documents/document_page.html"
    kind_name = _("Document")

    class Meta:
        verbose_name = _("Document page")
        verbose_name_plural = _("Document pages")

    def body_text(self) -> str:
        return f"{self.number} {self.issued_by} {stream_text(self.body)} {self.file_text}"

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Read the text of a new file while the page is being saved."""
        super().full_clean(*args, **kwargs)
        self._read_file()

    def _read_file(self) -> None:
        """Put the text of the PDF beside it, once per file; no file or no text leaves none."""
        if self.file is None:
            self.file_text, self.file_read = "", ""
            return
        mark = self.file.get_file_hash() or f"{self.file_id}"
        if self.file_read != mark:
            self.file_text = pdf_text(self.file) if self.file.file_extension == "pdf" else ""
            self.file_read = mark

    @property
    def source_is_portal(self) -> bool:
        """Whether the official source is a portal's first page: the act is found there by its number and date."""
        return bool(self.official_url) and urlsplit(self.official_url).path in ("", "/")

    def structured_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"@type": "Legislation" if self.kind in DocumentKind.laws() else "DigitalDocument"}
        data |= {"name": self.title, "description": self.summary, "url": self.full_url}
        if self.act_date:
            data["legislationDate" if self.kind in DocumentKind.laws() else "datePublished"] = self.act_date.isoformat()
        if self.number and self.kind in DocumentKind.laws():
            data["legislationIdentifier"] = self.number
        return data


class Edition(Orderable):
    """An earlier edition of a document."""

    page = ParentalKey(DocumentPage, on_delete=models.CASCADE, related_name="editions")
    dated = models.DateField(_("Edition of"))
    note = models.CharField(_("What changed"), max_length=300, blank=True)
    url = models.URLField(_("Official source"), max_length=500, blank=True)
    file = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("File"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    panels = [FieldPanel("dated"), FieldPanel("note"), FieldPanel("url"), FieldPanel("file")]
    api_fields = [APIField("dated"), APIField("note"), APIField("url"), APIField("file")]

    class Meta(Orderable.Meta):
        verbose_name = _("Earlier edition")
        verbose_name_plural = _("Earlier editions")

    def __str__(self) -> str:
        return f"{self.dated}"


class NormsPage(BasePage):
    """Consumption norms as the calculation uses them: no number is typed here."""

    body = StreamField(BodyBlock(), verbose_name=_("Text"), blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("summary"), FieldPanel("body")]
    parent_page_types = ["cms_documents.DocumentsIndexPage"]
    subpage_types: list[str] = []
    max_count = 1
    template = "documents/norms_page.html"
    kind_name = _("Norms")

    class Meta:
        verbose_name = _("Norms page")
        verbose_name_plural = _("Norms pages")

    def body_text(self) -> str:
        return stream_text(self.body)


class SourceLink(models.Model):
    """Result of the weekly check of an official address."""

    url = models.URLField(_("Address"), max_length=500, unique=True)
    state = models.CharField(_("State"), max_length=8, choices=LinkState.choices, default=LinkState.UNKNOWN)
    detail = models.CharField(_("Response"), max_length=200, blank=True)
    checked_at = models.DateTimeField(pgettext_lazy("documents", "Reviewed"), null=True, blank=True)
    failing_since = models.DateTimeField(_("Does not answer since"), null=True, blank=True)

    class Meta:
        verbose_name = _("Link to an official source")
        verbose_name_plural = _("Links to official sources")
        ordering = ["state", "url"]

    def __str__(self) -> str:
        return self.url

    @property
    def is_dead(self) -> bool:
        return self.state == LinkState.DEAD

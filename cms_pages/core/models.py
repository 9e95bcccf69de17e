"""The page that every page is, and what editors set for the whole site: menus, banner, publishing rules."""

import datetime as dt
import json
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.blocks import StreamValue
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester
from wagtail.search import index

from cms_pages.core.blocks import LinkBlock, check_address
from cms_pages.core.moderation import apply_rules
from cms_pages.core.page_cache import cached_page, is_cacheable
from cms_pages.core.permissions import SectionStays
from cms_pages.core.rendering import context_for, view_for
from cms_pages.core.russian import normal_text
from portal.core import cache_version

JSON_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def stream_text(value: StreamValue | None) -> str:
    """The words of a stream field, without marks."""
    if not value:
        return ""
    return " ".join(" ".join(child.block.get_searchable_content(child.value)) for child in value)


class BasePage(Page):
    """A page of this site: a summary for lists and previews, a picture for sharing, words for search."""

    summary = models.CharField(
        pgettext_lazy("portal", "Summary"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences: shown in lists, in search and when the page is shared."),
    )
    share_picture = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("Sharing image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown when the page is sent in a messenger; 1200 × 630 is best."),
    )

    search_fields = [*Page.search_fields, index.SearchField("search_text")]
    promote_panels = [
        *Page.promote_panels,
        MultiFieldPanel([FieldPanel("share_picture")], _("Sharing")),
    ]
    api_fields = [APIField("summary")]
    kind_name = _("Page")

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """Return what a person may do to the page: sections stay where they are."""
        return SectionStays(user, self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, by its registered view if its type has one.

        For those who are not logged in as it was rendered within the last minute.
        """
        view = view_for(self)
        if view is not None:
            return view(request, self)
        render = partial(super().serve, request, *args, **kwargs)
        return cached_page(request, render) if is_cacheable(request) and not args and not kwargs else render()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wagtail's context and what the app of the page's type registered for it."""
        return super().get_context(request, *args, **kwargs) | context_for(self, request)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save; a revision that goes live by it is announced in the same transaction, however it came."""
        stored = type(self).objects.filter(pk=self.pk).values_list("live", "live_revision_id").first()
        was_live, live_revision = stored or (False, None)
        with transaction.atomic():
            result = super().save(*args, **kwargs)
            if self.live and self.live_revision_id not in (None, live_revision):
                self.went_live()
            elif was_live and not self.live:
                self.went_down()
        cache_version.bump()
        return result

    def went_live(self) -> None:
        """A new revision of the page is what visitors see now; page types that hand something down do it here."""

    def went_down(self) -> None:
        """Visitors no longer see the page; page types that handed something down answer for it here."""

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        result = super().delete(*args, **kwargs)
        cache_version.bump()
        return result

    def body_text(self) -> str:
        """The page's own words, without marks; page types add theirs."""
        return ""

    def plain_text(self) -> str:
        """Everything that search reads: summary and body."""
        return strip_tags(f"{self.summary} {self.body_text()}")

    def search_text(self) -> str:
        """Title, summary and body in dictionary form, for the index."""
        return normal_text(f"{self.title} {self.plain_text()}")

    def shared_picture(self) -> Any:
        """The picture of a preview, if any."""
        return self.share_picture

    def structured_data(self) -> dict[str, Any] | None:
        """schema.org data of the page."""
        return None

    def structured_json(self) -> SafeString:
        """The structured data as JSON that cannot close its own script element."""
        data = self.structured_data()
        if not data:
            return SafeString("")
        text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
        return mark_safe(text.translate(JSON_ESCAPES))


@register_setting(icon="list-ul")
class Navigation(BaseGenericSetting):
    """The menu of the header and the links of the footer. Empty: the site's own sections."""

    menu = StreamField(
        [("link", LinkBlock())],
        verbose_name=_("Menu in the header"),
        blank=True,
        help_text=_("Up to seven links fit on a desktop. Empty: the sections of the site."),
    )
    footer = StreamField(
        [("link", LinkBlock())],
        verbose_name=_("Links in the footer"),
        blank=True,
        help_text=_("Empty: the sections of the site."),
    )

    panels = [FieldPanel("menu"), FieldPanel("footer")]

    class Meta:
        verbose_name = _("Menus and footer")

    def save(self, *args: Any, **kwargs: Any) -> None:
        of_defaults = self._state.adding
        super().save(*args, **kwargs)
        if not of_defaults:
            cache_version.bump()


@register_setting(icon="warning")
class EmergencyBanner(BaseGenericSetting):
    """A line on top of every page, until a moment."""

    shown = models.BooleanField(_("Visible"), default=False)
    title = models.CharField(_("What happened"), max_length=120, blank=True)
    text = models.CharField(_("What to do"), max_length=300, blank=True)
    link = models.CharField(_("Link"), max_length=300, blank=True, help_text=_("For example /outages/."))
    until = models.DateTimeField(
        pgettext_lazy("core", "Until"), null=True, blank=True, help_text=_("Empty: until it is switched off.")
    )

    panels = [
        FieldPanel("shown"),
        FieldPanel("title"),
        FieldPanel("text"),
        FieldPanel("link"),
        FieldPanel("until"),
    ]

    class Meta:
        verbose_name = _("Emergency banner")

    def clean(self) -> None:
        """Raises ValidationError at the link."""
        super().clean()
        try:
            check_address(self.link)
        except ValidationError as error:
            raise ValidationError({"link": error}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        of_defaults = self._state.adding
        super().save(*args, **kwargs)
        if not of_defaults:
            cache_version.bump()

    def is_on(self, moment: dt.datetime) -> bool:
        """Whether visitors see it at a moment."""
        return self.shown and bool(self.title) and (self.until is None or moment < self.until)


@register_setting(icon="tasks")
class PublishingRules(BaseGenericSetting):
    """Settings of approval before publishing."""

    news_need_approval = models.BooleanField(
        _("News is published after a second person's approval"),
        default=False,
        help_text=_("Editors submit news for moderation, and another editor publishes it. Applies at once."),
    )
    panels = [FieldPanel("news_need_approval")]

    class Meta:
        verbose_name = _("Publishing rules")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the rules and put them to work at once."""
        super().save(*args, **kwargs)
        apply_rules()

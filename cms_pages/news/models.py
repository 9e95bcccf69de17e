"""News and their list."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import PagePermissionTester
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from cms_pages.core.blocks import BodyBlock
from cms_pages.core.models import BasePage, PublishingRules, stream_text
from cms_pages.core.moderation import Approval, AskFirst, asked_by_another
from portal.core import clock


@register_snippet
class NewsCategory(models.Model):
    """Category of news."""

    name = models.CharField(pgettext_lazy("portal", "Name"), max_length=60, unique=True)
    slug = models.SlugField(_("In the address"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(pgettext_lazy("portal", "Order"), default=0)

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("order")]

    class Meta:
        verbose_name = _("Category of news")
        verbose_name_plural = _("Categories of news")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class NewsRights(AskFirst):
    """With the rule set, nobody but the administrator publishes what nobody else has looked at."""

    def must_ask(self) -> bool:
        if self.user.is_superuser or not PublishingRules.load().news_need_approval:
            return False
        return not asked_by_another(self.page, self.user)


class NewsApproval(Approval):
    """Another editor looks at a piece of news."""

    workflow_name = "Новость: второй редактор"

    class Meta:
        verbose_name = _("Approval of news by a second editor")
        verbose_name_plural = _("Approvals of news by a second editor")

    @classmethod
    def is_on(cls) -> bool:
        return PublishingRules.load().news_need_approval

    @classmethod
    def sections(cls) -> models.QuerySet[Any]:
        return NewsIndexPage.objects.all()

    def may_approve(self, page: Any, user: Any) -> bool:
        return asked_by_another(page, user) and PagePermissionTester(user, page).can_publish()

    @classmethod
    def get_description(cls) -> str:
        return str(_("Any editor except the one who submitted it approves"))


class NewsIndexPage(BasePage):
    """The list of news, by years and categories."""

    content_panels = [*BasePage.content_panels, FieldPanel("summary")]
    parent_page_types = ["cms_home.HomePage"]
    subpage_types = ["cms_news.NewsPage"]
    max_count = 1
    template = "news/news_index_page.html"
    kind_name = _("News")

    class Meta:
        verbose_name = _("News list")
        verbose_name_plural = _("News lists")

    def permissions_for_user(self, user: Any) -> NewsRights:
        return NewsRights(user, self)


class NewsPage(BasePage):
    """One piece of news."""

    date = models.DateField(_("Date"), default=clock.today)
    category = models.ForeignKey(
        NewsCategory, verbose_name=_("Category"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    important_until = models.DateField(
        _("Important until"),
        null=True,
        blank=True,
        help_text=_("Shown at the top of the list until this day, inclusive."),
    )
    picture = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("Picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("JPEG, PNG or WebP. The site makes small copies itself."),
    )
    picture_alt = models.CharField(
        _("What the picture shows"),
        max_length=160,
        blank=True,
        help_text=_("For people who cannot see it: «Экскаватор у дома 8 на Речной»."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("Text"), blank=True)

    content_panels = [
        HelpPanel(template="pages/help/news.html", heading=_("How to write news")),
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("date"), FieldPanel("category"), FieldPanel("important_until")]),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("picture_alt")], _("Picture")),
        FieldPanel("body"),
    ]
    search_fields = [*BasePage.search_fields, index.FilterField("date")]
    api_fields = [
        *BasePage.api_fields,
        APIField("date"),
        APIField("category"),
        APIField("important_until"),
        APIField("picture"),
        APIField("picture_alt"),
        APIField("body"),
    ]
    parent_page_types = ["cms_news.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "news/news_page.html"
    kind_name = _("News item")

    class Meta:
        verbose_name = _("News item")
        verbose_name_plural = _("News items")
        indexes = [models.Index(fields=["-date"], name="cms_news_date")]

    def permissions_for_user(self, user: Any) -> NewsRights:
        return NewsRights(user, self)

    def body_text(self) -> str:
        return stream_text(self.body)

    def clean(self) -> None:
        """A picture needs words. Raises ValidationError at the field."""
        super().clean()
        if self.picture_id and not self.picture_alt.strip():
            raise ValidationError({"picture_alt": _("Say in a few words what the picture shows.")})
        if self.important_until and self.important_until < self.date:
            raise ValidationError({"important_until": _("This day is before the date of the news.")})

    def shared_picture(self) -> Any:
        return self.share_picture or self.picture

    def structured_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "@type": "NewsArticle",
            "headline": self.title[:110],
            "datePublished": self.date.isoformat(),
            "description": self.summary,
            "mainEntityOfPage": self.full_url,
        }
        if self.last_published_at:
            data["dateModified"] = self.last_published_at.date().isoformat()
        return data

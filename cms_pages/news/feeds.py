"""RSS and Atom of the news."""

import datetime as dt

from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms_pages.news.models import NewsPage
from cms_pages.news.selectors import published_news
from portal.core.clock import start_of

IN_FEED = 20


class RssNews(Feed):
    """The latest news as RSS 2.0."""

    title = _("News of the water utility")
    description = _("Network repairs, outages, tariffs.")
    link = "/news/"
    language = "ru"

    def items(self) -> list[NewsPage]:
        return list(published_news()[:IN_FEED])

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return item.summary

    def item_link(self, item: NewsPage) -> str:
        return str(item.url)

    def item_pubdate(self, item: NewsPage) -> dt.datetime:
        return item.first_published_at or start_of(item.date)

    def item_updateddate(self, item: NewsPage) -> dt.datetime:
        return item.last_published_at or start_of(item.date)

    def item_categories(self, item: NewsPage) -> list[str]:
        return [item.category.name] if item.category else []


class AtomNews(RssNews):
    """The latest news as Atom."""

    feed_type = Atom1Feed
    subtitle: str | Promise = RssNews.description

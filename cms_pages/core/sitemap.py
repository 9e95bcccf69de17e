"""The sitemap: published pages, with the moment of their last change."""

import datetime as dt
from typing import Any

from django.contrib.sitemaps import Sitemap
from wagtail.models import Page

from cms_pages.core.selectors import live_pages


class PagesSitemap(Sitemap):
    """Every published page that everybody may open."""

    limit = 5000

    def items(self) -> Any:
        pages: Any = live_pages()  # Wagtail's own query set is not in the stubs
        return pages.order_by("path").specific()

    def location(self, item: Page) -> str:
        return str(item.url)

    def lastmod(self, obj: Page) -> dt.datetime | None:
        return obj.last_published_at

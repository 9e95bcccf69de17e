"""Addresses of the site that are no Wagtail pages: search, feeds, sitemap, robots."""

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, path

from cms_pages.core import views
from cms_pages.core.sitemap import PagesSitemap
from cms_pages.news.feeds import AtomNews, RssNews

app_name = "cms_core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", views.search, name="search"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PagesSitemap}}, name="sitemap"),
    path("news/rss/", RssNews(), name="news-rss"),
    path("news/atom/", AtomNews(), name="news-atom"),
]

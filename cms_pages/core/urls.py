"""Addresses of the site that are no Wagtail pages: search, sitemap, robots."""

from django.contrib.sitemaps.views import sitemap
from django.urls import URLPattern, URLResolver, path

from cms_pages.core import views
from cms_pages.core.sitemap import PagesSitemap

app_name = "cms_core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", views.search, name="search"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PagesSitemap}}, name="sitemap"),
]

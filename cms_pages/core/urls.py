"""Addresses of pages that are no Wagtail pages: search, feeds, sitemap."""

from django.urls import URLPattern, URLResolver

app_name = "cms_core"
urlpatterns: list[URLPattern | URLResolver] = []

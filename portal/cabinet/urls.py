"""Addresses of cabinet."""

from django.urls import URLPattern, URLResolver

app_name = "cabinet"
urlpatterns: list[URLPattern | URLResolver] = []

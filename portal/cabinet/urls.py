"""Addresses of /personal/. Each part that another app fills has its own urls module, included here."""

from django.urls import URLPattern, URLResolver, include, path

from portal.cabinet.views import account, home

app_name = "cabinet"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("account/", account.choose, name="choose-account"),
    path("pay/", include("portal.cabinet.pay.urls")),
    path("requests/", include("portal.cabinet.requests.urls")),
]

"""allauth's OpenID provider ships no AppConfig: without this one makemigrations would write into site-packages."""

from django.apps import AppConfig


class OpenIDConfig(AppConfig):
    name = "allauth.socialaccount.providers.openid"
    label = "openid"
    default_auto_field = "django.db.models.AutoField"

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "cms_pages.news"
    label = "cms_news"
    verbose_name = _("Pages: news")

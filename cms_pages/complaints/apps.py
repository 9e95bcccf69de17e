from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "cms_pages.complaints"
    label = "cms_complaints"
    verbose_name = _("Pages: complaints")

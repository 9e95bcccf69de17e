from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "cms_pages.documents"
    label = "cms_documents"
    verbose_name = _("Pages: documents")

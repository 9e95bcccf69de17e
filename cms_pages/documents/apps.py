from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "cms_pages.documents"
    label = "cms_documents"
    verbose_name = _("Pages: documents")

    def ready(self) -> None:
        from cms_pages.documents import views  # noqa: F401 - registers what the pages get

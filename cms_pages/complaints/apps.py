from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "cms_pages.complaints"
    label = "cms_complaints"
    verbose_name = _("Pages: complaints")

    def ready(self) -> None:
        from cms_pages.complaints.selectors import may_see_attachment
        from cms_pages.complaints.services import FILES
        from portal.core.files.services import register_kind

        register_kind(FILES, may_see_attachment, waits_for_record=True)

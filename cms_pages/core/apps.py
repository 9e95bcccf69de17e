from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CmsCoreConfig(AppConfig):
    name = "cms_pages.core"
    label = "cms_core"
    verbose_name = _("Pages: core")

    def ready(self) -> None:
        from wagtail.admin.views.account import AvatarSettingsPanel
        from wagtail.models import Page
        from wagtail.search import index

        from cms_pages.core.uploads import CleanAvatarForm

        AvatarSettingsPanel.form_class = CleanAvatarForm  # Wagtail has no setting for it
        # The explorer filters by child pages, and Wagtail's own search fields of a page lack that column.
        Page.search_fields = [*Page.search_fields, index.FilterField("numchild")]
        # Each app registers there how its page types are shown.
        autodiscover_modules("page_views")

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
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
        from portal.core import cache_version

        AvatarSettingsPanel.form_class = CleanAvatarForm  # Wagtail has no setting for it
        # The explorer filters by child pages, and Wagtail's own search fields of a page lack that column.
        Page.search_fields = [*Page.search_fields, index.FilterField("numchild")]
        for signal in (post_save, post_delete):  # cached pages show the picture, and the logo
            signal.connect(
                lambda **_: cache_version.bump(), sender="wagtailimages.Image", weak=False, dispatch_uid="pictures"
            )
        # Each app registers there how its page types are shown.
        autodiscover_modules("page_views")

"""What editors of notices find in the admin."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from portal.office.menu import register_item
from portal.office.notices import views


@hooks.register("register_admin_urls")
def notice_urls() -> list[URLPattern]:
    """Addresses of texts and history."""
    return [
        path("notices/", views.texts, name="office_notice_texts"),
        path("notices/history/", views.history, name="office_notice_history"),
        path("notices/history/<int:pk>/", views.message, name="office_notice_message"),
        path("notices/retry/", views.retry, name="office_notice_retry"),
        path("notices/<str:kind>/", views.edit, name="office_notice_text"),
    ]


register_item(
    "notices", label=_("Texts"), url_name="office_notice_texts", icon="edit", order=10, permission=views.TEXTS
)
register_item(
    "notices",
    label=_("What was sent"),
    url_name="office_notice_history",
    icon="history",
    order=20,
    permission=views.HISTORY,
)

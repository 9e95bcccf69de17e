"""Root URL configuration. Wagtail's pages come last, because their pattern matches every path."""

from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms_pages.core import views
from cms_pages.core.api import router as content_api

handler400 = "portal.core.bad_requests.bad_request"
handler500 = "portal.core.middleware.server_error"
urlpatterns = [
    path("", include("portal.core.urls")),
    path("accounts/", include("portal.accounts.urls")),
    path("personal/", include("portal.cabinet.urls")),
    path("notifications/", include("portal.notifications.urls")),
    path("payments/", include("portal.payments.urls")),
    path("api/content/v2/", content_api.urls),
    path("api/", include("portal.api.urls")),
    path("captcha/", include("cms_pages.contacts.urls")),
    path("i18n/", set_language, name="set_language"),
    # Wagtail's own login views redirect to the one login page, where failed attempts are counted and throttled.
    path("admin/login/", RedirectView.as_view(url="/accounts/login/?next=/admin/")),
    path("_util/login/", RedirectView.as_view(url="/accounts/login/")),
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^documents-files/(\d+)/(.*)$", views.document),
    path("documents-files/", include(wagtaildocs_urls)),
    path("", include("cms_pages.core.urls")),
    path("", include("cms_pages.news.urls")),
    path("", include(wagtail_urls)),
]

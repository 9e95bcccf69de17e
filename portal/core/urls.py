"""Health, public pictures and private files."""

from django.urls import path

from portal.core import design, page_views, views

app_name = "core"
urlpatterns = [
    path("design/", design.sheet, name="design"),
    path("look/", page_views.choose_look, name="look"),
    path("accessibility/", page_views.accessibility, name="accessibility"),
    path("offline/", page_views.offline, name="offline"),
    path("service-worker.js", page_views.service_worker, name="service-worker"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("manifest.json", views.manifest),
    path("appearance-<slug:version>.css", views.appearance, name="appearance"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.shown_metrics, name="metrics"),
    path("media/<path:name>", views.public_media, name="public-media"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("files/<uuid:file_id>/", views.private_file, name="private-file"),
]

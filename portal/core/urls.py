"""Health, public pictures and private files."""

from django.urls import path

from portal.core import design, views

app_name = "core"
urlpatterns = [
    path("design/", design.sheet, name="design"),
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

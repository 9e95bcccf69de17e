"""Health and private files."""

from django.urls import path

from portal.core import views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("files/<uuid:file_id>/", views.private_file, name="private-file"),
]

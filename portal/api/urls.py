"""/api/v1/: the resident's API, its schema and documents, and the page of keys."""

from django.urls import path

from portal.api import views
from portal.api.api import api

urlpatterns = [
    path("v1/keys/", views.keys, name="api-keys"),
    path("v1/keys/<int:key_id>/revoke/", views.revoke, name="api-key-revoke"),
    path("v1/", api.urls),
]

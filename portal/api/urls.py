"""/api/v1/: the resident's API, its schema and documents."""

from django.urls import path

from portal.api.api import api

urlpatterns = [
    path("v1/", api.urls),
]

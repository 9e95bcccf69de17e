"""/api/v1/: the resident's API, its schema and documents."""

from django.urls import path

from portal.api.api import api
from portal.api.views import docs

urlpatterns = [
    path("v1/docs/", docs, name="api-docs"),
    path("v1/", api.urls),
]

"""Addresses of /personal/support/."""

from django.urls import path

from portal.cabinet.support import views

urlpatterns = [
    path("", views.questions, name="support"),
    path("new/", views.new, name="support-new"),
    path("<int:number>/", views.question, name="support-question"),
]

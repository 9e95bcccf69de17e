"""Addresses of /personal/complaints/."""

from django.urls import path

from portal.cabinet.complaints import views

urlpatterns = [
    path("", views.entries, name="complaints"),
    path("new/", views.new, name="complaint-new"),
    path("<int:number>/", views.entry, name="complaint"),
    path("<int:number>/rate/", views.rate, name="complaint-rate"),
    path("<int:number>/reply/", views.reply, name="complaint-reply"),
]

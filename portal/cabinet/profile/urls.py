"""Addresses of /personal/profile/."""

from django.urls import path

from portal.cabinet.profile import views

urlpatterns = [
    path("", views.profile, name="profile"),
    path("contacts/", views.contacts, name="profile-contacts"),
    path("email/", views.email, name="profile-email"),
    path("delivery/", views.delivery, name="profile-delivery"),
    path("notifications/", views.notifications, name="profile-notifications"),
    path("sessions/", views.sessions, name="profile-sessions"),
    path("keys/", views.keys, name="profile-keys"),
    path("keys/made/", views.key_made, name="profile-key-made"),
    path("livejournal/", views.livejournal, name="profile-livejournal"),
    path("livejournal/unlink/", views.unlink_livejournal, name="profile-livejournal-unlink"),
    path("consents/", views.consents, name="profile-consents"),
    path("download/", views.download, name="profile-download"),
    path("name/", views.change_name, name="profile-name"),
    path("close/", views.close, name="profile-close"),
    path("history/", views.history, name="profile-history"),
]

"""Addresses under /personal/requests/."""

from django.urls import path

from portal.cabinet.requests import views_dispatch, views_meters, views_replacement

urlpatterns = [
    path("", views_dispatch.index, name="requests"),
    path("new/", views_dispatch.new, name="request-new"),
    path("<int:pk>/", views_dispatch.detail, name="request"),
    path("<int:pk>/answer/", views_dispatch.answer, name="request-answer"),
    path("<int:pk>/rate/", views_dispatch.rate, name="request-rate"),
    path("meters/new/", views_meters.new, name="commissioning-new"),
    path("meters/<int:pk>/", views_meters.detail, name="commissioning"),
    path("meters/<int:pk>/visit/", views_meters.visit, name="commissioning-visit"),
    path("meters/<int:pk>/visit.ics", views_meters.visit_calendar, name="commissioning-calendar"),
    path("meters/<int:pk>/cancel-visit/", views_meters.cancel_visit, name="commissioning-cancel-visit"),
    path("meters/<int:pk>/another-day/", views_meters.another_day, name="commissioning-another-day"),
    path("meters/<int:pk>/missed/", views_meters.missed, name="commissioning-missed"),
    path("meters/<int:pk>/withdraw/", views_meters.withdraw, name="commissioning-withdraw"),
    path("meters/<int:pk>/start/", views_meters.start, name="commissioning-start"),
    path("acts/<int:pk>/", views_meters.certificate_pdf, name="meter-act"),
    path("replacement/", views_replacement.index, name="replacement"),
    path("replacement/<int:pk>/visit/", views_replacement.visit, name="replacement-visit"),
    path("replacement/<int:pk>/visit.ics", views_replacement.visit_calendar, name="replacement-calendar"),
    path("replacement/<int:pk>/agree/", views_replacement.agree, name="replacement-agree"),
    path("replacement/<int:pk>/withdraw/", views_replacement.withdraw, name="replacement-withdraw"),
    path("replacement/<int:pk>/certificate/", views_replacement.certificate, name="verification-new"),
]

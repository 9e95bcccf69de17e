"""Addresses of the guided screens, under /admin/office/."""

from django.urls import path

from portal.office.views import card, closing, corrections

urlpatterns = [
    path("office/account/", card.find, name="office_find_account"),
    path("office/account/<str:number>/", card.account, name="office_account"),
    path("office/closing/", closing.overview, name="office_closing"),
    path("office/closing/<str:period>/", closing.month, name="office_closing_month"),
    path("office/closing/<str:period>/progress/", closing.progress, name="office_closing_progress"),
    path("office/closing/<str:period>/start/", closing.start, name="office_closing_start"),
    path("office/correction/", corrections.correction, name="office_correction"),
]

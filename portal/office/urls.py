"""Addresses of the guided screens, under /admin/office/."""

from django.urls import path

from portal.office.views import card, closing, corrections, imports, readings

urlpatterns = [
    path("office/account/", card.find, name="office_find_account"),
    path("office/account/<str:number>/", card.account, name="office_account"),
    path("office/closing/", closing.overview, name="office_closing"),
    path("office/closing/<str:period>/", closing.month, name="office_closing_month"),
    path("office/closing/<str:period>/progress/", closing.progress, name="office_closing_progress"),
    path("office/closing/<str:period>/start/", closing.start, name="office_closing_start"),
    path("office/correction/", corrections.correction, name="office_correction"),
    path("office/readings/", readings.enter, name="office_readings"),
    path("office/readings/flagged/", readings.flagged, name="office_flagged"),
    path("office/readings/flagged/<int:pk>/", readings.review, name="office_review"),
    path("office/readings/missing/", readings.heat_map, name="office_heat_map"),
    path("office/readings/missing/<int:pk>/", readings.house, name="office_house"),
    path("office/import/<slug:kind>/", imports.upload, name="office_import"),
]

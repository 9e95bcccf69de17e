"""Addresses of the guided screens, under /admin/office/."""

from django.urls import path

from portal.office.views import card

urlpatterns = [
    path("office/account/", card.find, name="office_find_account"),
    path("office/account/<str:number>/", card.account, name="office_account"),
]

"""Receipts: one receipt as PDF, its replacement."""

from django.urls import path

from portal.office.common.sections import OfficeSection
from portal.office.receipts import lists, views

SECTION = OfficeSection(
    urls=[
        path("office/receipt/<int:pk>/", views.receipt, name="office_receipt"),
        path("office/receipt/<int:pk>/replace/", views.replace, name="office_replace_receipt"),
    ],
    lists=lists.LISTS,
)

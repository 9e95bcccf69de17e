"""The card of an account, its search and statement, lists of residents."""

from django.urls import path

from portal.office.accounts import lists, views
from portal.office.common.sections import OfficeSection

SECTION = OfficeSection(
    urls=[
        path("office/account/", views.find, name="office_find_account"),
        path("office/account/<int:pk>/", views.account, name="office_account"),
        path("office/account/<int:pk>/statement/", views.statement, name="office_statement"),
    ],
    lists=lists.LISTS,
)

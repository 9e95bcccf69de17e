"""First steps of a new company."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.first_steps import views
from portal.office.first_steps.selectors import SEE_FIRST_STEPS

SECTION = OfficeSection(
    urls=[
        path("office/first-steps/", views.overview, name="office_first_steps"),
        path("office/first-steps/test-letter/", views.test_letter, name="office_test_letter"),
    ],
    screens=[
        Screen(
            "month",
            _("First steps"),
            "office_first_steps",
            icon="list-ol",
            order=32,
            permissions=(SEE_FIRST_STEPS,),
        ),
    ],
)

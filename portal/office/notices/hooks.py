"""Texts of notices and the history of what was sent."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.notices import views

SECTION = OfficeSection(
    urls=[
        path("notices/", views.texts, name="office_notice_texts"),
        path("notices/history/", views.history, name="office_notice_history"),
        path("notices/history/<int:pk>/", views.message, name="office_notice_message"),
        path("notices/retry/", views.retry, name="office_notice_retry"),
        path("notices/<str:kind>/", views.edit, name="office_notice_text"),
    ],
    screens=[
        Screen("notices", _("Texts"), "office_notice_texts", icon="edit", order=10, permissions=(views.TEXTS,)),
        Screen(
            "notices",
            _("What was sent"),
            "office_notice_history",
            icon="history",
            order=20,
            permissions=(views.HISTORY,),
        ),
    ],
)

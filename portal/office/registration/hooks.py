"""The registrar's desk: registrations, holders, logins and slips, requests about personal data, consents."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import REGISTER
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.registration import handover_views, lists, views

SECTION = OfficeSection(
    urls=[
        path("registration/", views.desk, name="registration_desk"),
        path("registration/start/", views.start, name="registration_start"),
        path("registration/<int:draft_id>/check/", views.check, name="registration_check"),
        path("registration/<int:draft_id>/drop/", views.drop, name="registration_drop"),
        path("registration/<int:draft_id>/<slug:name>/", views.step, name="registration_step"),
        path("registration/person/<int:person_id>/", views.person, name="registration_person"),
        path("registration/person/<int:person_id>/login/", views.make_login, name="registration_login"),
        path("registration/person/<int:person_id>/switch/", views.switch_login, name="registration_switch"),
        path("registration/person/<int:person_id>/slip.pdf", views.slip, name="registration_slip"),
        path("registration/contract/<int:contract_id>.pdf", views.contract, name="registration_contract"),
        path(
            "registration/account/<int:account_id>/owner/",
            handover_views.handover,
            {"kind": handover_views.OWNER},
            name="registration_owner",
        ),
        path(
            "registration/account/<int:account_id>/add/",
            handover_views.handover,
            {"kind": handover_views.ADDED},
            name="registration_add",
        ),
        path("registration/holder/<int:holder_id>/done/", handover_views.done, name="registration_handover_done"),
        path("registration/account/<int:account_id>/", views.account, name="registration_account"),
        path("registration/request/<int:request_id>/", views.decide, name="registration_decide"),
        path("registration/unlock/<int:throttle_id>/", views.unlock, name="registration_unlock"),
    ],
    screens=[
        Screen("residents", _("Registration"), "registration_desk", icon="user", order=5, permissions=(REGISTER,))
    ],
    lists=lists.LISTS,
)

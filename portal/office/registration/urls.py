"""Addresses of the registrar's screens, under /admin/registration/."""

from django.urls import path

from portal.office.registration import handover, views

urlpatterns = [
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
        handover.handover,
        {"kind": handover.OWNER},
        name="registration_owner",
    ),
    path(
        "registration/account/<int:account_id>/add/",
        handover.handover,
        {"kind": handover.ADDED},
        name="registration_add",
    ),
    path("registration/holder/<int:holder_id>/done/", handover.done, name="registration_handover_done"),
    path("registration/account/<int:account_id>/", views.account, name="registration_account"),
    path("registration/request/<int:request_id>/", views.decide, name="registration_decide"),
    path("registration/unlock/<int:throttle_id>/", views.unlock, name="registration_unlock"),
]

"""URL routes of login, logout and recovery. Of allauth only these are mounted: no sign-up, no other views of it."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from django.urls import path, re_path

from portal.accounts import views
from portal.accounts.views import application, livejournal, second_factor

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/reset/", views.recover, name="account_reset_password"),
    path("password/reset/done/", views.recovery_noted, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.recovered, name="account_reset_password_from_key_done"),
    path("password/new/", views.first_password, name="account_first_password"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("email/confirm/<str:token>/", views.confirm_email, name="account_confirm_address"),
    path("2fa/", mfa_views.index, name="mfa_index"),
    path("2fa/authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/totp/activate/", second_factor.ActivateView.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", code_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", code_views.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", code_views.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("livejournal/", livejournal.JournalLoginView.as_view(), name="openid_login"),
    path("livejournal/callback/", livejournal.callback, name="openid_callback"),
    path("application/", application.fill_in, name="account_application"),
    path("application/form.pdf", application.printed, name="account_application_pdf"),
    path("application/sent/", application.sent, name="account_application_sent"),
]

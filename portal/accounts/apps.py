from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Connect receivers of logins and second factors; register private files' permissions and their audit."""
        from allauth.mfa import signals as mfa_signals
        from django.contrib.auth.signals import user_logged_in

        from portal.accounts.audit import opened_file
        from portal.accounts.middleware import note_login
        from portal.accounts.permissions import may_see_audit_archive, may_see_document, may_see_export
        from portal.accounts.services import second_factors
        from portal.core.files.services import register_kind, register_note

        user_logged_in.connect(note_login, dispatch_uid="accounts-note-login")
        mfa_signals.authenticator_added.connect(second_factors.factor_added, dispatch_uid="accounts-factor-added")
        mfa_signals.authenticator_removed.connect(second_factors.factor_removed, dispatch_uid="accounts-factor-removed")
        mfa_signals.authenticator_reset.connect(second_factors.factor_reset, dispatch_uid="accounts-factor-reset")
        register_kind("personal-document", may_see_document, waits_for_record=True)
        register_kind("personal-export", may_see_export)
        register_kind("audit-archive", may_see_audit_archive)
        register_note(opened_file)

"""allauth's list of sessions with our receiver: it stores the digest of a session key, never the key."""

from allauth.usersessions.apps import UserSessionsConfig as AllauthConfig


class UserSessionsConfig(AllauthConfig):
    """allauth's own receivers are not connected: they would store the key itself."""

    def ready(self) -> None:
        """A login is listed among the sessions of its user."""
        from allauth.account.signals import user_logged_in

        from portal.accounts.sessions import list_session

        user_logged_in.connect(list_session, dispatch_uid="accounts-list-session")

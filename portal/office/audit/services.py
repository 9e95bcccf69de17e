"""What administrators do about second factors."""

from allauth.mfa.models import Authenticator

from portal.accounts.models import User


def remove_second_factor(user: User) -> None:
    """Delete every second factor of a login: at the next login it is set up again."""
    Authenticator.objects.filter(user=user).delete()

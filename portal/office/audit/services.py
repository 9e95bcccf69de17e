"""What administrators do about second factors."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.services.sessions import end_sessions


@transaction.atomic
def remove_second_factor(*, user: User, by: User) -> None:
    """Delete every second factor of a login and end its sessions: at the next login it is set up again."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)
    audit.access(user, by=by, what="Второй фактор снят")

"""Reads for the API, starting from who asks."""

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.api.models import ApiKey


def keys_of(user: User) -> QuerySet[ApiKey]:
    """Standing keys of a login, newest first."""
    return ApiKey.objects.filter(user=user, revoked_at=None)

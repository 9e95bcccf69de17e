"""Files that wait between their check and their import: private, seen by whoever brought them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from portal.core.files.services import open_file, register_kind, store_file
from portal.core.models import PrivateFile

KIND = "office_import"


def _may_see(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    return user.is_authenticated and stored.owner == f"user:{user.pk}"


def register() -> None:
    """Answer for the files of imports (called once, from AppConfig.ready)."""
    register_kind(KIND, _may_see, waits_for_record=True)


def store(data: bytes, *, user: AbstractBaseUser) -> PrivateFile:
    """Store a checked file until it is imported. Raises FileRefused("no_space")."""
    return store_file(
        kind=KIND, owner=f"user:{user.pk}", name="import", content=data, content_type="application/octet-stream"
    )


def find(file_id: str, *, user: AbstractBaseUser) -> PrivateFile | None:
    """A file that this user brought; None for an id that is nobody's or another's."""
    try:
        return PrivateFile.objects.filter(pk=file_id, kind=KIND, owner=f"user:{user.pk}").first()
    except (ValidationError, ValueError, TypeError):
        return None


def content(file_id: str, *, user: AbstractBaseUser) -> bytes | None:
    """The content of a file that this user brought."""
    stored = find(file_id, user=user)
    if stored is None:
        return None
    with open_file(stored) as file:
        return file.read()

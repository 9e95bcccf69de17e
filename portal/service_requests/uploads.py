"""Files that a person sends up with a form: checked and kept at once, so that an error elsewhere loses none."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import IO, Protocol
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from portal.core.files.checking import check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.files.holding import check_quota
from portal.core.files.services import store_file
from portal.core.models import PrivateFile
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend
from portal.core.refusals import error_message
from portal.service_requests.permissions import own_upload

MAX_FILES = 10
"""Of one form; what comes beyond is not read, and is named."""


class Upload(Protocol):
    """Upload of a form."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    @property
    def file(self) -> IO[bytes] | None: ...


def count_upload(upload: Upload, *, sender: Sender) -> None:
    """Count a file and its bytes, before it is looked into. Raises RateLimited."""
    with transaction.atomic():
        spend(Action.UPLOAD, sender=sender)
        spend(Action.UPLOAD_SIZE, sender=sender, amount=upload.size or 1)


def store_upload(
    *, upload: Upload, kind: str, by: AbstractBaseUser, pdf: bool, sender: Sender | None = None
) -> PrivateFile:
    """Check and store an upload as its owner's own.

    A resident's `sender` is counted before the file is looked into, and has a quota. Raises RateLimited, and
    FileRefused with the reason's code.
    """
    if sender is not None:
        count_upload(upload, sender=sender)
        check_quota(owner=own_upload(by.pk), size=upload.size or 1)
    checked = check_upload(upload.file or BytesIO(), upload.name or "file", pdf=pdf)
    return store_file(
        kind=kind,
        owner=own_upload(by.pk),
        name=checked.name,
        content=checked.content,
        content_type=checked.content_type,
    )


def gather(
    *,
    stored_ids: Iterable[str],
    uploads: Iterable[Upload],
    kind: str,
    by: AbstractBaseUser,
    pdf: bool,
    sender: Sender | None = None,
    most: int = MAX_FILES,
    on_limit: Callable[[RateLimited], None] | None = None,
) -> tuple[list[PrivateFile], list[str]]:
    """The files of a form: those kept before with those that came now, and what is wrong with the others, in words.

    At most `most` uploads are looked into. `on_limit` hears that a limit of the `sender` is reached.
    """
    files, errors = stored_uploads(ids=stored_ids, kind=kind, by=by), []
    for number, upload in enumerate(uploads):
        try:
            if number >= most:
                raise FileRefused("too_many")
            files.append(store_upload(upload=upload, kind=kind, by=by, pdf=pdf, sender=sender))
        except FileRefused as refusal:
            errors.append(f"{upload.name or ''}: {error_message(refusal)}")
        except RateLimited as limit:
            errors.append(f"{upload.name or ''}: {error_message(limit)}")
            if on_limit is not None:
                on_limit(limit)
    return files, errors


def stored_uploads(*, ids: Iterable[str], kind: str, by: AbstractBaseUser) -> list[PrivateFile]:
    """Return the files that this login itself sent up, in the order given; anything else is ignored."""
    wanted = list(dict.fromkeys(ids))
    try:
        stored_files = PrivateFile.objects.in_bulk([UUID(value) for value in wanted])
    except (ValueError, ValidationError):
        return []
    mine = {str(key): stored for key, stored in stored_files.items()}
    return [
        mine[value]
        for value in wanted
        if value in mine and mine[value].kind == kind and mine[value].owner == own_upload(by.pk)
    ]

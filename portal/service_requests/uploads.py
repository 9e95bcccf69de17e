"""Files that a person sends up with a form: checked and kept at once, so that an error elsewhere loses none."""

from collections.abc import Iterable
from io import BytesIO
from typing import IO, Protocol
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from portal.core.files.checking import check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.files.services import store_file
from portal.core.files.words import file_refused
from portal.core.models import PrivateFile
from portal.service_requests.permissions import own_upload

MOST_FILES = 10
"""Of one field of a form; what comes beyond is not read."""


class Upload(Protocol):
    """What a form gives."""

    @property
    def name(self) -> str | None: ...

    @property
    def file(self) -> IO[bytes] | None: ...


def keep(*, upload: Upload, kind: str, by: AbstractBaseUser, pdf: bool) -> PrivateFile:
    """Check and store an upload as its sender's own. Raises FileRefused with the reason's code."""
    checked = check_upload(upload.file or BytesIO(), upload.name or "file", pdf=pdf)
    return store_file(
        kind=kind,
        owner=own_upload(by.pk),
        name=checked.name,
        content=checked.content,
        content_type=checked.content_type,
    )


def gather(
    *, kept_ids: Iterable[str], uploads: Iterable[Upload], kind: str, by: AbstractBaseUser, pdf: bool
) -> tuple[list[PrivateFile], list[str]]:
    """The files of a form: those kept before with those that came now, and what is wrong with the others, in words."""
    files, errors = kept(ids=kept_ids, kind=kind, by=by), []
    for upload in uploads:
        try:
            files.append(keep(upload=upload, kind=kind, by=by, pdf=pdf))
        except FileRefused as refusal:
            errors.append(file_refused(upload.name or "", refusal))
    return files, errors


def kept(*, ids: Iterable[str], kind: str, by: AbstractBaseUser) -> list[PrivateFile]:
    """Those of the files that this login itself sent up, in the order given; anything else is ignored."""
    wanted = list(dict.fromkeys(ids))
    try:
        found = PrivateFile.objects.in_bulk([UUID(value) for value in wanted])
    except (ValueError, ValidationError):
        return []
    mine = {str(key): stored for key, stored in found.items()}
    return [
        mine[value]
        for value in wanted
        if value in mine and mine[value].kind == kind and mine[value].owner == own_upload(by.pk)
    ]

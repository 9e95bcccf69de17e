"""Store, find and open private files. Each app registers who may see its kind; nobody else may."""

import contextlib
import hashlib
import io
import uuid
from collections.abc import Callable
from typing import IO, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import File
from django.db import transaction

from portal.core.files.exceptions import FileRefused, PrivateFileMissing, StorageUnavailable, UnknownFileKind
from portal.core.models import PrivateFile

Viewer: TypeAlias = AbstractBaseUser | AnonymousUser
MaySee: TypeAlias = Callable[[Viewer, PrivateFile], bool]
NoteOpened: TypeAlias = Callable[[Viewer, PrivateFile], None]
_checks: dict[str, MaySee] = {}
_notes: list[NoteOpened] = []
_waiting: set[str] = set()


def register_kind(kind: str, may_see: MaySee, *, waits_for_record: bool = False) -> None:
    """Say who may see files of a kind (called once, from the owning app's AppConfig.ready).

    `waits_for_record`: files of this kind are uploads, swept after a day unless some record holds them by then.
    """
    _checks[kind] = may_see
    if waits_for_record:
        _waiting.add(kind)


def waiting_kinds() -> frozenset[str]:
    """Kinds whose files are swept when no record holds them."""
    return frozenset(_waiting)


def register_note(note: NoteOpened) -> None:
    """Have every file noted that somebody opens (called once, from an AppConfig.ready)."""
    _notes.append(note)


def note_opened(stored: PrivateFile, *, user: Viewer) -> None:
    """Tell those who keep account of it that a user was given a file."""
    for note in _notes:
        note(user, stored)


def store_file(*, kind: str, owner: str, name: str, content: bytes, content_type: str) -> PrivateFile:
    """Store content and its row together: no row without its file, no file without its row.

    `owner` is the owning app's own reference ("request:12"). Raises UnknownFileKind; FileRefused("no_space") when the
    disk is full, FileRefused("storage_unavailable") when the storage does not take it for another reason.
    """
    return store_stream(kind=kind, owner=owner, name=name, content=io.BytesIO(content), content_type=content_type)


def _stored(stored: PrivateFile, content: File) -> PrivateFile:
    try:
        stored.file.save(f"{stored.kind}/{stored.id}", content, save=False)
    except StorageUnavailable as error:
        raise FileRefused("storage_unavailable") from error
    except OSError as error:
        raise FileRefused("no_space") from error
    try:
        with transaction.atomic():
            stored.save(force_insert=True)
    except BaseException:
        with contextlib.suppress(StorageUnavailable):  # then the sweep of files without a row takes it
            stored.file.storage.delete(str(stored.file.name))
        raise
    return stored


def store_stream(*, kind: str, owner: str, name: str, content: IO[bytes], content_type: str) -> PrivateFile:
    """As store_file, for what is too large to hold in memory; `content` is read from its start."""
    if kind not in _checks:
        raise UnknownFileKind(kind)
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # IO[bytes] has what it reads
    size = content.seek(0, io.SEEK_END)  # a digest of bytes in memory does not move their position
    content.seek(0)
    stored = PrivateFile(
        id=uuid.uuid4(), kind=kind, owner=owner, name=name, content_type=content_type, size=size, sha256=digest
    )
    return _stored(stored, File(content))


def visible_file(*, file_id: str | uuid.UUID, user: Viewer) -> PrivateFile | None:
    """The file, if the app that owns it lets this user see it; otherwise None, as if it did not exist."""
    stored = PrivateFile.objects.filter(pk=file_id).first()
    if stored is None or stored.kind not in _checks or not _checks[stored.kind](user, stored):
        return None
    return stored


def open_file(stored: PrivateFile) -> IO[bytes]:
    """The file's content. Raises PrivateFileMissing, StorageUnavailable."""
    try:
        return stored.file.open("rb")
    except FileNotFoundError as error:
        raise PrivateFileMissing(str(stored.pk)) from error

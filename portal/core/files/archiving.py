"""All stored files as one tar archive, laid out as under MEDIA_ROOT: for backups and for a move to another storage."""

import datetime as dt
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.core.files.storage import storages
from django.utils import timezone

from portal.core.files.encrypted import AsStored

PRIVATE = "private/"
"""Where the archive, as MEDIA_ROOT, has the private files."""
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of a file that are held in memory; a larger one goes to a temporary file."""
_END_OF_TIME = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class ArchiveRefused(Exception):
    """The archive is cut, is no tar archive, or names a file outside of the storage."""


def write_archive(target: IO[bytes]) -> int:
    """Write every file as it is stored; returns how many. A file deleted meanwhile is left out.

    Raises StorageUnavailable.
    """
    count = 0
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for storage, name, path in _stored():
            try:
                content = storage.open_stored(name)
            except FileNotFoundError:
                continue
            with content:
                entry = tarfile.TarInfo(path)
                entry.size, entry.mode, entry.mtime = content.size, 0o600, int(timezone.now().timestamp())
                archive.addfile(entry, content)
            count += 1
    return count


def has_files() -> bool:
    """Whether anything is stored. Raises StorageUnavailable."""
    return any(True for _found in _stored())


def _stored() -> Iterator[tuple[Any, str, str]]:
    """Storage, name in it and path in the archive of every file."""
    public: Any = storages["default"]
    private: Any = storages["private"]
    for name in public.names_before(_END_OF_TIME):
        if not name.startswith(PRIVATE):
            yield public, name, name
    for name in private.names_before(_END_OF_TIME):
        yield private, name, PRIVATE + name


def read_archive(source: IO[bytes]) -> int:
    """Store every file of an archive in place of one of its name; returns how many.

    Raises ArchiveRefused, StorageUnavailable; repeated, it goes over the same files.
    """
    count = 0
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            for entry in archive:
                if entry.isfile() and (content := archive.extractfile(entry)) is not None:
                    with SpooledTemporaryFile(max_size=IN_MEMORY) as copy:  # a stream cannot be sent a second time
                        shutil.copyfileobj(content, copy)
                        copy.seek(0)
                        _put(entry.name.removeprefix("./"), AsStored(copy))
                    count += 1
                elif not entry.isdir():
                    raise ArchiveRefused(f"{entry.name} is neither a file nor a folder")
    except tarfile.TarError as error:
        raise ArchiveRefused(f"the archive cannot be read to its end after {count} files: {error}") from error
    return count


def _put(path: str, content: AsStored) -> None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ArchiveRefused(f"{path} leads out of the storage")
    alias, name = ("private", path.removeprefix(PRIVATE)) if path.startswith(PRIVATE) else ("default", path)
    storage: Any = storages[alias]
    storage.replace(name, content)

"""Storage under MEDIA_ROOT: folders, modes on the disk, and which files have a URL."""

import contextlib
import datetime as dt
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible

from portal.core.files.encrypted import EncryptedFiles
from portal.core.files.exceptions import StorageUnavailable

FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says when there is no space left."""

PUBLIC_FOLDERS = ("images", "avatar_images")
"""Copies of pictures that pages show. Originals, documents and private files have no address on the disk."""
PUBLIC_FILE, PUBLIC_FOLDER = 0o644, 0o755
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def is_public(name: str) -> bool:
    """Whether a path under MEDIA_ROOT may be served by its address: a file of a public folder, spelled plainly."""
    parts = name.split("/")
    plain = not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)
    return plain and len(parts) > 1 and parts[0] in PUBLIC_FOLDERS


def ensure_media_root() -> None:
    """Make MEDIA_ROOT where it is missing, so that the web server may enter it; one that stands is left as it is."""
    root = Path(settings.MEDIA_ROOT)
    if not root.exists():
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(PUBLIC_FOLDER)


def private_storage() -> Storage:
    """The storage of private files that the settings name."""
    return storages["private"]


@deconstructible
class WholeFileStorage(FileSystemStorage):
    """A file is kept whole or not at all: what a full disk cut short is taken away again.

    A disk that does not take a file for another reason (read-only, wrong rights) raises StorageUnavailable.
    """

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)  # type: ignore[misc]  # the stubs leave it out
        except OSError as error:
            with contextlib.suppress(OSError):
                Path(self.path(name)).unlink()
            if error.errno in FULL:
                raise
            raise StorageUnavailable(error.errno, f"{type(error).__name__}: {error.strerror}") from error

    def open_stored(self, name: str) -> File:
        """A file as it is stored. Raises FileNotFoundError."""
        return self.open(name)

    def read_start(self, name: str, count: int) -> bytes:
        """The first bytes of a file as it is stored; fewer where it is shorter. Raises FileNotFoundError."""
        with self.open_stored(name) as stored:
            start: bytes = stored.read(count)
        return start

    def replace(self, name: str, content: File) -> None:
        """Store a file, as it is, under exactly this name; one that is there stays until the new one is whole."""
        arriving = self.save(f"{name}.arriving", content)
        target = Path(self.path(name))
        Path(self.path(arriving)).replace(target)

    def names_before(self, moment: dt.datetime) -> Iterator[str]:
        """Names of files that were stored before a moment."""
        root = Path(self.location)
        for folder, _folders, files in os.walk(root):
            for file in files:
                path = Path(folder) / file
                with contextlib.suppress(FileNotFoundError):
                    if path.stat().st_mtime < moment.timestamp():
                        yield path.relative_to(root).as_posix()


@deconstructible
class MediaStorage(WholeFileStorage):
    """MEDIA_ROOT: the web server may read public pictures; all else is the portal's own."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=PRIVATE_FILE, directory_permissions_mode=PRIVATE_FOLDER)

    def _save(self, name: str, content: Any) -> str:
        ensure_media_root()
        saved = super()._save(name, content)
        if is_public(saved):
            path = Path(self.path(saved))
            path.chmod(PUBLIC_FILE)
            for folder in path.parents[: saved.count("/")]:
                folder.chmod(PUBLIC_FOLDER)
        return saved


@deconstructible
class PrivateStorage(EncryptedFiles, WholeFileStorage):
    """Encrypted files that have no URL; their place follows MEDIA_ROOT."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=PRIVATE_FILE, directory_permissions_mode=PRIVATE_FOLDER)

    @property
    def base_location(self) -> str:
        return str(Path(settings.MEDIA_ROOT) / "private")

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def _save(self, name: str, content: Any) -> str:
        ensure_media_root()
        return super()._save(name, content)

    def url(self, name: str | None) -> str:
        raise ValueError("private files have no URL")

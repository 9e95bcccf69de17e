"""Where private files lie: under MEDIA_ROOT/private, without a URL."""

import contextlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class WholeFileStorage(FileSystemStorage):
    """A file is kept whole or not at all: what a full disk cut short is taken away again."""

    def _save(self, name: str, content: Any) -> str:
        try:
            return super()._save(name, content)  # type: ignore[misc]  # the stubs leave it out
        except OSError:
            with contextlib.suppress(OSError):
                Path(self.path(name)).unlink()
            raise


@deconstructible
class PrivateStorage(WholeFileStorage):
    """A file system storage that has no URL; its place follows MEDIA_ROOT."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600)

    @property
    def base_location(self) -> str:
        return str(Path(settings.MEDIA_ROOT) / "private")

    @property
    def location(self) -> str:
        return str(Path(self.base_location).absolute())

    def url(self, name: str | None) -> str:
        raise ValueError("private files have no URL")

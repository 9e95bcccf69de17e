"""Where private files lie: under MEDIA_ROOT/private, without a URL."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    """A file system storage that has no URL; its place follows MEDIA_ROOT."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("location", str(Path(settings.MEDIA_ROOT) / "private"))
        options.setdefault("file_permissions_mode", 0o600)
        super().__init__(**options)

    def url(self, name: str | None) -> str:
        raise ValueError("private files have no URL")

"""Where private files lie: under MEDIA_ROOT/private, without a URL."""

from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
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

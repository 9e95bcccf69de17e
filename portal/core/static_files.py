"""Static files under names with a digest of their content, for releases that serve side by side during an upgrade."""

from pathlib import Path

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

from portal.core.files.storage import WholeFileStorage


class ReleaseStaticStorage(CompressedManifestStaticFilesStorage, WholeFileStorage):
    """Names of files by the release's own manifest, which `deploy/switch-web` puts beside the code, else the collected.

    A file that a full disk cut short is taken away: its half would count as collected, being newer than its source.
    `collectstatic` of new code rewrites the collected manifest while the old code serves; the files of both stay.
    """

    def read_manifest(self) -> str | None:
        """The manifest's text; None when nothing was collected yet."""
        own = Path(settings.ROOT) / self.manifest_name
        if own.is_file():
            return own.read_text(encoding="utf-8")
        text: str | None = super().read_manifest()
        return text

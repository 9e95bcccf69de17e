"""Write every stored file as a tar archive to the standard output."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from portal.core.files.archiving import write_archive


class Command(BaseCommand):
    help = (
        "Write public media and private files, as they are stored, as a tar archive to the standard output, laid out "
        "as under MEDIA_ROOT, wherever they are stored. deploy/backup calls it where files are in an S3 bucket."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = write_archive(sys.stdout.buffer)
        self.stderr.write(f"{count} files written")

"""Store every file of a tar archive that comes by the standard input."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.files.archiving import ArchiveRefused, has_files, read_archive


class Command(BaseCommand):
    help = (
        "Store the files of a tar archive from the standard input (of export_media, or of `tar -C MEDIA_ROOT -cf - .`) "
        "where the settings say, a bucket or MEDIA_ROOT. A file that is there is replaced, so it can be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check-empty", action="store_true", help="fail if there is any file, store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check_empty"]:
            if has_files():
                raise CommandError("there are files already")
            return
        try:
            count = read_archive(sys.stdin.buffer)
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} files stored")

"""Encrypt every private file with the newest key: the last step of a rotation, and the first of encryption."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.core.files.keys import rotate_file_keys


class Command(BaseCommand):
    help = (
        "Encrypt private files with the first of FILE_ENCRYPTION_KEYS: those of older keys and those stored without "
        "encryption. Run it before dropping a key; the portal may go on, and it can be repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        result = rotate_file_keys()
        self.stdout.write(f"{result.encrypted} files encrypted, {result.current} were already")
        if result.unreadable:
            raise CommandError(
                f"{len(result.unreadable)} files cannot be opened: put their key at the end of FILE_ENCRYPTION_KEYS, "
                f"or restore them from a backup. {', '.join(result.unreadable[:5])}"
            )

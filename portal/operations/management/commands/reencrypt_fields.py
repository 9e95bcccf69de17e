"""Encrypt the stored secrets of second factors with the newest key: the last step of a rotation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.services.second_factors import reencrypt_secrets
from portal.core.encryption import CannotDecrypt


class Command(BaseCommand):
    help = "Re-encrypt secrets in the database with the first of FIELD_ENCRYPTION_KEYS (run it before dropping a key)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = reencrypt_secrets()
        except CannotDecrypt as error:
            raise CommandError(
                "A row was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS: put it at the end of the list."
            ) from error
        self.stdout.write(f"{count} rows re-encrypted")

"""Second factors (TOTP, recovery codes): their secrets are encrypted, changes are audited and told to the owner."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from portal.core import encryption

SECRETS = ("secret", "seed")
"""Where allauth keeps what opens a login: the TOTP secret and the seed of the recovery codes."""


def reencrypt_secrets() -> int:
    """Encrypt every stored secret with the first of FIELD_ENCRYPTION_KEYS; returns how many rows. Safe to repeat.

    Raises CannotDecrypt when a row was encrypted with a key that is no longer in the list; then nothing is changed.
    """
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().order_by("pk")
        return sum(_reencrypt(row) for row in rows)


def _reencrypt(row: Authenticator) -> int:
    data: dict[str, Any] = row.data
    for name in SECRETS:
        if name in data:
            data[name] = encryption.reencrypt(data[name])
    if "migrated_codes" in data:
        data["migrated_codes"] = [encryption.reencrypt(code) for code in data["migrated_codes"]]
    row.save(update_fields=["data"])
    return 1

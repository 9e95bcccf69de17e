"""Encryption of short secrets in database fields: Fernet (AES-128-CBC with HMAC-SHA256) of `cryptography`.

The keys are settings.FIELD_ENCRYPTION_KEYS: the first one encrypts, every one decrypts. Each is a text of any form; the
Fernet key is derived from it with HKDF-SHA256. Without keys of its own an installation uses SECRET_KEY.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

INFO = b"portal.field-encryption"
KEY_BYTES = 32


class CannotDecrypt(Exception):
    """No key of FIELD_ENCRYPTION_KEYS opens this value."""


def encrypt(text: str) -> str:
    """Encrypt with the first key; two calls give two values."""
    return _cipher(_keys()).encrypt(text.encode()).decode("ascii")


def decrypt(value: str) -> str:
    """Decrypt with whichever key fits. Raises CannotDecrypt."""
    try:
        return _cipher(_keys()).decrypt(value.encode()).decode()
    except InvalidToken as error:
        raise CannotDecrypt from error


def reencrypt(value: str) -> str:
    """The same text under the first key, for rotation. Raises CannotDecrypt."""
    try:
        return _cipher(_keys()).rotate(value.encode()).decode("ascii")
    except InvalidToken as error:
        raise CannotDecrypt from error


def _keys() -> tuple[str, ...]:
    own: list[str] = settings.FIELD_ENCRYPTION_KEYS
    return tuple(own or [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def file_keys() -> tuple[str, ...]:
    """The keys of private files, the one that encrypts first."""
    own: list[str] = settings.FILE_ENCRYPTION_KEYS
    return tuple(own) or _keys()


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=INFO).derive(key.encode())
    return base64.urlsafe_b64encode(derived)

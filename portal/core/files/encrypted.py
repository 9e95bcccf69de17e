"""Files that lie encrypted: AES-256-GCM of `cryptography` in chunks, each file under a key of its own.

A stored file: MARK, the id of the installation's key, a random salt, then the chunks. The file's key is derived from
the installation's with the salt (HKDF-SHA256). A chunk's nonce is its number and whether it is the last (the STREAM
construction), the header is authenticated with each: a chunk that was changed, moved or cut off is noticed. So a file
of any size is written and read in pieces, and from any place.

Keys are settings.FILE_ENCRYPTION_KEYS: the first encrypts, every one decrypts. Without any they are derived from
FIELD_ENCRYPTION_KEYS or SECRET_KEY. A file without MARK was stored before encryption and is read as it is.
"""

import io
import os
import struct
from collections.abc import Iterator
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.files.base import File

from portal.core import encryption
from portal.core.files.exceptions import CannotDecryptFile

MARK = b"portal-encrypted-file-1\n"
ID_BYTES, SALT_BYTES, KEY_BYTES, TAG_BYTES = 8, 32, 32, 16
HEADER_BYTES = len(MARK) + ID_BYTES + SALT_BYTES
CHUNK = 64 * 1024
"""Bytes of plain text in a chunk."""
STORED_CHUNK = CHUNK + TAG_BYTES


def key_id(key: str) -> str:
    """What names a key in files and messages and tells nothing of it."""
    return _derived(key, b"portal.files.id", b"", ID_BYTES).hex()


def current_key_id() -> str:
    """The id of the key that encrypts."""
    return key_id(encryption.file_keys()[0])


def _derived(key: str, info: bytes, salt: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=info).derive(key.encode())


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(_derived(key, b"portal.files.key", salt, KEY_BYTES))


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQ?", number, last)


def _chunks(stored_size: int) -> int:
    """Chunks of a stored file of so many bytes, the header included."""
    return max(-(-(stored_size - HEADER_BYTES) // STORED_CHUNK), 1)


def plain_size(stored_size: int) -> int:
    """Bytes of plain text in a stored file of so many bytes."""
    return stored_size - HEADER_BYTES - _chunks(stored_size) * TAG_BYTES


class EncryptedContent(io.RawIOBase):
    """What a plain content is stored as, made while it is read; it can be read once."""

    def __init__(self, content: File) -> None:
        super().__init__()
        self._pieces = _encrypted(content)
        self._left = b""

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the next piece goes; 0 at the end."""
        if not self._left:
            self._left = next(self._pieces, b"")
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """What Django's storage on a disk reads."""
        yield from self._pieces


def _encrypted(content: File) -> Iterator[bytes]:
    key = encryption.file_keys()[0]
    salt = os.urandom(SALT_BYTES)
    header = MARK + bytes.fromhex(key_id(key)) + salt
    cipher = _cipher(key, salt)
    number = 0
    piece = b""
    yield header
    for part in content.chunks():
        piece += part
        while len(piece) > CHUNK:  # what may be the last is held back
            yield cipher.encrypt(_nonce(number, last=False), piece[:CHUNK], header)
            number, piece = number + 1, piece[CHUNK:]
    yield cipher.encrypt(_nonce(number, last=True), piece, header)


class DecryptingReader(io.RawIOBase):
    """The plain content of an encrypted file, from any place of it.

    Raises CannotDecryptFile: made without the key, and at the first byte of a chunk that was changed or cut.
    """

    def __init__(self, stored: IO[bytes], header: bytes) -> None:
        super().__init__()
        self._stored, self._header = stored, header
        identity, salt = header[len(MARK) : len(MARK) + ID_BYTES].hex(), header[-SALT_BYTES:]
        key = next((key for key in encryption.file_keys() if key_id(key) == identity), None)
        if key is None:
            stored.close()
            raise CannotDecryptFile(f"a file needs the key {identity}, which FILE_ENCRYPTION_KEYS does not have")
        self._cipher = _cipher(key, salt)
        stored_size = stored.seek(0, io.SEEK_END)
        self._chunks = _chunks(stored_size)
        self.size = plain_size(stored_size)
        self._place = 0
        self._number, self._plain = -1, b""
        try:
            self._load(0)
        except CannotDecryptFile:
            stored.close()
            raise

    def _load(self, number: int) -> None:
        if number == self._number:
            return
        self._stored.seek(HEADER_BYTES + number * STORED_CHUNK)
        sealed = self._stored.read(STORED_CHUNK)
        nonce = _nonce(number, last=number == self._chunks - 1)
        try:
            self._plain, self._number = self._cipher.decrypt(nonce, sealed, self._header), number
        except InvalidTag as error:
            raise CannotDecryptFile("a stored file was changed or cut") from error

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def seekable(self) -> bool:
        """Whether it can be read from any place."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        self._place = max(start + offset, 0)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the chunk goes; 0 at the end."""
        if self._place >= self.size:
            return 0
        number, within = divmod(self._place, CHUNK)
        self._load(number)
        piece = self._plain[within : within + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the stored file too."""
        self._stored.close()
        super().close()


class AsStored(File):
    """Content for a storage of encrypted files that is encrypted already, or shall stay plain."""


def sealed(content: File, name: str) -> AsStored:
    """A plain content as it is stored under the first key."""
    return AsStored(io.BufferedReader(EncryptedContent(content)), name)


class DecryptedFile(File):
    """An encrypted file as Django's file objects are; it can be opened again after it was closed."""

    def __init__(self, stored: File, header: bytes, name: str) -> None:
        self._stored, self._header = stored, header
        super().__init__(self._reader(), name)

    def _reader(self) -> Any:
        self._plain = DecryptingReader(self._stored, self._header)
        return io.BufferedReader(self._plain, CHUNK)

    @property
    def size(self) -> int:
        """Bytes of the plain content."""
        return self._plain.size

    def open(self, mode: str | None = None, *_arguments: Any, **_named: Any) -> "DecryptedFile":
        """Go to the start; a closed one is opened again."""
        if self.closed:
            self._stored.open("rb")
            self.file = self._reader()
        self.seek(0)
        return self


class EncryptedFiles:
    """Before a storage in the order of bases: what it stores is encrypted, what it opens is decrypted."""

    def _save(self, name: str, content: Any) -> str:
        if not isinstance(content, AsStored):
            content = EncryptedContent(content)
        return super()._save(name, content)  # type: ignore[misc]  # the storage's

    def open_stored(self, name: str) -> File:
        """A file as it is stored. Raises FileNotFoundError, StorageUnavailable."""
        return super()._open(name, "rb")  # type: ignore[misc]  # the storage's

    def _open(self, name: str, mode: str = "rb") -> File:
        """Raises FileNotFoundError, CannotDecryptFile; ValueError for writing."""
        if mode != "rb":
            raise ValueError("an encrypted file is written by save() alone")
        stored = self.open_stored(name)
        header = stored.read(HEADER_BYTES)
        if not header.startswith(MARK):
            stored.seek(0)
            return stored
        if len(header) < HEADER_BYTES:
            stored.close()
            raise CannotDecryptFile("a stored file was cut")
        return DecryptedFile(stored, header, name)

    def size(self, name: str) -> int:
        """Bytes of the plain content, by what is stored and its header alone.

        Raises FileNotFoundError, CannotDecryptFile (cut off within the header), StorageUnavailable.
        """
        stored = int(super().size(name))  # type: ignore[misc]  # the storage's
        header = self._header(name)
        if not header.startswith(MARK):
            return stored
        if len(header) < HEADER_BYTES:
            raise CannotDecryptFile("a stored file was cut")
        return plain_size(stored)

    def _header(self, name: str) -> bytes:
        start: bytes = self.read_start(name, HEADER_BYTES)  # type: ignore[attr-defined]  # the storage's
        return start

    def stored_key(self, name: str) -> str:
        """The id of the key that a file is encrypted with; empty for one that is not. Raises FileNotFoundError."""
        header = self._header(name)
        return header[len(MARK) : len(MARK) + ID_BYTES].hex() if header.startswith(MARK) else ""

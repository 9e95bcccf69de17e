"""Files in one S3 bucket that nobody reads but the portal: names as under MEDIA_ROOT, by the prefixes of the settings.

Pictures keep their address under MEDIA_URL, where the portal streams them; private files are streamed after the check
of their owner. No object is given out by an address of the bucket. Whatever S3 raises is StorageUnavailable here.
"""

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3File, S3Storage

from portal.core.files.encrypted import EncryptedFiles
from portal.core.files.exceptions import StorageUnavailable

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 10, 2
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of an object that are read into memory; of a larger one the rest goes to a temporary file."""
PUBLIC_PREFIX, PRIVATE_PREFIX = "media", "private"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise StorageUnavailable(f"S3 answered {code or error}") from error
    except (BotoCoreError, Boto3Error, RetriesExceededError) as error:
        raise StorageUnavailable(f"S3: {type(error).__name__}") from error


def _config() -> Config:
    return Config(
        s3={"addressing_style": settings.S3_ADDRESSING},
        signature_version="s3v4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS},
        # Stores that only resemble Amazon's do not know its newer checksums; the signature covers the content.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


class WholeObject(S3File):
    """An object that is read to its end before anything of it is used: what breaks off is no half of a file."""

    def _get_file(self) -> Any:
        with _translated():
            return super()._get_file()

    file = property(_get_file, S3File._set_file)


class BucketStorage(S3Storage):
    """A prefix of the bucket."""

    def __init__(self, prefix: str) -> None:
        super().__init__(
            bucket_name=settings.S3_BUCKET,
            endpoint_url=settings.S3_ENDPOINT,
            access_key=settings.S3_ACCESS_KEY,
            secret_key=settings.S3_SECRET_KEY,
            region_name=settings.S3_REGION,
            location=prefix,
            file_overwrite=False,
            max_memory_size=IN_MEMORY,
            client_config=_config(),
            transfer_config=TransferConfig(use_threads=False),
        )

    def _open(self, name: str, mode: str = "rb") -> Any:
        """Raises FileNotFoundError, StorageUnavailable."""
        with _translated():
            key = self._normalize_name(name)
            try:
                return WholeObject(key, mode, self)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    raise FileNotFoundError(name) from error
                raise

    def open_stored(self, name: str) -> File:
        """A file as it is stored. Raises FileNotFoundError, StorageUnavailable."""
        opened: File = self.open(name)
        return opened

    def read_start(self, name: str, count: int) -> bytes:
        """The first bytes of an object, by a request of these alone; fewer where it is shorter.

        Raises FileNotFoundError, StorageUnavailable.
        """
        with _translated():
            try:
                answer = self.bucket.Object(self._normalize_name(name)).get(Range=f"bytes=0-{count - 1}")
                return bytes(answer["Body"].read())
            except ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if status == 404:
                    raise FileNotFoundError(name) from error
                if status == 416:  # an empty object has no first byte
                    return b""
                raise

    def _save(self, name: str, content: Any) -> str:
        if isinstance(content, io.RawIOBase):
            content = io.BufferedReader(content)  # boto takes a short read for the end
        with _translated():
            return str(super()._save(name, content))

    def replace(self, name: str, content: File) -> None:
        """Store a file, as it is, under exactly this name; one that is there stays until the new one is whole."""
        self._save(name, content)

    def exists(self, name: str) -> bool:
        """Whether there is an object of the name. Raises StorageUnavailable."""
        with _translated():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error. Raises StorageUnavailable."""
        with _translated():
            super().delete(name)

    def size(self, name: str) -> int:
        """Bytes of an object. Raises FileNotFoundError, StorageUnavailable."""
        with _translated():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> dt.datetime:
        """When an object was stored. Raises StorageUnavailable."""
        with _translated():
            modified: dt.datetime = super().get_modified_time(name)
            return modified

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        """Folders and files of a folder. Raises StorageUnavailable."""
        with _translated():
            folders, files = super().listdir(name)
            return folders, files

    def names_before(self, moment: dt.datetime) -> Iterator[str]:
        """Names of files that were stored before a moment. Raises StorageUnavailable."""
        start = f"{self.location}/"
        with _translated():
            for stored_object in self.bucket.objects.filter(Prefix=start):
                if stored_object.last_modified < moment:
                    yield stored_object.key.removeprefix(start)


class S3MediaStorage(BucketStorage):
    """What lies under MEDIA_ROOT without S3."""

    def __init__(self) -> None:
        super().__init__(PUBLIC_PREFIX)

    def url(self, name: str | None, *_arguments: Any, **_named: Any) -> str:
        """The address under MEDIA_URL, as on a disk."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(name or '')}"


class S3PrivateStorage(EncryptedFiles, BucketStorage):
    """Encrypted files that have no URL."""

    def __init__(self) -> None:
        super().__init__(PRIVATE_PREFIX)

    def url(self, name: str | None, *_arguments: Any, **_named: Any) -> str:
        """Raises ValueError."""
        raise ValueError("private files have no URL")

"""An S3 server of one test's own (moto's, over HTTP), which the test may stop and start."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from django.core.files.storage import default_storage, storages
from django.utils.functional import empty
from moto.server import ThreadedMotoServer

from config.settings.environment import file_storages
from portal.core.models import PrivateFile
from tests.ports import free_port

BUCKET = "portal-files"


class S3Server:
    """A server on a port of its own with an empty bucket."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT": self.endpoint,
            "S3_ACCESS_KEY": "test",
            "S3_SECRET_KEY": "test-secret",
        }

    def start(self) -> None:
        """Start it; what it held stays in this process's memory."""
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        """From now on connections are refused."""
        self._server.stop()

    @property
    def client(self) -> Any:
        """boto3's client, for looking past the portal."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test-secret",
        )

    def empty(self) -> None:
        """Forget every object; the server closes the temporary files that it holds them in."""
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        self.client.create_bucket(Bucket=BUCKET)

    def objects(self) -> dict[str, bytes]:
        """Every object of the bucket by its key."""
        listed = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {
            entry["Key"]: self.client.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read() for entry in listed
        }


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server that answers, with an empty bucket; gone afterwards."""
    server = S3Server()
    server.start()
    try:
        server.empty()
        yield server
        server.empty()
    finally:
        server.stop()


@contextmanager
def files_in(server: S3Server, settings: Any) -> Iterator[S3Server]:
    """Have this process store its files there; `settings` is pytest-django's."""
    for name, value in server.environment.items():
        setattr(settings, name, value)
    settings.SERVE_MEDIA = True
    settings.STORAGES = file_storages(in_bucket=True) | {"staticfiles": settings.STORAGES["staticfiles"]}
    field = PrivateFile._meta.get_field("file")
    before = field.storage
    field.storage = storages["private"]
    default_storage._wrapped = empty
    try:
        yield server
    finally:
        field.storage = before

"""Files in an S3 bucket: stored, shown, printed, archived; while it is away people are told, nothing is half-written.

The bucket is a real server over HTTP. Controls: the same steps work before it goes and after it is back.
"""

import gc
import io
import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image, Rendition

from portal.billing.services import Executor
from portal.core import health
from portal.core.checks import check_s3
from portal.core.files import archiving, holding
from portal.core.files.exceptions import FileRefused, StorageUnavailable
from portal.core.files.services import open_file, register_kind, store_file
from portal.core.models import PrivateFile
from portal.receipts import print_run
from portal.service_requests.dispatch.models import DispatchRequest
from tests.people import Cast, make_login
from tests.portal.receipts.conftest import OCTOBER, closed
from tests.portal.receipts.test_print_on_paper import on_paper
from tests.portal.service_requests.test_in_the_cabinet import TEXT, logged_in, photo, sent
from tests.s3_server import S3Server, files_in, running_s3

__all__ = ["closed", "on_paper"]
pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the temporary file of a copy to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with running_s3() as started:
        yield started


@pytest.fixture
def bucket(server: S3Server, settings: Any) -> Iterator[S3Server]:
    """An empty bucket that this process stores its files in."""
    with files_in(server, settings):
        yield server
    server.empty()


@pytest.fixture
def away(bucket: S3Server) -> Iterator[Any]:
    """Call it to stop the server; it is started again at the latest after the test."""
    stopped = []

    def stop() -> None:
        bucket.stop()
        stopped.append(True)

    yield stop
    if stopped:
        bucket.start()


def picture() -> tuple[Image, Rendition]:
    """An editor's picture and a copy of it for a page."""
    image = Image.objects.create(title="x", file=photo())
    copy = image.get_rendition("max-20x20")
    for stored in (image, copy):
        stored.file.close()
    gc.collect()
    return image, copy


def test_a_private_file_goes_to_its_prefix_and_to_whom_its_owner_lets_see_it(bucket: S3Server, cast: Cast) -> None:
    client = logged_in(cast.anna)
    client.get("/personal/requests/new/")
    answer = client.post("/personal/requests/new/", sent(cast, photos=[photo()]))
    assert answer.status_code == 302
    stored = PrivateFile.objects.get()
    assert list(bucket.objects()) == [f"private/{stored.file.name}"]
    shown = client.get(f"/files/{stored.pk}/")
    assert len(b"".join(shown.streaming_content)) == stored.size  # type: ignore[attr-defined]
    assert logged_in(cast.stranger).get(f"/files/{stored.pk}/").status_code == 404
    with pytest.raises(ValueError, match="no URL"):
        stored.file.url  # noqa: B018


def test_pictures_keep_their_address_and_the_portal_serves_copies_alone(bucket: S3Server, client: Client) -> None:
    image, copy = picture()
    assert copy.url.startswith("/media/images/")
    answer = client.get(copy.url)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content == bucket.objects()[f"media/{copy.file.name}"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "max-age" in answer["Cache-Control"]
    assert f"media/{image.file.name}" in bucket.objects()
    for address in (f"/media/{image.file.name}", "/media/private/x", "/media/images/none.jpg"):
        assert client.get(address, follow=True).status_code == 404


def test_a_document_is_streamed_after_wagtails_check(bucket: S3Server, client: Client) -> None:
    document = Document.objects.create(title="Акт", file=ContentFile(b"words", name="act.txt"))
    answer = client.get(document.url)
    assert b"".join(answer.streaming_content) == b"words"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    document.file.close()
    answer.close()


def test_papers_are_printed_into_the_bucket_and_chunks_are_dropped(bucket: S3Server, on_paper: Cast) -> None:
    run = print_run.start_print_run(period=OCTOBER, executor=Executor.INLINE)
    assert run.file is not None
    assert list(bucket.objects()) == [f"private/{run.file.file.name}"]
    with open_file(run.file) as file:
        assert file.read().startswith(b"%PDF")


def test_files_that_no_row_names_are_swept(bucket: S3Server) -> None:
    storages["private"].save("dispatch-photo/orphan", ContentFile(b"x"))
    moment = timezone.now() + holding.ORPHAN_AGE
    assert holding.sweep_files(moment=moment - holding.ORPHAN_AGE).orphans == 0
    assert holding.sweep_files(moment=moment).orphans == 1
    assert bucket.objects() == {}


def test_all_files_move_to_a_disk_and_back(bucket: S3Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    default_storage.save("images/a.jpg", ContentFile(b"a picture"))
    storages["private"].save("receipt/1", ContentFile(b"a receipt"))
    before = bucket.objects()
    tar = io.BytesIO()
    assert archiving.write_archive(tar) == 2
    bucket.empty()
    tar.seek(0)
    with tarfile.open(fileobj=tar) as archive:
        assert sorted(archive.getnames()) == ["images/a.jpg", "private/receipt/1"]
    for _once_more in range(2):
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": io.BytesIO(tar.getvalue())}))
        call_command("import_media")
        assert bucket.objects() == before
    cut = io.BytesIO(tar.getvalue()[:700])
    with pytest.raises(archiving.ArchiveRefused, match="cannot be read to its end"):
        archiving.read_archive(cut)


class TestAway:
    """The server refuses connections."""

    def test_an_upload_is_refused_in_words_and_the_text_stays(self, away: Any, bucket: S3Server, cast: Cast) -> None:
        client = logged_in(cast.anna)
        client.get("/personal/requests/new/")
        away()
        answer = client.post("/personal/requests/new/", sent(cast, photos=[photo()]))
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "хранилище файлов сейчас не работает" in html
        assert TEXT in html
        assert not PrivateFile.objects.exists()
        assert not DispatchRequest.objects.exists()
        bucket.start()
        assert client.post("/personal/requests/new/", sent(cast, photos=[photo()])).status_code == 302
        bucket.stop()

    def test_a_file_answers_503_and_pages_open(self, away: Any, cast: Cast, client: Client) -> None:
        register_kind("test", lambda user, stored: True)
        stored = store_file(kind="test", owner="x", name="a.jpg", content=b"x", content_type="image/jpeg")
        address = picture()[1].url
        away()
        for unanswered in (f"/files/{stored.pk}/", address):
            answer = client.get(unanswered)
            assert answer.status_code == 503
            assert answer["Retry-After"] == "30"
            assert "Файлы пока недоступны" in answer.content.decode()
        assert client.get("/accounts/login/").status_code == 200

    def test_an_editors_upload_leaves_no_row(self, away: Any, client: Client) -> None:
        user = make_login("editor")
        user.is_superuser = True
        user.save()
        client.force_login(user)
        away()
        answer = client.post(
            "/admin/documents/add/", {"title": "x", "collection": "1", "file": SimpleUploadedFile("a.txt", b"words")}
        )
        assert answer.status_code == 503
        assert not Document.objects.exists()

    def test_a_print_run_goes_on_when_it_is_back(self, away: Any, bucket: S3Server, on_paper: Cast) -> None:
        away()
        with pytest.raises(FileRefused, match="storage_unavailable"):
            print_run.start_print_run(period=OCTOBER, executor=Executor.INLINE)
        run = print_run.PrintRun.objects.get()
        assert run.file is None
        assert not PrivateFile.objects.exists()
        bucket.start()
        print_run.PRINTS.carry_out(run, executor=Executor.INLINE)
        bucket.stop()
        assert run.file is not None

    def test_it_is_degraded_and_named(self, away: Any, client: Client, db: None) -> None:
        assert health.report().check("storage").is_ok
        away()
        check = health.report().check("storage")
        assert (check.status, check.detail) == ("degraded", "S3: EndpointConnectionError")


def test_a_key_that_is_refused_is_named_without_its_secret(bucket: S3Server, settings: Any) -> None:
    settings.S3_BUCKET = "no-such-bucket"
    settings.STORAGES = dict(settings.STORAGES)
    with pytest.raises(StorageUnavailable, match="S3 answered NoSuchBucket"):
        storages["private"].save("x", ContentFile(b"x"))


def test_half_a_configuration_is_refused(settings: Any) -> None:
    assert check_s3() == []
    settings.S3_BUCKET = "portal"
    told = json.dumps([message.msg for message in check_s3()])
    assert all(f"{name} is not set" in told for name in ("S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"))
    settings.S3_ENDPOINT, settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = "storage.example", "a", "b"
    assert [message.msg for message in check_s3()] == [
        "S3_ENDPOINT=storage.example is not an address. Write it as https://storage.example."
    ]
    settings.S3_ENDPOINT = "https://storage.example"
    assert check_s3() == []

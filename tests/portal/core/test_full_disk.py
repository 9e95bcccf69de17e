"""Each writer on a disk that is really full or read-only: a clear message, no partial file, the next try works.

The fixture `small_disk` itself checks that the system refuses a write before the portal tries one.
"""

import gc
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import OperationalError, connection
from django.test import Client

from portal.accounts.enums import ExportState
from portal.accounts.models import DataExport
from portal.billing.services import Executor
from portal.cabinet.profile import jobs
from portal.core import clock, health
from portal.core.files.exceptions import FileRefused
from portal.core.models import PrivateFile
from portal.core.static_files import ReleaseStaticStorage
from portal.receipts import print_run
from portal.receipts.models import Receipt
from portal.receipts.services import ensure_receipt_pdf
from portal.service_requests.dispatch.models import DispatchRequest
from tests.conftest import OwnDatabase
from tests.people import PASSWORD, Cast, make_login
from tests.portal.receipts.conftest import OCTOBER, closed
from tests.portal.receipts.test_print_on_paper import on_paper
from tests.portal.service_requests.test_in_the_cabinet import TEXT, logged_in, photo, sent
from tests.small_disk import SmallDisk, small_disk

__all__ = ["closed", "on_paper", "small_disk"]


@pytest.fixture
def media(small_disk: SmallDisk, settings: Any) -> SmallDisk:
    """The portal's files lie on the small disk."""
    settings.MEDIA_ROOT = small_disk.place / "media"
    (small_disk.place / "media" / "private").mkdir(parents=True)
    return small_disk


@pytest.mark.parametrize(
    ("fault", "message"), [("full", "сейчас нет места"), ("read-only", "хранилище файлов сейчас не работает")]
)
def test_an_upload_keeps_what_was_typed(media: SmallDisk, cast: Cast, fault: str, message: str) -> None:
    client = logged_in(cast.anna)
    client.get("/personal/requests/new/")
    if fault == "full":
        media.fill()
    else:
        media.set_read_only()
    answer = client.post("/personal/requests/new/", sent(cast, photos=[photo()]))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert message in html
    assert TEXT in html
    assert not PrivateFile.objects.exists()
    assert media.files() == []
    assert health.report().check("storage").status == "failed"
    assert not health.report().check("disk").is_ok
    if fault == "full":
        media.free()
    else:
        media.set_read_only(read_only=False)
    assert client.post("/personal/requests/new/", sent(cast, photos=[photo()])).status_code == 302
    assert DispatchRequest.objects.count() == 1
    assert health.report().check("storage").is_ok


def test_a_partly_written_file_is_deleted(media: SmallDisk, db: None) -> None:
    media.fill(spare=64 * 1024)
    with pytest.raises(OSError, match="No space left"):
        default_storage.save("documents/a.bin", ContentFile(b"x" * 256 * 1024))
    assert media.files() == []
    default_storage.save("documents/a.bin", ContentFile(b"x" * 1024))


def test_a_receipt_is_made_when_there_is_space_again(media: SmallDisk, on_paper: Cast) -> None:
    receipt = Receipt.objects.filter(account=on_paper.anna.account).get()
    client = logged_in(on_paper.anna)
    media.fill(spare=8 * 1024)
    answer = client.get(f"/personal/receipts/{receipt.pk}/", follow=True)
    assert "Квитанцию сейчас сделать не удалось" in answer.content.decode()
    assert media.files() == []
    with pytest.raises(FileRefused, match="no_space"):
        ensure_receipt_pdf(receipt=receipt)
    media.free()
    assert ensure_receipt_pdf(receipt=receipt).size > 8 * 1024


def test_a_failed_data_export_can_be_requested_again(media: SmallDisk, cast: Cast) -> None:
    export = DataExport.objects.create(user=cast.anna.user, asked_at=clock.real_now())
    media.fill()
    with pytest.raises(FileRefused, match="no_space"):
        jobs.make_export(export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    assert media.files() == []
    media.free()
    second_export = DataExport.objects.create(user=cast.anna.user, asked_at=clock.real_now())
    jobs.make_export(second_export.pk)
    second_export.refresh_from_db()
    assert second_export.state == ExportState.READY


def test_a_print_run_resumes(media: SmallDisk, on_paper: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the folder of temporary files nor the storage has space."""
    monkeypatch.setattr(tempfile, "tempdir", str(media.place))
    media.fill()
    with pytest.raises((FileRefused, OSError)):
        print_run.start_print_run(period=OCTOBER, executor=Executor.INLINE)
    run = print_run.PrintRun.objects.get()
    assert run.file is None
    assert media.files() == []
    media.free()
    run = print_run.PRINTS.carry_out(run, executor=Executor.INLINE)
    assert run.file is not None
    assert len(media.files()) == 1, "the joined file alone"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_letter_of_the_file_backend_is_sent_later(small_disk: SmallDisk, settings: Any) -> None:
    """A letter that could not be written is an OSError, which the outbox treats like an unreachable mail server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = small_disk.place / "mail"
    small_disk.fill()
    with pytest.raises(OSError, match="No space left"):
        EmailMessage("a", "b", "a@mail.example", ["b@mail.example"]).send()
    small_disk.free()
    assert EmailMessage("a", "b", "a@mail.example", ["b@mail.example"]).send() == 1
    gc.collect()  # Django does not close the file that it could not write


def test_collected_static_files_are_whole_or_absent(small_disk: SmallDisk) -> None:
    """A partial file would be newer than its source, so the next collectstatic would skip it."""
    storage = ReleaseStaticStorage(location=small_disk.place / "static")
    small_disk.fill(spare=16 * 1024)
    with pytest.raises(OSError, match="No space left"):
        storage.save("a.css", ContentFile(b"x" * 64 * 1024))
    assert small_disk.files() == []
    small_disk.free()
    storage.save("a.css", ContentFile(b"x" * 64 * 1024))
    assert Path(storage.path("a.css")).stat().st_size == 64 * 1024


def open_sessions(count: int) -> None:
    for _each in range(count):
        session = SessionStore()
        session["filler"] = "x" * 500
        session.save()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="max_page_count is SQLite's")
def test_a_full_database_answers_507(own_database: OwnDatabase) -> None:
    """SQLITE_FULL by SQLite's own limit: a page with status 507; with space again the same login works."""
    make_login("anna")
    client = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OperationalError, match="full"):
        open_sessions(5000)
    answer = client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    assert answer.status_code == 507
    assert "кончилось место" in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert client.post("/accounts/login/", {"login": "anna", "password": PASSWORD}).status_code == 302

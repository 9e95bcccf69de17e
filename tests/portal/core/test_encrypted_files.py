"""Private files lie encrypted, on a disk and in a bucket: not readable without the key, told when changed or cut."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.core import health
from portal.core.files import encrypted, keys
from portal.core.files.encrypted import CHUNK, HEADER_BYTES, MARK, STORED_CHUNK, AsStored
from portal.core.files.exceptions import CannotDecryptFile
from portal.core.files.services import open_file, register_kind, store_file
from portal.core.models import PrivateFile
from portal.receipts.models import Receipt
from portal.receipts.services import ensure_receipt_pdf
from tests.people import Cast
from tests.portal.core.rotating_process import rotate
from tests.portal.receipts.conftest import closed
from tests.portal.receipts.test_print_on_paper import on_paper
from tests.portal.service_requests.test_in_the_cabinet import logged_in, photo, sent
from tests.processes import CONTEXT
from tests.s3_server import files_in, running_s3

__all__ = ["closed", "on_paper"]
pytestmark = pytest.mark.django_db
LARGE = 50 * 1024 * 1024
OLD, NEW = "an old key of the files of thirty-two characters", "a new key of the files of thirty-two characters"


@pytest.fixture(params=["disk", "bucket"])
def private(request: pytest.FixtureRequest, settings: Any) -> Iterator[Any]:
    """The storage of private files, of either kind."""
    if request.param == "disk":
        yield storages["private"]
        return
    with running_s3() as server, files_in(server, settings):
        yield storages["private"]


def read(stored: PrivateFile) -> bytes:
    with open_file(stored) as file:
        return file.read()


def stored_bytes(storage: Any, name: str) -> bytes:
    with storage.open_stored(name) as file:
        return bytes(file.read())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_is_stored_comes_back_whole_and_from_any_place(size: int) -> None:
    storage: Any = storages["private"]
    content = os.urandom(size)
    name = storage.save("test/a", ContentFile(content))
    assert storage.size(name) == size
    with storage.open(name) as file:
        assert file.size == size
        assert file.read() == content
        for place in (0, 1, CHUNK - 3, CHUNK, size - 1):
            if 0 <= place < size:
                file.seek(place)
                assert file.read(7) == content[place : place + 7]
    reopened = file.open()
    assert reopened.read() == content
    reopened.close()


def test_a_large_file_goes_to_either_place_and_is_never_plain(private: Any) -> None:
    content = b"\xd0\x90 plain text that nobody may find " * 300_000  # 10 MB: boto sends it in parts
    name = private.save("test/large", ContentFile(content))
    stored = stored_bytes(private, name)
    assert stored.startswith(MARK)
    assert b"plain text" not in stored
    assert len(stored) == HEADER_BYTES + len(content) + -(-len(content) // CHUNK) * encrypted.TAG_BYTES
    with private.open(name) as file:
        assert file.read() == content


def test_nothing_of_a_resident_is_plain_on_the_disk(on_paper: Cast, settings: Any) -> None:
    """An upload and a receipt; the control: plain files do show what is looked for."""
    client = logged_in(on_paper.anna)
    client.get("/personal/requests/new/")
    picture = photo()
    assert client.post("/personal/requests/new/", sent(on_paper, photos=[picture])).status_code == 302
    ensure_receipt_pdf(receipt=Receipt.objects.filter(account=on_paper.anna.account).first())
    files = [path for path in (Path(settings.MEDIA_ROOT) / "private").rglob("*") if path.is_file()]
    assert len(files) == PrivateFile.objects.count() == 2
    for path in files:
        content = path.read_bytes()
        assert content.startswith(MARK)
        assert not any(word in content for word in (b"%PDF", b"JFIF", b"\xff\xd8\xff", b"endobj"))
    plain = b"".join(read(stored) for stored in PrivateFile.objects.all())
    assert b"%PDF" in plain
    assert b"JFIF" in plain


@pytest.mark.parametrize(
    "harm",
    [
        lambda stored: stored[:-1],
        lambda stored: stored[: HEADER_BYTES + STORED_CHUNK],
        lambda stored: stored[:HEADER_BYTES],
        lambda stored: stored[:40],
        lambda stored: stored[:-20] + bytes([stored[-20] ^ 1]) + stored[-19:],
        lambda stored: stored[: HEADER_BYTES - 1] + bytes([stored[HEADER_BYTES - 1] ^ 1]) + stored[HEADER_BYTES:],
        lambda stored: (
            stored[:HEADER_BYTES] + stored[HEADER_BYTES + STORED_CHUNK :] + stored[HEADER_BYTES:][:STORED_CHUNK]
        ),
    ],
    ids=["cut", "last chunk cut", "header alone", "half a header", "a bit", "a bit of the salt", "chunks swapped"],
)
def test_a_file_that_was_changed_is_told_and_never_read_wrong(harm: Any) -> None:
    storage: Any = storages["private"]
    name = storage.save("test/a", ContentFile(os.urandom(2 * CHUNK)))
    storage.replace(name, AsStored(io.BytesIO(harm(stored_bytes(storage, name)))))
    with pytest.raises(CannotDecryptFile, match=r"changed|cut"), storage.open(name) as file:
        file.read()


def test_a_lost_key_is_told_to_a_resident_and_named_to_staff(client: Client, settings: Any) -> None:
    register_kind("test", lambda user, stored: True)
    settings.FILE_ENCRYPTION_KEYS = [OLD]
    assert health.report().check(keys.PART).is_ok
    stored = store_file(kind="test", owner="x", name="a.jpg", content=b"x", content_type="image/jpeg")
    settings.FILE_ENCRYPTION_KEYS = [NEW]
    answer = client.get(f"/files/{stored.pk}/")
    assert answer.status_code == 503
    assert "Файлы пока недоступны" in answer.content.decode()
    check = health.report().check(keys.PART)
    assert check.status == "degraded"
    assert f"needs the key {encrypted.key_id(OLD)}" in check.detail
    settings.FILE_ENCRYPTION_KEYS = [NEW, OLD]
    answer = client.get(f"/files/{stored.pk}/")
    assert b"".join(answer.streaming_content) == b"x"  # type: ignore[attr-defined]
    answer.close()
    assert health.report().check(keys.PART).is_ok


def test_a_rotation_goes_over_every_file_also_over_plain_ones(
    private: Any, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FILE_ENCRYPTION_KEYS = [OLD]
    old = private.save("test/old", ContentFile(b"old" * CHUNK))
    plain = "test/plain"
    private.replace(plain, AsStored(io.BytesIO(b"stored before encryption"), plain))
    with private.open(plain) as file:
        assert file.read() == b"stored before encryption"
    settings.FILE_ENCRYPTION_KEYS = [NEW, OLD]
    new = private.save("test/new", ContentFile(b"new"))
    call_command("rotate_file_keys")
    assert capsys.readouterr().out == "2 files encrypted, 1 were already\n"
    settings.FILE_ENCRYPTION_KEYS = [NEW]
    for name, content in ((old, b"old" * CHUNK), (plain, b"stored before encryption"), (new, b"new")):
        assert stored_bytes(private, name).startswith(MARK)
        with private.open(name) as file:
            assert file.read() == content
    assert sorted(private.names_before(timezone.now())) == sorted([old, plain, new]), "nothing else is left"


def test_a_rotation_names_what_it_cannot_open_and_leaves_it(settings: Any) -> None:
    storage: Any = storages["private"]
    settings.FILE_ENCRYPTION_KEYS = [OLD]
    name = storage.save("test/a", ContentFile(b"x"))
    before = stored_bytes(storage, name)
    settings.FILE_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match=r"1 files cannot be opened: put their key at the end of .* test/a"):
        call_command("rotate_file_keys")
    assert stored_bytes(storage, name) == before


def test_without_the_encryption_the_same_bytes_lie_plain(tmp_path: Path) -> None:
    """The control of the searches above."""
    FileSystemStorage(tmp_path).save("a", ContentFile(b"plain text"))
    assert (tmp_path / "a").read_bytes() == b"plain text"


def test_size_and_key_of_a_file_in_a_bucket_ask_for_its_start_alone(settings: Any) -> None:
    with running_s3() as server, files_in(server, settings):
        storage: Any = storages["private"]
        name = storage.save("test/large", ContentFile(os.urandom(3 * CHUNK + 5)))
        storage.save("test/empty", AsStored(io.BytesIO(b""), "empty"))
        asked: list[Any] = []
        events = storage.connection.meta.client.meta.events
        events.register("before-send.s3.GetObject", lambda request, **_sent: asked.append(request.headers.get("Range")))
        assert storage.size(name) == 3 * CHUNK + 5
        assert storage.stored_key(name) == encrypted.current_key_id()
        assert [bytes(text) for text in asked] == [f"bytes=0-{HEADER_BYTES - 1}".encode()] * 2
        assert (storage.size("test/empty"), storage.stored_key("test/empty")) == (0, "")
        for ask in (storage.size, storage.stored_key):
            with pytest.raises(FileNotFoundError):
                ask("test/none")


def test_a_large_file_in_a_bucket_gets_its_new_key_in_pieces(settings: Any) -> None:
    """Fifty megabytes, in a process of its own: the server of this one holds the object in its memory."""
    with running_s3() as server, files_in(server, settings):
        answers = CONTEXT.Queue()
        process = CONTEXT.Process(target=rotate, args=(server.environment, OLD, NEW, LARGE, answers))
        process.start()
        encrypted_files, megabytes = answers.get(timeout=120)
        process.join()
        settings.FILE_ENCRYPTION_KEYS = [NEW]
        storage: Any = storages["private"]
        assert encrypted_files == 1
        assert storage.stored_key("test/large") == encrypted.key_id(NEW)
        assert storage.size("test/large") == LARGE
    assert megabytes < 40

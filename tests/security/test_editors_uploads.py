"""FAULTS 9 and 11 at the editors' door: hostile files are refused before they are decoded, a full disk leaves nothing.

Each guard has its control: switched off, the fault shows.
"""

import errno
import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import Client
from PIL import Image as Drawing
from wagtail.documents.models import Document
from wagtail.images.models import Image

from portal.core.files.storage import WholeFileStorage
from portal.core.rate_limits.models import RateLimits
from tests.cms_pages.editing import staff

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
PDF_WITH_PROGRAM = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.fixture
def editor() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff("editor"))
    return client


def _jpeg() -> bytes:
    out = io.BytesIO()
    Drawing.new("RGB", (400, 300), "navy").save(out, "JPEG")
    return out.getvalue()


def _huge_png(side: int = 40_000) -> bytes:
    """A picture of 1.6 thousand million pixels that says so in 100 bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 99))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def _picture(editor: Client, name: str, content: bytes) -> Any:
    return editor.post("/admin/images/add/", {"title": "Фото", "file": SimpleUploadedFile(name, content)})


def _document(editor: Client, name: str, content: bytes) -> Any:
    return editor.post("/admin/documents/add/", {"title": "Файл", "file": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.svg", SVG), ("a.jpg", SVG), ("a.jpg", b"<html><script>alert(1)</script></html>"), ("a.png", _huge_png())],
    ids=["svg", "svg named jpg", "html named jpg", "pixel bomb"],
)
def test_a_hostile_picture_is_refused(editor: Client, name: str, content: bytes) -> None:
    assert _picture(editor, name, content).status_code == 200
    assert not Image.objects.exists()


def test_without_the_list_of_formats_the_drawing_with_a_program_would_be_kept(editor: Client, settings: Any) -> None:
    settings.WAGTAILIMAGES_EXTENSIONS = ["svg", "jpg"]
    settings.WAGTAILIMAGES_IMAGE_FORM_BASE = "wagtail.images.forms.BaseImageForm"
    _picture(editor, "a.svg", SVG)
    assert Image.objects.count() == 1


@pytest.mark.parametrize("name", ["../../x.jpg", "a\u202egpj.exe.jpg", "..\\..\\x.jpg"])
def test_a_name_never_leads_out_of_the_media_folder(editor: Client, settings: Any, name: str) -> None:
    _picture(editor, name, _jpeg())
    stored = Path(Image.objects.get().file.path).resolve()
    assert stored.is_relative_to(Path(settings.MEDIA_ROOT).resolve())
    assert stored.name.isascii()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF_WITH_PROGRAM),
        ("a.pdf", b"<html><script>alert(1)</script></html>"),
        ("a.html", b"<script>"),
        ("a.pdf", _jpeg()),
    ],
    ids=["pdf with a program", "html named pdf", "html", "picture named pdf"],
)
def test_a_hostile_document_is_refused_in_words(editor: Client, name: str, content: bytes) -> None:
    html = _document(editor, name, content).content.decode()
    assert "error" in html
    assert not Document.objects.exists()


def test_without_the_look_into_it_a_pdf_with_a_program_would_be_kept(editor: Client, settings: Any) -> None:
    settings.WAGTAILDOCS_DOCUMENT_FORM_BASE = "wagtail.documents.forms.BaseDocumentForm"
    _document(editor, "a.pdf", PDF_WITH_PROGRAM)
    assert Document.objects.count() == 1


def test_what_is_kept_is_served_as_a_file_to_take_away(editor: Client, client: Client) -> None:
    _document(editor, "a.txt", b"words")
    answer = client.get(Document.objects.get().url)
    answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_editor_stops_at_the_limit_of_files_and_their_colleague_goes_on(editor: Client) -> None:
    RateLimits.load()
    RateLimits.objects.update(editor_upload_login_hour=2)
    for number in range(3):
        answer = _picture(editor, f"{number}.jpg", _jpeg())
    assert "2 файла" in answer.content.decode()
    assert Image.objects.count() == 2
    colleague = Client()
    colleague.force_login(staff("editor", "second"))
    _picture(colleague, "3.jpg", _jpeg())
    assert Image.objects.count() == 3


def test_megabytes_are_limited_too(editor: Client) -> None:
    RateLimits.load()
    RateLimits.objects.update(editor_upload_size_login_hour=1)
    _document(editor, "a.txt", "вода ".encode() * 150_000)
    assert not Document.objects.exists()
    _document(editor, "b.txt", b"water")
    assert Document.objects.count() == 1


class FullAfterHalf(ContentFile):
    """A file whose second half finds the disk full."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="space"):
        WholeFileStorage(tmp_path).save("a.bin", FullAfterHalf(b"whole", name="a.bin"))
    assert _left(tmp_path) == []
    with pytest.raises(OSError, match="space"):
        FileSystemStorage(tmp_path).save("a.bin", FullAfterHalf(b"whole", name="a.bin"))
    assert len(_left(tmp_path)) == 1, "the control: Django's own leaves the half"


def test_a_full_disk_is_said_on_screen_and_no_row_is_kept(
    editor: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InMemoryUploadedFile, "chunks", FullAfterHalf.chunks)
    answer = _document(editor, "a.txt", b"words")
    monkeypatch.undo()
    assert answer.status_code == 507
    assert "кончилось место" in answer.content.decode()
    assert not Document.objects.exists()
    assert _left(Path(settings.MEDIA_ROOT)) == []

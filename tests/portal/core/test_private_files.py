"""Uploads are refused before they harm; what is stored goes only to whom its app lets see it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from PIL import Image

from portal.accounts.models import User
from portal.core.files import services
from portal.core.files.checking import check_upload, safe_name
from portal.core.files.downloads import as_download
from portal.core.files.exceptions import FileRefused, UnknownFileKind
from portal.core.middleware import ContentSecurityPolicyMiddleware
from portal.core.models import PrivateFile
from tests.people import PASSWORD, Cast


@pytest.fixture
def kind() -> Iterator[str]:
    """A kind whose files are seen by the login that the owner names."""
    services.register_kind("test", lambda user, stored: stored.owner == f"user:{user.pk}")
    yield "test"
    services._checks.pop("test")


def jpeg(size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "JPEG", **options)
    return out.getvalue()


def refused(content: bytes, name: str = "x.jpg") -> str:
    with pytest.raises(FileRefused) as reason:
        check_upload(io.BytesIO(content), name)
    return reason.value.code


def test_a_picture_is_encoded_anew_without_what_was_hidden_behind_it() -> None:
    both = jpeg() + b"<script>alert(1)</script>"
    checked = check_upload(io.BytesIO(both), "photo.html")
    assert checked.content_type == "image/jpeg"
    assert checked.name == "photo.jpg"
    assert b"script" not in checked.content


def test_where_a_photo_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "55.8123, 37.3456"
    assert b"37.3456" in jpeg(exif=exif)
    assert b"37.3456" not in check_upload(io.BytesIO(jpeg(exif=exif)), "a.jpg").content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "type"),
        (b"<html><script>alert(1)</script></html>", "type"),
        (b"\xff\xd8\xff not a picture", "broken"),
        (b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "active_content"),
        (b"%PDF-1.4 nothing", "broken"),
        (b"x" * (15 * 1024 * 1024 + 1), "too_big"),
    ],
)
def test_what_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_zip_bomb_and_a_pixel_bomb_are_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", b"\0" * 5_000_000)
    assert refused(archive.getvalue()) == "type"
    header = bytearray(jpeg())
    at = header.find(b"\xff\xc0")
    header[at + 5 : at + 9] = b"\xff\xdc\xff\xdc"
    assert refused(bytes(header)) in {"too_many_pixels", "broken"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.py", "x.jpg"),
        ("C:\\тайна\\фото.PNG", "фото.jpg"),
        ("a\x00b\u202egpj.exe", "abgpj.jpg"),
        ("...", "file.jpg"),
    ],
)
def test_names_are_never_trusted(given: str, kept: str) -> None:
    assert safe_name(given, ".jpg") == kept


@pytest.mark.django_db
class TestGivingOut:
    def stored(self, kind: str, owner: User) -> PrivateFile:
        return services.store_file(
            kind=kind, owner=f"user:{owner.pk}", name="акт.jpg", content=jpeg(), content_type="image/jpeg"
        )

    def test_the_owner_gets_it_as_an_attachment_that_nobody_sniffs(self, cast: Cast, kind: str, client: Client) -> None:
        stored = self.stored(kind, cast.anna.user)
        client.login(username="anna", password=PASSWORD)
        response = client.get(f"/files/{stored.pk}/")
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert b"".join(response.streaming_content) == jpeg()

    def test_nobody_and_the_stranger_get_404(self, cast: Cast, kind: str, client: Client) -> None:
        stored = self.stored(kind, cast.anna.user)
        assert client.get(f"/files/{stored.pk}/").status_code == 404
        client.login(username="stranger", password=PASSWORD)
        assert client.get(f"/files/{stored.pk}/").status_code == 404

    def test_a_file_is_not_reachable_by_a_media_address(self, cast: Cast, kind: str, client: Client) -> None:
        stored = self.stored(kind, cast.anna.user)
        assert client.get(f"/media/private/{stored.file.name}", follow=True).status_code == 404

    def test_a_storage_that_takes_nothing_leaves_neither_row_nor_file(
        self, cast: Cast, kind: str, settings: object
    ) -> None:
        place = Path(settings.MEDIA_ROOT)  # type: ignore[attr-defined]
        place.mkdir(parents=True)
        (place / "private").write_text("a file where the folder should be")
        with pytest.raises(FileRefused, match="storage_unavailable"):
            self.stored(kind, cast.anna.user)
        assert PrivateFile.objects.count() == 0

    def test_a_row_that_fails_leaves_no_file(self, cast: Cast, kind: str, settings: object) -> None:
        with pytest.raises(Exception, match=r"size|CHECK|constraint"):
            services.store_file(kind=kind, owner="user:1", name="x", content=b"", content_type="image/jpeg")
        left = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]  # type: ignore[attr-defined]
        assert left == []

    def test_a_kind_that_no_app_answers_for_is_not_stored(self) -> None:
        with pytest.raises(UnknownFileKind):
            services.store_file(kind="nobody", owner="x", name="x", content=b"x", content_type="image/jpeg")


@pytest.mark.parametrize(
    ("disposition", "policy"),
    [
        ('attachment; filename="receipt.pdf"', "default-src 'none'; sandbox"),
        ("attachment", "default-src 'none'; sandbox"),
        ('inline; filename="receipt.pdf"', "object-src 'none'"),
        ("", "object-src 'none'"),
    ],
)
@pytest.mark.parametrize("path", ["/personal/receipts/", "/admin/ledger/"])
def test_whatever_is_taken_away_as_a_file_runs_nothing(disposition: str, policy: str, path: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", headers={"Content-Disposition": disposition} if disposition else {})

    response = ContentSecurityPolicyMiddleware(view)(RequestFactory().get(path))
    assert policy in response.headers["Content-Security-Policy"]


def test_a_name_in_russian_is_spelled_by_the_rules() -> None:
    response = as_download(HttpResponse("x"), 'акт "№ 5".jpg')
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%D0%B0%D0%BA%D1%82%20%22%E2%84%96%205%22.jpg"
    )

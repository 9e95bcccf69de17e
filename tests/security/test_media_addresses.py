"""Only copies of pictures have an address: by no spelling does nginx or the portal serve anything else of media.

The control is a public picture, which both serve.
"""

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Drawing
from wagtail.documents.models import Document
from wagtail.images.models import Image, Rendition
from wagtail.models import Collection, CollectionViewRestriction

from portal.core.files.services import register_kind, store_file
from portal.core.files.storage import is_public
from tests.security.web_server import WebServer, web_server

pytestmark = pytest.mark.django_db
FOLDERS = ("private", "documents", "original_images", "wagtail_uploads")
SPELLINGS = (
    "/media/{}/a.jpg",
    "/media//{}/a.jpg",
    "//media/{}/a.jpg",
    "/media/./{}/a.jpg",
    "/media/images/../{}/a.jpg",
    "/media/images/..%2f{}/a.jpg",
    "/media/images/%2e%2e/{}/a.jpg",
    "/media/images/..//{}/a.jpg",
    "/media/images/..\\{}\\a.jpg",
    "/media/images/..%5c{}%5ca.jpg",
    "/media/images/..;/{}/a.jpg",
    "/media/images../{}/a.jpg",
    "/media/images%2f..%2f{}%2fa.jpg",
    "/media/%2e/{}/a.jpg",
    "/media%2f{}%2fa.jpg",
    "/media/{}/a.jpg%00",
    "/media/{}%00/a.jpg",
    "/media/{}/a.jpg.",
    "/media/{}./a.jpg",
    "/media/{}/a.jpg/",
    "/media/avatar_images/../{}/a.jpg",
    "/x/../media/{}/a.jpg",
)


def spelled() -> Iterator[str]:
    for folder in FOLDERS:
        for spelling in SPELLINGS:
            yield spelling.format(folder)
            yield spelling.format("".join(f"%{ord(letter):02x}" for letter in folder))
            yield spelling.format(folder.upper())


def _jpeg() -> bytes:
    out = io.BytesIO()
    Drawing.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def media(settings: Any) -> Iterator[Path]:
    """A media folder that everybody may enter, with a file in each of its folders."""
    outer = Path(tempfile.mkdtemp())
    outer.chmod(0o755)
    settings.MEDIA_ROOT = outer / "media"
    settings.SERVE_MEDIA = True
    for folder in ("images", "avatar_images", *FOLDERS):
        default_storage.save(f"{folder}/a.jpg", ContentFile(_jpeg()))
    yield outer / "media"
    shutil.rmtree(outer)


@pytest.fixture
def nginx(media: Path) -> Iterator[WebServer]:
    with web_server(media) as server:
        yield server


def test_nginx_serves_public_pictures_and_nothing_else(nginx: WebServer) -> None:
    for folder in ("images", "avatar_images"):
        status, headers = nginx.get(f"/media/{folder}/a.jpg")
        assert status == 200
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
    answers = {address: nginx.get(address)[0] for address in spelled()}
    # 418 is what the portal would be asked; the next test asks it.
    assert {address: status for address, status in answers.items() if status not in {400, 404, 418}} == {}


def test_without_our_rule_nginx_may_still_not_read_them(media: Path, nginx: WebServer) -> None:
    """The modes hold by themselves: what is not public, the server's own user cannot read."""
    if os.geteuid() != 0:
        pytest.skip("the server runs as the same user")
    (media / "images" / "link").symlink_to(media)
    assert nginx.get("/media/images/link/images/a.jpg")[0] == 200
    for folder in FOLDERS:
        assert nginx.get(f"/media/images/link/{folder}/a.jpg")[0] == 403


def test_the_portal_serves_public_pictures_and_nothing_else(media: Path, client: Client) -> None:
    answer = client.get("/media/images/a.jpg")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == _jpeg()
    client = Client(raise_request_exception=False)
    answers = {address: client.get(address, follow=True).status_code for address in spelled()}
    assert {address: status for address, status in answers.items() if status not in {400, 404}} == {}


def test_where_a_web_server_serves_pictures_the_portal_does_not(media: Path, client: Client, settings: Any) -> None:
    settings.SERVE_MEDIA = False
    assert client.get("/media/images/a.jpg").status_code == 404


@pytest.mark.parametrize(
    "name", ["images", "images/", "images/../documents/a", "images//a", "images/./a", "images/a\0"]
)
def test_only_a_plain_path_is_public(name: str) -> None:
    assert not is_public(name)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_modes_do_not_depend_on_the_process(settings: Any, tmp_path: Path, umask: int) -> None:
    settings.MEDIA_ROOT = root = tmp_path / "media"
    register_kind("test", lambda user, stored: False)
    before = os.umask(umask)
    try:
        store_file(kind="test", owner="x", name="a.jpg", content=b"x", content_type="image/jpeg")
        Image.objects.create(title="x", file=SimpleUploadedFile("a.jpg", _jpeg())).file.close()
        default_storage.save("images/a.width-20.jpg", ContentFile(_jpeg()))
        Document.objects.create(title="x", file=SimpleUploadedFile("a.txt", b"x")).file.close()
    finally:
        os.umask(before)
    modes = {
        str(path.relative_to(root)).split("/")[0] + ("/" if path.is_dir() else ""): stat.S_IMODE(path.stat().st_mode)
        for path in root.rglob("*")
    }
    assert stat.S_IMODE(root.stat().st_mode) == 0o755
    assert modes == {
        "images/": 0o755,
        "images": 0o644,
        "original_images/": 0o700,
        "original_images": 0o600,
        "documents/": 0o700,
        "documents": 0o600,
        "private/": 0o700,
        "private": 0o600,
    }


class TestDocuments:
    def document(self, *, closed: bool) -> Document:
        document = Document.objects.create(title="Акт", file=ContentFile(b"words", name="Акт о вводе.txt"))
        if closed:
            CollectionViewRestriction.objects.create(
                collection=Collection.get_first_root_node(), restriction_type=CollectionViewRestriction.LOGIN
            )
        return document

    def test_a_document_is_a_download_that_runs_nothing(self, client: Client) -> None:
        document = self.document(closed=False)
        answer = client.get(document.url)
        assert b"".join(answer.streaming_content) == b"words"
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_a_document_of_a_closed_collection_takes_a_login_however_its_address_is_spelled(
        self, client: Client
    ) -> None:
        document = self.document(closed=True)
        quiet = Client(raise_request_exception=False)
        for address in (
            document.url,
            document.url.replace("/documents-files/", "/documents-files//"),
            document.url.replace("/documents-files/", "/documents-files/./"),
            document.url.replace("/documents-files/", "/Documents-Files/"),
            document.url + ".",
            document.url + "%00",
            document.url + "/",
            f"/media/{document.file.name}",
        ):
            answer = quiet.get(address)
            assert answer.status_code in {302, 400, 404}, address
            assert answer.status_code != 302 or "/accounts/login/" in answer["Location"]


def test_the_content_api_names_the_copy_of_a_picture(client: Client) -> None:
    image = Image.objects.create(title="x", file=SimpleUploadedFile("a.jpg", _jpeg()))
    image.file.close()
    Rendition.objects.create(image=image, filter_spec="max-1600x1600", file="images/a.jpg", width=40, height=30)
    assert "/images/a.jpg" in client.get(f"/api/content/v2/images/{image.pk}/").json()["meta"]["download_url"]
    assert "original_images" not in client.get("/api/content/v2/images/?fields=*").content.decode()

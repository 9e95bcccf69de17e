"""V14: what a camera writes beside a picture is not stored, by whatever form the picture came."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Drawing
from PIL import ImageCms, PngImagePlugin
from wagtail.admin.views.account import AvatarSettingsPanel
from wagtail.images.models import Image
from wagtail.models import UploadedFile
from wagtail.users.models import UserProfile

from portal.accounts.models import User
from portal.core.files.checking import check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.files.picture_metadata import without_metadata
from tests.cms_pages.editing import staff

SECRET = b"SECRET-PLACE"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TURNED = 6


def _exif() -> Drawing.Exif:
    exif = Drawing.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = TURNED
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 44.0, 1.0)})
    return exif


def _picture(kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Drawing.new("RGB", (60, 40), "navy").save(out, kind, **options)
    return out.getvalue()


def _png() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return _picture("PNG", pnginfo=text, exif=_exif(), icc_profile=PROFILE)


def _jpeg() -> bytes:
    iptc = b"\xff\xed" + (2 + len(SECRET) + 14).to_bytes(2, "big") + b"Photoshop 3.0\0" + SECRET
    made = _picture("JPEG", exif=_exif(), comment=SECRET, xmp=SECRET, icc_profile=PROFILE)
    return made[:2] + iptc + made[2:] + SECRET


def _frames(kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    frames = [Drawing.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], **options)
    return out.getvalue()


PICTURES: dict[str, Callable[[], bytes]] = {
    "a.jpg": _jpeg,
    "a.png": _png,
    "a.webp": lambda: _picture("WEBP", exif=_exif(), xmp=SECRET, icc_profile=PROFILE),
    "a.gif": lambda: _picture("GIF", comment=SECRET),
    "b.gif": lambda: _frames("GIF", comment=SECRET),
    "b.webp": lambda: _frames("WEBP", xmp=SECRET),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_keeps_its_format_its_frames_and_its_colours_and_nothing_else(name: str) -> None:
    content = PICTURES[name]()
    assert SECRET in content, "the control"
    clean = without_metadata(content)
    assert SECRET not in clean
    with Drawing.open(io.BytesIO(content)) as before, Drawing.open(io.BytesIO(clean)) as after:
        assert after.format == before.format
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)
        assert not after.getexif()
        if "icc_profile" in before.info:
            assert after.info["icc_profile"] == PROFILE
            assert after.size == (40, 60), "the turn that the camera only noted is made"


def test_a_phones_picture_of_several_keeps_the_first() -> None:
    clean = without_metadata(_frames("MPO"))
    with Drawing.open(io.BytesIO(clean)) as after:
        assert (after.format, getattr(after, "n_frames", 1)) == ("JPEG", 1)


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"GIF89a", _picture("JPEG")[:200], _picture("BMP")])
def test_what_is_no_such_picture_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="broken"):
        without_metadata(content)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_a_residents_picture_keeps_nothing_either(name: str) -> None:
    assert SECRET not in check_upload(io.BytesIO(PICTURES[name]()), name).content


@pytest.mark.django_db
class TestAtTheForms:
    @pytest.fixture
    def editor(self) -> Client:
        client = Client()
        client.force_login(staff("editor"))
        return client

    def stored(self, settings: Any) -> bytes:
        files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
        assert files
        return b"".join(path.read_bytes() for path in files)

    @pytest.mark.parametrize("name", PICTURES)
    @pytest.mark.parametrize("limit", [0, 2_500_000], ids=["by a file", "in memory"])
    def test_adding_a_picture(self, editor: Client, settings: Any, name: str, limit: int) -> None:
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = limit
        editor.post("/admin/images/add/", {"title": "Фото", "file": SimpleUploadedFile(name, PICTURES[name]())})
        image = Image.objects.get()
        assert SECRET not in self.stored(settings)
        assert image.file_size == Path(image.file.path).stat().st_size
        assert (image.width, image.height) == ((40, 60) if name in {"a.jpg", "a.png", "a.webp"} else (60, 40))

    def test_replacing_one(self, editor: Client, settings: Any) -> None:
        editor.post("/admin/images/add/", {"title": "Фото", "file": SimpleUploadedFile("c.png", _picture("PNG"))})
        image = Image.objects.get()
        editor.post(f"/admin/images/{image.pk}/", {"title": "Фото", "file": SimpleUploadedFile("a.jpg", _jpeg())})
        image.refresh_from_db()
        assert image.filename.endswith(".jpg")
        assert SECRET not in self.stored(settings)

    @pytest.mark.parametrize("title", ["Фото", ""], ids=["right", "its title is missing"])
    def test_adding_several(self, editor: Client, settings: Any, title: str) -> None:
        data = {"title": title, "files[]": SimpleUploadedFile("a.jpg", _jpeg())}
        editor.post("/admin/images/multiple/add/", data, headers={"X-Requested-With": "XMLHttpRequest"})
        assert Image.objects.count() + UploadedFile.objects.count() == 1
        assert SECRET not in self.stored(settings)

    def test_an_employees_own_picture(self, editor: Client, settings: Any) -> None:
        profile = UserProfile.get_for_user(User.objects.get(username="editor"))
        upload = SimpleUploadedFile("a.jpg", _jpeg(), "image/jpeg")
        form = AvatarSettingsPanel.form_class({}, {"avatar": upload}, instance=profile)
        assert form.is_valid()
        form.save()
        assert profile.avatar.name.startswith("avatar_images/")
        assert SECRET not in self.stored(settings)

"""Pictures are refused by their header, decoded one at a time, and stored small, without place or profile."""

import io
import struct
import subprocess
import sys
import threading
import zlib

import pytest
from django.conf import settings
from PIL import Image, ImageFile

from portal.core.files import pictures
from portal.core.files.exceptions import FileRefused
from portal.core.files.pictures import stored_jpeg


def encoded(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **how: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **how)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG whose header alone claims a size; what follows is never reached."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + b"\0" * 40


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(encoded("JPEG"))
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_canvas(width: int, height: int) -> bytes:
    data = bytearray(encoded("WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"))
    assert data[12:16] == b"VP8X"
    data[24:27], data[27:30] = (width - 1).to_bytes(3, "little"), (height - 1).to_bytes(3, "little")
    return bytes(data)


def webp_lossless(width: int, height: int) -> bytes:
    data = bytearray(encoded("WEBP", lossless=True))
    assert data[12:16] == b"VP8L"
    bits = int.from_bytes(data[21:25], "little")
    data[21:25] = ((bits & ~0xFFFFFFF) | (width - 1) | (height - 1) << 14).to_bytes(4, "little")
    return bytes(data)


HUGE = {
    "png, 49 MP": png_header(7000, 7000),
    "png, 2^62": png_header(2**31 - 1, 2**31 - 1),
    "jpeg, 56 MP": jpeg_of(7500, 7500),
    "jpeg, 4 GP": jpeg_of(65500, 65500),
    "webp canvas": webp_canvas(16000, 16000),
    "webp lossless": webp_lossless(16000, 16000),
}


@pytest.mark.parametrize("data", HUGE.values(), ids=HUGE)
def test_a_huge_picture_is_refused_before_decoding(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "thumbnail", None)
    with pytest.raises(FileRefused) as refusal:
        stored_jpeg(data)
    assert refusal.value.code == "too_many_pixels"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_every_kind_of_png_becomes_a_small_jpeg(mode: str) -> None:
    made = Image.open(io.BytesIO(stored_jpeg(encoded("PNG", (3000, 100), mode))))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (2400, 80))


def test_a_photo_is_turned_and_loses_place_and_profile() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    given = encoded("JPEG", (400, 300), exif=exif, icc_profile=b"profile" * 100)
    stored = stored_jpeg(given)
    made = Image.open(io.BytesIO(stored))
    assert made.size == (300, 400)
    assert not made.getexif()
    assert "icc_profile" not in made.info
    assert b"profile" not in stored


def test_an_animation_is_its_first_frame() -> None:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert Image.open(io.BytesIO(stored_jpeg(out.getvalue()))).size == (40, 30)


def test_a_profile_that_unfolds_to_gigabytes_is_not_unfolded() -> None:
    bomb = zlib.compress(b"\0" * 100_000_000, 9)
    chunk = b"iCCP" + b"x\0\0" + bomb
    png = encoded("PNG")
    at = 33  # after IHDR
    data = png[:at] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[at:]
    try:
        assert len(stored_jpeg(data)) < 100_000
    except FileRefused as refusal:
        assert refusal.code == "broken"  # noqa: PT017


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_cut_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as some packages leave it
    whole = encoded(kind, (400, 300))
    for length in (12, 20, 29, len(whole) // 2):
        with pytest.raises(FileRefused):
            stored_jpeg(whole[:length])


MEMORY = """
import io, resource, sys
from PIL import Image, ImageFile
from django.conf import settings
settings.configure(PICTURE_MAX_PIXELS=20_000_000)
from portal.core.files.pictures import stored_jpeg
from portal.core.files.exceptions import FileRefused
out = io.BytesIO()
Image.new("1", (7000, 7000)).save(out, "PNG")
stored_jpeg(open(sys.argv[1], "rb").read())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(10):
    try:
        stored_jpeg(out.getvalue())
    except FileRefused as refusal:
        assert refusal.code == "too_many_pixels"
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_ten_pictures_of_49_megapixels_take_no_memory(tmp_path: object) -> None:
    small = tmp_path / "small.png"  # type: ignore[operator]
    small.write_bytes(encoded("PNG", (4000, 5000), "1"))
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY, str(small)], capture_output=True, text=True, cwd=settings.ROOT, check=True
    )
    assert int(ran.stdout) < 20, "megabytes beyond what one allowed picture takes"


def test_one_picture_at_a_time_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten threads bring pictures; the decoder is never entered by two. Without the semaphore ten are inside."""
    inside, most, gate = 0, 0, threading.Lock()
    real = pictures._jpeg
    started = threading.Barrier(6)

    def counted(opened: Image.Image) -> bytes:
        nonlocal inside, most
        with gate:
            inside += 1
            most = max(most, inside)
        try:
            return real(opened)
        finally:
            with gate:
                inside -= 1

    monkeypatch.setattr(pictures, "_jpeg", counted)
    data = encoded("PNG", (1500, 1500))

    def bring() -> None:
        started.wait(timeout=30)
        stored_jpeg(data)

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_decoder_that_stays_busy_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0)
    with pictures.one_at_a_time(), pytest.raises(FileRefused) as refusal:
        stored_jpeg(encoded("PNG"))
    assert refusal.value.code == "busy"
    stored_jpeg(encoded("PNG"))

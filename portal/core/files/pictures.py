"""Pictures as they are stored: refused by the size in their header, decoded one at a time, made anew as JPEG.

A PNG of six kilobytes may unfold into 49 megapixels. Nothing is decoded before its header is within the limit, one
picture at a time is decoded in a process, and large JPEGs are decoded at a fraction of their size.
"""

import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from PIL import Image, ImageFile, ImageOps

from portal.core.files.exceptions import FileRefused

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2400
WAIT_SECONDS = 30
# What Pillow raises on a picture, or its camera data, that is cut or forged.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError, struct.error)
_decoder = threading.BoundedSemaphore(1)


def is_picture(data: bytes) -> bool:
    """Whether the first bytes are those of a JPEG, PNG or WebP."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or data[8:12] == b"WEBP"


def is_heic(data: bytes) -> bool:
    """Whether the first bytes are those of a picture of an iPhone (HEIC, HEIF)."""
    return data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


def stored_jpeg(data: bytes) -> bytes:
    """The picture made anew: a JPEG of at most 2400 pixels a side, without place, camera or profile data.

    Of several frames the first counts. Raises FileRefused: too_many_pixels, broken, or busy when other pictures
    have been decoded for half a minute.
    """
    _require_size(_header_size(data))
    with one_at_a_time():
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # another package may have switched it on for the whole process
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                _require_size(opened.size)
                return _jpeg(opened)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise FileRefused("too_many_pixels") from error
        except _BROKEN as error:
            raise FileRefused("broken") from error


def _require_size(size: tuple[int, int] | None) -> None:
    if size is not None and size[0] * size[1] > settings.PICTURE_MAX_PIXELS:
        raise FileRefused("too_many_pixels")


def _header_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or a WebP by its first bytes; None for others (Pillow opens a JPEG without decoding).

    Pillow hands a WebP to its decoder, which reserves the whole canvas, before anybody can ask for its size.
    """
    if data.startswith(b"\x89PNG"):
        return struct.unpack(">II", data[16:24]) if len(data) >= 24 else (0, 0)
    if data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait for the turn to decode a picture in this process. Raises FileRefused("busy") after half a minute."""
    if not _decoder.acquire(timeout=WAIT_SECONDS):
        raise FileRefused("busy")
    try:
        yield
    finally:
        _decoder.release()


def _jpeg(opened: Image.Image) -> bytes:
    orientation = opened.getexif().get(0x0112)
    small = opened
    if opened.mode in {"1", "P", "PA"}:  # reduced well only after they are unfolded
        small = opened.convert("L" if opened.mode == "1" else "RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    if orientation:
        small = _turned(small, orientation)
    out = io.BytesIO()
    small = small.convert("RGB")
    small.info = {}  # Pillow would write a comment of the old file into the new one
    small.save(out, "JPEG", quality=85)
    return out.getvalue()


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    exif = picture.getexif()
    exif[0x0112] = orientation
    return ImageOps.exif_transpose(picture) or picture

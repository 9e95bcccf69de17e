"""Pictures that editors upload: the same picture in the same format, without what the camera wrote beside it."""

import io
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from portal.core.files.exceptions import FileRefused
from portal.core.files.pictures import one_at_a_time

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 90
_COPIED = ("transparency", "background", "duration", "loop", "disposal")
"""What belongs to the drawing of a frame; comments, EXIF, XMP, IPTC and text chunks are not on the list."""


def without_metadata(data: bytes) -> bytes:
    """Encode a picture anew: turned upright, with its colour profile and its frames, and nothing else.

    The caller has limited its size in pixels. Raises FileRefused("broken" or "busy").
    """
    try:
        with one_at_a_time(), Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            return _encoded(opened)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FileRefused("broken") from error


def _encoded(opened: Image.Image) -> bytes:
    """JPEG of several pictures (MPO, as phones make them) keeps its first."""
    kind = "JPEG" if opened.format in {"JPEG", "MPO"} else str(opened.format)
    frames = [_bare(frame) for frame in ImageSequence.Iterator(opened)] if kind != "JPEG" else [_bare(opened)]
    options: dict[str, Any] = {"icc_profile": opened.info.get("icc_profile")}
    if kind in {"JPEG", "WEBP"}:
        options["quality"] = QUALITY
    if len(frames) > 1:
        options |= {
            "save_all": True,
            "append_images": frames[1:],
            "duration": [frame.info.get("duration", 0) for frame in frames],
            "loop": opened.info.get("loop", 0),
        }
    out = io.BytesIO()
    frames[0].save(out, kind, **options)
    return out.getvalue()


def _bare(frame: Image.Image) -> Image.Image:
    """A frame turned upright, with nothing beside its pixels but what drawing it needs."""
    bare = ImageOps.exif_transpose(frame)
    bare.info = {name: frame.info[name] for name in _COPIED if name in frame.info}
    return bare

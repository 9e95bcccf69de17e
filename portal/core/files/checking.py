"""Checks of an upload's content: refused before it is decoded, pictures re-encoded, PDFs walked object by object."""

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.conf import settings

from portal.core.files.exceptions import FileRefused
from portal.core.files.pdf_rules import check_pdf
from portal.core.files.pictures import is_heic, is_picture, stored_jpeg

_UNSAFE = re.compile(r"[^\w\-. ()№]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file as it will be stored."""

    content: bytes
    content_type: str
    name: str


def safe_name(name: str, suffix: str) -> str:
    """A safe file name: no path, no control or direction marks, the suffix of its content."""
    stem = PurePath(_CONTROL.sub("", name).replace("\\", "/")).stem
    stem = _UNSAFE.sub("_", stem).strip(" ._") or "file"
    return stem[:80] + suffix


def _pdf(data: bytes, name: str) -> CheckedFile:
    check_pdf(data)
    return CheckedFile(data, "application/pdf", safe_name(name, ".pdf"))


def check_upload(upload: IO[bytes], name: str, *, pdf: bool = True) -> CheckedFile:
    """Return what may be stored of an upload: a re-encoded JPEG, or a PDF without active content.

    Raises FileRefused with the reason's code. Reads no more than one byte over the limit of size.
    """
    max_bytes = settings.UPLOAD_MAX_MB * 1024 * 1024
    data = upload.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise FileRefused("too_big")
    if not data:
        raise FileRefused("empty")
    if data.startswith(b"%PDF-"):
        if not pdf:
            raise FileRefused("type")
        return _pdf(data, name)
    if is_picture(data):
        return CheckedFile(stored_jpeg(data), "image/jpeg", safe_name(name, ".jpg"))
    raise FileRefused("heic" if is_heic(data) else "type")

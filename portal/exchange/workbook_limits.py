"""What a workbook may unpack to before openpyxl sees it: a bomb is refused while a block of it is in memory."""

import re
import zipfile
from typing import IO

MAX_UNPACKED = 200 * 1024 * 1024
MAX_STRINGS = 64 * 1024 * 1024
"""Unpacked bytes of the shared strings, which are held in memory whole."""
MAX_OTHER = 16 * 1024 * 1024
"""Unpacked bytes of a part that is neither a sheet nor the shared strings: styles, names, themes."""
MAX_ELEMENTS = 300_000
"""Elements of such a part, each an object in memory; Excel itself keeps 65,490 formats at most."""
MAX_ROWS = 1_048_576
"""Rows of a sheet, empty ones too, as in Excel."""
MAX_RUN = 1024 * 1024
"""Bytes between the ends of two tags: a cell holds 32,767 characters."""
BLOCK = 256 * 1024
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_MEDIA = re.compile(r".+\.(?:png|jpe?g|gif|emf|wmf|bin|vml)", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")


class WorkbookTooBig(Exception):
    """The workbook unpacks to more than a table of people is."""


def require_small(file: IO[bytes]) -> None:
    """Raise WorkbookTooBig by the sizes that the archive declares, then by what its parts hold, read in blocks.

    More than the declared size is never unpacked. Raises zipfile.BadZipFile for what is no archive.
    """
    file.seek(0)
    with zipfile.ZipFile(file) as packed:
        items = packed.infolist()
        if sum(item.file_size for item in items) > MAX_UNPACKED:
            raise WorkbookTooBig("unpacked")
        for item in items:
            if item.file_size > _largest(item.filename):
                raise WorkbookTooBig(item.filename)
        for item in items:
            if not _MEDIA.fullmatch(item.filename):
                with packed.open(item) as part:
                    _require_sane(part, item.filename)


def _largest(name: str) -> int:
    if _SHEET.fullmatch(name) or _MEDIA.fullmatch(name):
        return MAX_UNPACKED
    return MAX_STRINGS if name.lower().endswith("sharedstrings.xml") else MAX_OTHER


def _require_sane(part: IO[bytes], name: str) -> None:
    """Raise WorkbookTooBig for more rows or elements than a workbook has, or for a text without an end."""
    is_sheet, is_strings = bool(_SHEET.fullmatch(name)), name.lower().endswith("sharedstrings.xml")
    rows = elements = run = 0
    while block := part.read(BLOCK):
        last = block.rfind(b">")
        run = run + len(block) if last < 0 else len(block) - last - 1
        rows += len(_ROW.findall(block)) if is_sheet else 0
        elements += 0 if is_sheet or is_strings else block.count(b"<")
        if run > MAX_RUN or rows > MAX_ROWS or elements > MAX_ELEMENTS:
            raise WorkbookTooBig(name)

"""Office files are zip archives: what one may hold before anything is unpacked."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.sax.handler import ContentHandler

import defusedxml.sax
from defusedxml import DefusedXmlException

from portal.core.files.exceptions import FileRefused

MAX_ENTRIES = 5000
MAX_UNPACKED = 100 * 1024 * 1024
ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_OUTSIDE = re.compile(r"(?:^|/)\.\.?(?:/|$)|^/|//|[\\:\x00-\x1f]")
_HEAD = 8
_FORBIDDEN_HEADS = (
    b"\xd0\xcf\x11\xe0",  # OLE: embedded objects, ActiveX, VBA, encrypted packages
    b"MZ",
    b"\x7fELF",
    b"%PDF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"#!",
)


class Archive:
    """A zip archive whose entries were counted, named safely and bounded by their declared sizes.

    Raises FileRefused: "wrong_suffix" for no archive, "encrypted", "too_complex" for a bomb, "broken", "active_content"
    for names that lead out. `MAX_UNPACKED` bounds an archive together with those inside of it.
    """

    def __init__(self, data: bytes, *, budget: int = MAX_UNPACKED) -> None:
        if not data.startswith(b"PK\3\4"):
            raise FileRefused("wrong_suffix")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise FileRefused("broken") from error
        self.entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        self.left = budget - sum(entry.file_size for entry in self.entries)
        if len(self._zip.infolist()) > MAX_ENTRIES or self.left < 0:
            raise FileRefused("too_complex")
        names = [entry.filename.casefold() for entry in self.entries]
        if len(set(names)) != len(names) or min((entry.header_offset for entry in self.entries), default=1) != 0:
            raise FileRefused("broken")  # two readers would see two different archives
        for entry in self.entries:
            _check_entry(entry)

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """The content of an entry."""
        try:
            return self._zip.read(entry)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
            raise FileRefused("broken") from error
        except Exception as error:  # zlib.error is no subclass of anything above
            raise FileRefused("broken") from error

    def find(self, name: str) -> bytes | None:
        """The content of the entry of a name, in any case."""
        for entry in self.entries:
            if entry.filename.casefold() == name.casefold():
                return self.read(entry)
        return None

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """Names, in lower case, and contents of all entries; none begins as a program or an OLE file."""
        for entry in self.entries:
            content = self.read(entry)
            if content.startswith(_FORBIDDEN_HEADS):
                raise FileRefused("active_content")
            yield entry.filename.casefold(), content


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & ENCRYPTED:
        raise FileRefused("encrypted")
    if entry.compress_type not in _METHODS:
        raise FileRefused("broken")
    if _OUTSIDE.search(entry.orig_filename):
        raise FileRefused("active_content")


def suffix_of(name: str) -> str:
    """Return what stands behind the last dot of the last part of a path; empty for none."""
    return name.rpartition("/")[2].rpartition(".")[2] if "." in name.rpartition("/")[2] else ""


def read_xml(content: bytes, rules: ContentHandler) -> None:
    """Hand the elements of an XML part to rules, without document types, entities or anything from outside."""
    try:
        defusedxml.sax.parseString(content, rules, forbid_dtd=True)
    except FileRefused:
        raise
    except (DefusedXmlException, Exception) as error:  # SAXParseException, unknown encodings, bad bytes
        raise FileRefused("broken") from error

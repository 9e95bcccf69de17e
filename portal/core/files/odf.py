"""ODT and ODS: text, tables, pictures, charts and links; no macros, OLE objects, DDE or parts that lie elsewhere."""

import re
from typing import Any
from xml.sax.handler import ContentHandler

from portal.core.files.archives import Archive, read_xml, suffix_of
from portal.core.files.exceptions import FileRefused
from portal.core.files.links import is_safe_link
from portal.core.files.ooxml import check_formula

MIMETYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
XML_SUFFIXES = frozenset({"xml", "rdf"})
OTHER_SUFFIXES = frozenset(
    {"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "svg", "svm", "wmf", "emf", "webp", "ttf", "otf", "woff"}
)
WITHOUT_SUFFIX = re.compile(r"mimetype\Z|layout-cache\Z|objectreplacements/")
EMPTY_LIBRARIES = frozenset({"script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"})
PROGRAMS = re.compile(r"(?:basic|dialogs|scripts)/")
FORBIDDEN_ELEMENTS = frozenset(
    {"script", "event-listener", "object-ole", "plugin", "applet", "floating-frame", "dde-source", "dde-link"}
    | {"dde-connection-decl", "database-source-sql", "database-source-table", "database-source-query"}
)
_FORMULAS = frozenset({"formula", "condition", "expression"})
_OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]+:|/|\\|\.\.)", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]+:|/|\\)", re.IGNORECASE)


def check_odf(data: bytes, suffix: str) -> None:
    """Raise FileRefused unless the file is an ODT or an ODS, as its suffix says, and holds nothing active."""
    archive = Archive(data)
    mimetype = archive.find("mimetype")
    if mimetype is None or mimetype.strip() != MIMETYPES[suffix]:
        raise FileRefused("wrong_suffix")
    for name, content in archive.parts():
        part_suffix = suffix_of(name)
        if PROGRAMS.match(name) and name.rpartition("/")[2] not in EMPTY_LIBRARIES:
            raise FileRefused("active_content")
        if part_suffix in XML_SUFFIXES:
            read_xml(content, _OdfRules())
        elif part_suffix not in OTHER_SUFFIXES and not WITHOUT_SUFFIX.match(name):
            raise FileRefused("active_content")


class _OdfRules(ContentHandler):
    """Rules on the elements of a part. Prefixes are the writer's choice, so only local names are looked at."""

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's own name
        local = name.rpartition(":")[2].casefold()
        if local == "encryption-data":
            raise FileRefused("encrypted")
        if local in FORBIDDEN_ELEMENTS:
            raise FileRefused("active_content")
        for key, value in attrs.items():
            attribute = key.rpartition(":")[2].casefold()
            if attribute == "href" and not _is_safe_reference(local, value):
                raise FileRefused("active_content")
            if attribute in _FORMULAS:
                check_formula(value)


def _is_safe_reference(element: str, address: str) -> bool:
    """Whether an element may have this href: links by the rules of links; a template (only named, never loaded) by any
    relative path; all others by a path inside the file.
    """
    if element == "a":
        return is_safe_link(address)
    return not (_ABSOLUTE if element == "template" else _OUTSIDE).match(address)

"""PDFs written byte by byte, so that each spelling of a program is exactly what a test says."""

import io
import zlib
from collections.abc import Mapping

from portal.core.files.checking import check_upload
from portal.core.files.exceptions import FileRefused

PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]%s>>"
PROGRAM = b"<</S/JavaScript/JS(app.alert(1))>>"
Objects = Mapping[int, bytes]


def document(catalog: bytes = b"", *, page: bytes = b"", more: Objects | None = None) -> dict[int, bytes]:
    """The objects of a document of one page: entries of its catalog and of its page, and further objects."""
    return {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog, 2: PAGES, 3: PAGE % page, **(more or {})}


def plain(objects: Objects, *, header: bytes = b"%PDF-1.7\n", trailer: bytes = b"") -> bytes:
    """A file with a cross-reference table."""
    return _with_table(header, objects, trailer=trailer)


def _with_table(before: bytes, objects: Objects, *, trailer: bytes) -> bytes:
    made, offsets = bytearray(before), {}
    for number, body in objects.items():
        offsets[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n"
    made += b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in offsets.items())
    made += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, trailer, start)
    return bytes(made)


def updated(before: bytes, objects: Objects) -> bytes:
    """A file with an incremental update behind it."""
    start = int(before.rsplit(b"startxref\n", 1)[1].split()[0])
    return _with_table(before, objects, trailer=b"/Prev %d" % start)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object, packed."""
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream" % (len(packed), entries, packed)


def object_stream(objects: Objects) -> bytes:
    """An object stream that holds objects."""
    heading, content = [], b""
    for number, body in objects.items():
        heading.append(b"%d %d" % (number, len(content)))
        content += body + b" "
    head = b" ".join(heading) + b" "
    return stream(head + content, b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head)))


def packed(objects: Objects) -> bytes:
    """A file whose objects all lie in an object stream, named by a cross-reference stream."""
    made = bytearray(b"%PDF-1.7\n")
    holder, table = max(objects) + 1, max(objects) + 2
    at = len(made)
    made += b"%d 0 obj\n%s\nendobj\n" % (holder, object_stream(objects))
    start = len(made)
    places = {number: b"\2" + holder.to_bytes(4, "big") + bytes([i]) for i, number in enumerate(objects)}
    places |= {holder: b"\1" + at.to_bytes(4, "big") + b"\0", table: b"\1" + start.to_bytes(4, "big") + b"\0"}
    rows = b"".join(places.get(number, b"\0" * 6) for number in range(table + 1))
    entries = b"/Type/XRef/W[1 4 1]/Size %d/Root 1 0 R" % (table + 1)
    made += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, stream(rows, entries), start)
    return bytes(made)


def hybrid(objects: Objects, hidden: Objects) -> bytes:
    """A file whose table hides objects that its additional cross-reference stream names (ISO 32000-1, 7.5.8.4)."""
    made, offsets = bytearray(b"%PDF-1.7\n"), {}
    holder = max([*objects, *hidden]) + 1
    table = holder + 1
    for number, body in {**objects, holder: object_stream(hidden)}.items():
        offsets[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(made)
    rows = b"".join(b"\2" + holder.to_bytes(4, "big") + bytes([i]) for i in range(len(hidden)))
    index = b" ".join(b"%d 1" % number for number in hidden)
    entries = b"/Type/XRef/W[1 4 1]/Size %d/Root 1 0 R/Index[%s]" % (table + 1, index)
    made += b"%d 0 obj\n%s\nendobj\n" % (table, stream(rows, entries))
    start = len(made)
    made += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % pair for pair in offsets.items())
    made += b"trailer\n<</Size %d/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (table + 1, at, start)
    return bytes(made)


HARMLESS = document()
STARTED = document(b"/OpenAction 5 0 R", more={5: PROGRAM})


def refusal(content: bytes) -> str:
    """The code with which an upload is refused; empty when it is taken."""
    try:
        check_upload(io.BytesIO(content), "a.pdf")
    except FileRefused as refused:
        return refused.code
    return ""

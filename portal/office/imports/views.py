"""Imports by upload: the file is checked first, every bad row is shown; then it is loaded, and can be undone."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock
from portal.core.exports import row_columns, table_response
from portal.core.files.exceptions import FileRefused
from portal.core.list_parameters import is_page, is_text, list_parameters, one_of
from portal.core.refusals import error_message
from portal.exchange.enums import ImportState, RowState, Subject
from portal.exchange.exceptions import ImportRefused
from portal.exchange.imports import columns, selectors, services
from portal.exchange.imports.finishing import counts_of
from portal.exchange.imports.runs import total_amount
from portal.exchange.imports.subjects import SUBJECTS, SubjectSpec
from portal.exchange.imports.undo import built_upon
from portal.exchange.models import Import
from portal.exchange.reports import table_refusal_text
from portal.exchange.tables import TableRefused
from portal.office.common.views import StaffRequest, found_or_404, page
from portal.office.imports.forms import ColumnsForm, ImportForm

PAGE = 50
LATEST = 10
NAMEABLE = (ImportState.COLUMNS, ImportState.CHECKED, ImportState.REFUSED)


def _allowed(request: StaffRequest, kind: str) -> SubjectSpec:
    spec = found_or_404(SUBJECTS.get(kind))
    if not request.user.has_perm(spec.permission):
        raise PermissionDenied
    return spec


def _import(request: StaffRequest, pk: int) -> Import:
    subjects = selectors.subjects_of(request.user)
    if not subjects:
        raise PermissionDenied
    return found_or_404(selectors.import_of(pk, subjects))


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: StaffRequest, kind: str) -> HttpResponse:
    """Upload a table: it is checked, nothing is stored yet. Below, the last imports of this kind."""
    spec = _allowed(request, kind)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            imported = services.receive_file(
                spec=spec, name=file.name, file=file.file, by=request.user, now=clock.now()
            )
        except TableRefused as refusal:
            form.add_error("file", table_refusal_text(refusal))
        except FileRefused as refusal:
            form.add_error("file", f"{form.cleaned_data['file'].name}: {error_message(refusal)}")
        else:
            named = imported.state == ImportState.COLUMNS
            return redirect("office_import_columns" if named else "office_import_file", pk=imported.pk)
    return page(
        request,
        "office/imports/upload.html",
        title=spec.title,
        icon="upload",
        form=form,
        spec=spec,
        kind=kind,
        imports=selectors.imports([kind])[:LATEST],
        mappings=selectors.mappings(kind),
    )


@require_safe
@list_parameters(subject=one_of(Subject.values), state=one_of(ImportState.values), q=is_text, page=is_page)
def journal(request: StaffRequest) -> HttpResponse:
    """Every import that the employee may look at, the newest first."""
    subjects = selectors.subjects_of(request.user)
    if not subjects:
        raise PermissionDenied
    subject, state = request.GET.get("subject", ""), request.GET.get("state", "")
    query = request.GET.get("q", "").strip()
    chosen = [name for name in subjects if not subject or name == subject]
    rows = selectors.imports(chosen, state=state, query=query)
    return page(
        request,
        "office/imports/journal.html",
        title=_("Journal of imports"),
        icon="history",
        imports=Paginator(rows, PAGE).get_page(request.GET.get("page")),
        subject=subject,
        subjects=[(name, Subject(name).label) for name in subjects],
        state=state,
        states=ImportState.choices,
        query=query,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@list_parameters(state=one_of(RowState.values), page=is_page)
def imported_file(request: StaffRequest, pk: int) -> HttpResponse:
    """What was read of a file and what became of its rows; load it, go on, or check it again."""
    imported = _import(request, pk)
    if request.method == "POST":
        try:
            _act(request, imported)
        except ImportRefused as refusal:
            messages.error(request, error_message(refusal, for_staff=True))
        return redirect("office_import_file", pk=pk)
    counts, state = counts_of(imported), request.GET.get("state", "")
    is_balances = imported.subject == Subject.BALANCES
    return page(
        request,
        "office/imports/file.html",
        title=imported.name,
        subtitle=str(SUBJECTS[imported.subject].title),
        icon="upload",
        imported=imported,
        progress=services.progress(imported) if imported.is_busy else None,
        states=[(name, label, counts[name]) for name, label in RowState.choices if counts.get(name)],
        state=state,
        total=sum(counts.values()),
        good=counts.get(RowState.READY, 0),
        asked=counts.get(RowState.ASKED, 0),
        imported_rows=counts.get(RowState.TAKEN, 0),
        bad=counts.get(RowState.BAD, 0),
        sum=total_amount(imported) if is_balances and imported.is_checked else None,
        balances=selectors.balances_of(imported),
        rows=Paginator(selectors.rows_of(imported, state=state), PAGE).get_page(request.GET.get("page")),
        may_load=imported.state in (ImportState.CHECKED, ImportState.LOADED)
        and bool(counts.get(RowState.READY) or counts.get(RowState.ASKED)),
        may_name=imported.stored is not None and imported.state in NAMEABLE,
    )


def _act(request: StaffRequest, imported: Import) -> None:
    if "resume" in request.POST:
        services.resume(imported, by=request.user)
        messages.success(request, _("It continues. This page shows its progress."))
    elif "check" in request.POST:
        services.check(imported, by=request.user)
    else:
        accept_asked = bool(request.POST.get("accept_asked"))
        waits = services.load(imported, by=request.user, now=clock.now(), accept_asked=accept_asked)
        if waits is not None:
            messages.success(
                request,
                _("Balances of such a sum are approved by a second person: they are notified, nothing is booked yet."),
            )


@require_http_methods(["GET", "HEAD", "POST"])
@list_parameters(sheet=is_text)
def name_columns(request: StaffRequest, pk: int) -> HttpResponse:
    """Say which heading of a file holds what, and remember it under the name of the source."""
    imported = _import(request, pk)
    if imported.state not in NAMEABLE or imported.stored is None:
        return redirect("office_import_file", pk=pk)
    spec = SUBJECTS[imported.subject]
    sheet = request.POST.get("sheet", request.GET.get("sheet", imported.sheet))
    try:
        with columns.stored_file(imported) as file:
            headings = columns.headings_of(file, sheet=sheet)
    except TableRefused as refusal:
        messages.error(request, table_refusal_text(refusal))
        return redirect("office_import_file", pk=pk)
    known = columns.guessed(spec, headings.headings) | (imported.mapping.headings if imported.mapping else {})
    initial: dict[str, str] = {f"column_{name}": heading for name, heading in known.items()}
    initial["source"] = imported.mapping.name if imported.mapping else ""
    form = ColumnsForm(request.POST or None, initial=initial, spec=spec, headings=headings.headings)
    if request.method == "POST" and form.is_valid():
        try:
            services.name_columns(
                imported,
                source=form.cleaned_data["source"],
                headings=form.headings(form.cleaned_data),
                sheet=headings.sheet,
                by=request.user,
            )
        except ImportRefused as refusal:
            messages.error(request, error_message(refusal, for_staff=True))
        return redirect("office_import_file", pk=pk)
    return page(
        request,
        "office/imports/columns.html",
        title=_("Columns of the file"),
        subtitle=imported.name,
        icon="table",
        imported=imported,
        form=form,
        headings=headings,
    )


@require_safe
@list_parameters()
def rows_to_repair(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows that were not taken, each with its reason, as a table that can be corrected and loaded again."""
    imported = _import(request, pk)
    heading, rows = selectors.rows_to_repair(imported)
    return table_response(request, "xlsx", f"{imported.subject}-errors", row_columns(heading), rows)


@require_http_methods(["GET", "HEAD", "POST"])
@list_parameters()
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once what an import takes back, then take it back."""
    imported = _import(request, pk)
    if request.method == "POST":
        try:
            services.undo(imported, by=request.user)
        except ImportRefused as refusal:
            messages.error(request, error_message(refusal, for_staff=True))
        else:
            messages.success(request, _("What the file brought is taken back."))
        return redirect("office_import_file", pk=pk)
    if imported.state != ImportState.LOADED:
        return redirect("office_import_file", pk=pk)
    return page(
        request,
        "office/imports/undo.html",
        title=_("Undo an import"),
        subtitle=imported.name,
        icon="undo",
        imported=imported,
        dependents=built_upon(imported),
        imported_rows=counts_of(imported).get(RowState.TAKEN, 0),
        rows=selectors.rows_of(imported, state=RowState.TAKEN)[:LATEST],
        is_money=imported.subject == Subject.BALANCES,
    )


@require_safe
@list_parameters()
def sample(request: StaffRequest, kind: str) -> HttpResponse:
    """An example of the table with all its columns."""
    spec = _allowed(request, kind)
    rows = [[example.get(name, "") for name in spec.columns] for example in spec.samples]
    return table_response(request, "xlsx", f"{kind}-sample", row_columns(spec.headings), rows)

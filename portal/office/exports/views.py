"""Exports: one screen to begin one, to take its file, and to make an earlier one anew."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.list_parameters import is_page, list_parameters
from portal.core.refusals import error_message
from portal.exchange.enums import ExportFormat, ExportSubject
from portal.exchange.exceptions import ExportRefused
from portal.exchange.exports import selectors
from portal.exchange.exports.retention import DAYS_KEPT
from portal.exchange.exports.runs import PERMISSION, repeat_export, start_export
from portal.exchange.exports.subjects import EXPORTS
from portal.exchange.models import Export
from portal.office.common.views import StaffRequest, found_or_404, needs, page
from portal.office.exports.forms import ExportForm

PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
@list_parameters(page=is_page)
def exports(request: StaffRequest) -> HttpResponse:
    """Begin an export; below, those that were made, the newest first."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            export = start_export(
                subject=ExportSubject(data["subject"]),
                file_format=ExportFormat(data["file_format"]),
                first=data["first"],
                last=data["last"],
                by=request.user,
            )
        except ExportRefused as refusal:
            form.add_error("file_format" if refusal.code == "too_many" else "last", error_message(refusal))
        else:
            return _begun(request, export)
    rows = Paginator(selectors.exports(), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "office/exports/exports.html",
        title=_("Export to 1C and Excel"),
        icon="download",
        form=form,
        exports=rows,
        running=any(export.is_running for export in rows),
        kinds=[(spec.subject.label, spec.headings) for spec in EXPORTS.values()],
        days=DAYS_KEPT,
    )


@require_POST
@needs(PERMISSION)
def again(request: StaffRequest, pk: int) -> HttpResponse:
    """Make an earlier export anew, from the books as they are now."""
    export = found_or_404(selectors.export_of(pk))
    try:
        return _begun(request, repeat_export(export, by=request.user))
    except ExportRefused as refusal:
        messages.error(request, error_message(refusal))
        return redirect("office_exports")


def _begun(request: StaffRequest, export: Export) -> HttpResponse:
    if export.is_running:
        messages.success(request, _("The file is being made. You may leave the page: you will be told."))
    else:
        messages.success(request, _("The file is ready: it is the first one in the list."))
    return redirect("office_exports")

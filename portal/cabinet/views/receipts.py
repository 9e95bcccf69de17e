"""Receipts of every past month: by year, one by one, several as one PDF."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.billing.selectors import debt_state
from portal.cabinet.access import LoginRequest, ResidentRequest, login_page, resident_page
from portal.core import clock
from portal.core.calendars import next_receipts_day
from portal.core.files.downloads import as_download
from portal.core.files.exceptions import FileRefused
from portal.core.files.services import open_file
from portal.core.params import year_param
from portal.receipts.exceptions import CannotIssue
from portal.receipts.selectors import receipt_years, receipts_of, receipts_visible_to
from portal.receipts.services import combined_pdf, ensure_receipt_pdf

MAX_AT_ONCE = 24


@require_safe
@resident_page
def receipts(request: ResidentRequest) -> HttpResponse:
    """The receipts of a year, the latest first."""
    account = request.resident.account
    years = receipt_years(account, viewer=request.resident.user)
    year = year_param(request, "year") or (years[0] if years else None)
    own_receipts = receipts_of(account, year=year, viewer=request.resident.user)
    debts = debt_state(account, today=clock.today())
    owed = debts.balance
    unpaid = {row.period.first_day: row for row in debts.debts}
    latest = own_receipts[0] if own_receipts and years and year == years[0] else None
    context = {
        "receipts": [(receipt, unpaid.get(receipt.period)) for receipt in own_receipts],
        "years": years,
        "year": year,
        "first_by": None if years else next_receipts_day(clock.today()),
        "latest": latest,
        "owed": owed,
        "differs": latest is not None and latest.to_pay != owed,
        "paid_since": latest.to_pay - owed if latest is not None else None,
    }
    return render(request, "cabinet/receipts.html", context)


@require_safe
@login_page
def pdf(request: LoginRequest, pk: int) -> HttpResponseBase:
    """One receipt, as a file or in the browser; it is made there and then when it was not yet."""
    receipt = get_object_or_404(receipts_visible_to(request.resident.user), pk=pk)
    try:
        stored = ensure_receipt_pdf(receipt=receipt)
    except (CannotIssue, FileRefused):
        messages.error(request, _("The receipt could not be made just now. Try again in a few minutes."))
        return redirect("cabinet:receipts")
    response = FileResponse(
        open_file(stored),
        as_attachment="inline" not in request.GET,
        filename=stored.name,
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@resident_page
def several(request: ResidentRequest) -> HttpResponse:
    """The chosen receipts as one PDF, oldest first."""
    account = request.resident.account
    wanted = set(request.GET.getlist("receipt"))
    chosen = [receipt for receipt in receipts_of(account, viewer=request.resident.user) if str(receipt.pk) in wanted][
        :MAX_AT_ONCE
    ]
    if not wanted:
        messages.error(request, _("Tick the months you need."))
        return redirect("cabinet:receipts")
    if not chosen:
        raise Http404
    response = HttpResponse(combined_pdf(receipts=chosen[::-1]), content_type="application/pdf")
    return as_download(response, f"kvitancii-{account.number}.pdf")

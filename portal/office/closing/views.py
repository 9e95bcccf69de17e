"""Closing a month: what would happen, confirm, progress, result, again."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.enums import ChargeKind
from portal.billing.exceptions import BillingRefused, OutOfTheOrdinary
from portal.billing.selectors import is_running, open_review, stored_preview
from portal.billing.services import (
    Executor,
    close_after_check,
    reversal_progress,
    reverse_closing,
    start_preview,
    waiting_for_reversal,
)
from portal.billing.services import preview_progress as how_far
from portal.billing.services.number_requests import waiting_for_month
from portal.core import clock
from portal.core.calendars import month_calendar
from portal.core.exports import table_response
from portal.core.formatting import period_text
from portal.core.list_parameters import is_export, list_parameters
from portal.core.periods import Period
from portal.core.refusals import error_message
from portal.office.closing import selectors
from portal.office.closing.failures import FAILURE_COLUMNS, Failure
from portal.office.closing.forms import ReleaseForm, ReversalForm
from portal.office.common.views import StaffRequest, found_or_404, needs, outcome_message, page, reads
from portal.office.receipts.selectors import issue_failures as issue_failures_of
from portal.office.receipts.selectors import issue_state
from portal.receipts.issuing import issue_receipts
from portal.receipts.print_run import start_print_run

CLOSE, RELEASE = "office.close_month", "office.release_closing"


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError:
        raise Http404 from None


@require_safe
@reads(CLOSE, RELEASE)
@list_parameters()
def overview(request: StaffRequest) -> HttpResponse:
    """The months, the next to close on top."""
    return page(
        request,
        "office/closing/overview.html",
        title=gettext_lazy("Close the month"),
        icon="calendar-check",
        rows=selectors.month_rows(clock.today()),
    )


@require_safe
@reads(CLOSE, RELEASE)
def month(request: StaffRequest, period: str) -> HttpResponse:
    """A month: before its closing what would happen, after it what did."""
    return _month_page(request, _period(period), ReleaseForm())


def _month_page(request: StaffRequest, wanted: Period, release: ReleaseForm) -> HttpResponse:
    run = selectors.active_run(wanted)
    context: dict[str, Any] = {"period": wanted, "run": run, "today": clock.today()}
    if run is not None:
        return page(
            request,
            "office/closing/result.html",
            title=gettext_lazy("Closing"),
            subtitle=period_text(wanted),
            icon="calendar-check",
            state=_with_labels(selectors.run_state(run)),
            issue=issue_state(wanted),
            reversal=ReversalForm(),
            **context,
        )
    calendar = month_calendar(wanted)
    if undoing := reversal_progress(wanted):
        return page(
            request,
            "office/closing/undoing.html",
            title=gettext_lazy("Closing"),
            subtitle=period_text(wanted),
            icon="calendar-check",
            waiting=waiting_for_reversal(wanted),
            progress=undoing,
            **context,
        )
    shown = selectors.preview_page(wanted)
    return page(
        request,
        "office/closing/preview.html",
        title=gettext_lazy("Closing"),
        subtitle=period_text(wanted),
        icon="calendar-check",
        calendar=calendar,
        shown=shown,
        preview=shown.preview,
        release=release,
        progress=how_far(shown.run) if shown.running and shown.run else None,
        may_close=clock.today() >= calendar.closing_day and _may_close(request, wanted),
        undone=selectors.undone_run(wanted),
        waiting_numbers=waiting_for_month(wanted, closing_day=calendar.closing_day),
        **context,
    )


def _may_close(request: StaffRequest, wanted: Period) -> bool:
    """Check that the user closes months or, for a stopped closing, may release it."""
    if request.user.has_perm(CLOSE):
        return True
    return request.user.has_perm(RELEASE) and open_review(wanted) is not None


@require_safe
@reads(CLOSE, RELEASE)
def progress(request: StaffRequest, period: str) -> HttpResponse:
    """The part of the page that changes while a closing runs."""
    wanted = _period(period)
    run = found_or_404(selectors.active_run(wanted))
    context = {
        "state": _with_labels(selectors.run_state(run)),
        "period": wanted,
        "run": run,
        "issue": issue_state(wanted),
        "reversal": ReversalForm(),
    }
    return render(request, "office/closing/_progress.html", context)


@require_safe
@reads(CLOSE, RELEASE)
def preview_progress(request: StaffRequest, period: str) -> HttpResponse:
    """The part of the page that changes while a preview is computed; the page is loaded anew when it is finished."""
    wanted = _period(period)
    run = stored_preview(wanted)
    if not is_running(run) or run is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"period": wanted, "progress": how_far(run)}
    return render(request, "office/closing/_preview_progress.html", context)


@require_safe
@reads(CLOSE, RELEASE)
@list_parameters(export=is_export)
def closing_failures(request: StaffRequest, period: str) -> HttpResponse:
    """All accounts that a closing left, as a file."""
    wanted = _period(period)
    return _failures_file(request, f"not-closed-{wanted}", selectors.closing_failures(wanted))


@require_safe
@reads(CLOSE, RELEASE)
@list_parameters(export=is_export)
def issue_failures(request: StaffRequest, period: str) -> HttpResponse:
    """All accounts of a month whose receipt was not made, as a file."""
    wanted = _period(period)
    return _failures_file(request, f"receipts-not-made-{wanted}", issue_failures_of(wanted))


def _failures_file(request: StaffRequest, name: str, rows: Iterable[Failure]) -> HttpResponse:
    return table_response(request, request.GET.get("export") or "xlsx", name, FAILURE_COLUMNS, rows)


@require_POST
@needs(CLOSE, RELEASE)
def preview(request: StaffRequest, period: str) -> HttpResponse:
    """Compute the preview of a month, or compute it again."""
    wanted = _period(period)
    start_preview(period=wanted, requested_by=request.user)
    return redirect("office_closing_month", period=str(wanted))


@require_POST
@needs(CLOSE, RELEASE)
def start(request: StaffRequest, period: str) -> HttpResponse:
    """Start the closing, or try again what failed; what is out of the ordinary needs a reason."""
    wanted = _period(period)
    if not _may_close(request, wanted):
        raise PermissionDenied
    release = ReleaseForm(request.POST)
    release.is_valid()
    try:
        close_after_check(
            period=wanted,
            by=request.user,
            today=clock.today(),
            preview_id=release.cleaned_data.get("preview"),
            reason=release.cleaned_data.get("reason", ""),
        )
    except OutOfTheOrdinary:
        release.ask_for_reason()
        return _month_page(request, wanted, release)
    except BillingRefused as refusal:
        messages.error(request, error_message(refusal, for_staff=True))
    else:
        messages.success(request, _("The closing has started."))
    return redirect("office_closing_month", period=str(wanted))


@require_POST
@needs(CLOSE)
def receipts(request: StaffRequest, period: str) -> HttpResponse:
    """Issue the receipts of a closed month, or try again what failed."""
    wanted = _period(period)
    with outcome_message(request, BillingRefused, done=_("The issue of receipts has started.")):
        issue_receipts(period=wanted, issued_on=clock.today(), requested_by=request.user)
    return redirect("office_closing_month", period=str(wanted))


@require_POST
@needs(CLOSE)
def print_run(request: StaffRequest, period: str) -> HttpResponse:
    """Make one PDF of the receipts that are wanted on paper."""
    wanted = _period(period)
    with outcome_message(request, BillingRefused, done=_("The print run has started.")):
        start_print_run(period=wanted, requested_by=request.user)
    return redirect("office_closing_month", period=str(wanted))


@require_POST
@needs(CLOSE)
def reverse(request: StaffRequest, period: str) -> HttpResponse:
    """Undo a closing by the mirror of its entries, while no receipt went out."""
    wanted = _period(period)
    form = ReversalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter the reason for undoing the closing."))
        return redirect("office_closing_month", period=str(wanted))
    done = _("The closing is being undone: every entry gets a reversing entry. Then close the month again by hand.")
    with outcome_message(request, BillingRefused, done=done):
        reverse_closing(
            period=wanted,
            reason=form.cleaned_data["reason"],
            on=clock.today(),
            by=request.user,
            executor=Executor.QUEUE,
        )
    return redirect("office_closing_month", period=str(wanted))


def _with_labels(state: selectors.RunState) -> dict[str, Any]:
    return {
        "progress": state.progress,
        "running": state.running,
        "sums": [(ChargeKind(kind).label, amount) for kind, amount in state.sums],
        "total": state.total,
        "failures": state.failures,
        "reviews": state.reviews,
    }

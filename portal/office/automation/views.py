"""The month by itself: what ran, what is due, what failed, run now."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.enums import MonthStep, StepStatus
from portal.billing.selectors import workday_gaps
from portal.billing.services import NotYet, run_step
from portal.core import clock
from portal.core.list_parameters import list_parameters
from portal.core.periods import Period
from portal.office.automation import selectors
from portal.office.common.views import needs, page


@require_safe
@needs("office.watch_month")
@list_parameters()
def overview(request: HttpRequest) -> HttpResponse:
    """Steps of this month and the last one, timed jobs, failures."""
    return page(
        request,
        "office/month.html",
        title=gettext_lazy("Scheduled jobs: done and due"),
        icon="date",
        month=selectors.automation(clock.today()),
        gaps=workday_gaps(clock.today(), ahead=True),
        may_run=request.user.has_perm("office.run_month_step"),
    )


@require_POST
@needs("office.run_month_step")
def run_step_now(request: HttpRequest, period: str, step: str) -> HttpResponse:
    """Run a step of a month at once, whatever the calendar says; a step that was done is not done twice."""
    try:
        wanted, what = Period.parse(period), MonthStep(step)
    except ValueError:
        raise Http404 from None
    try:
        ran = run_step(period=wanted, step=what, today=clock.today())
    except NotYet:
        messages.error(request, _("Close the month first: receipts are made from what it booked."))
    else:
        show_message = messages.success if ran.status == StepStatus.DONE else messages.error
        show_message(request, f"{what.label}: {selectors.result_text(ran.result)}.")
    return redirect("office_month")


@require_POST
@needs("office.run_month_step")
def run_now(request: HttpRequest, name: str) -> HttpResponse:
    """Queue a timed job at once."""
    _show_outcome(request, selectors.run_now(name))
    return redirect("office_month")


@require_POST
@needs("office.run_month_step")
def run_again(request: HttpRequest, task_id: str) -> HttpResponse:
    """Queue a failed job again."""
    _show_outcome(request, selectors.run_again(task_id))
    return redirect("office_month")


def _show_outcome(request: HttpRequest, queued: bool) -> None:
    if queued:
        messages.success(request, _("Queued: it runs within a minute."))
    else:
        messages.error(request, _("There is no such job any more."))

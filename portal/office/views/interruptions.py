"""Reductions for outages: a finished outage proposes, an accountant decides, the next closing applies."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.models import Interruption
from portal.billing.selectors import interruptions_decided, interruptions_waiting
from portal.billing.services import approve_interruption, change_decision, decide_together, reject_interruption
from portal.core import clock
from portal.core.list_parameters import list_parameters
from portal.office.views.base import needs, page

DECIDE = "office.close_month"
SHOWN = 30
WORK = {"approve": approve_interruption, "reject": reject_interruption, "turn": change_decision}


@require_safe
@needs(DECIDE)
@list_parameters()
def proposed(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, outage by outage, oldest first, and what was decided lately."""
    outages: dict[str, list[Interruption]] = {}
    for row in interruptions_waiting():
        outages.setdefault(row.source, []).append(row)
    return page(
        request,
        "office/interruptions.html",
        title=gettext_lazy("Proposed reductions"),
        icon="warning",
        outages=[(source, _origin(source), rows) for source, rows in outages.items()],
        decided=interruptions_decided()[:SHOWN],
    )


def _origin(source: str) -> str:
    """«outage:3» as «Отключение № 3»."""
    what, _colon, number = source.partition(":")
    return _("Outage № %(number)s") % {"number": number} if what == "outage" and number else source


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject one break, or turn a decision round; a second click on the same button changes nothing."""
    found = Interruption.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    work = WORK.get(request.POST.get("what", ""))
    if work is not None:
        decided = work(interruption=found, by=request.user, moment=clock.now())  # type: ignore[arg-type]  # logged in
        messages.success(request, _("Decided: %(status)s.") % {"status": decided.get_status_display()})
    return redirect("office_interruptions")


@require_POST
@needs(DECIDE)
def decide_outage(request: HttpRequest) -> HttpResponse:
    """Approve or reject what waits of one outage; a second click finds nothing left."""
    what = request.POST.get("what")
    if what in ("approve", "reject"):
        number = decide_together(
            source=request.POST.get("source", ""),
            approve=what == "approve",
            by=request.user,  # type: ignore[arg-type]  # logged in
            moment=clock.now(),
        )
        messages.success(request, _("Breaks decided: %(number)d.") % {"number": number})
    return redirect("office_interruptions")

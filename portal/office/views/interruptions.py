"""Reductions for outages: a finished outage proposes, an accountant decides, the next closing applies."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.models import Interruption
from portal.billing.selectors import interruptions_decided, interruptions_waiting
from portal.billing.services import approve_interruption, change_decision, reject_interruption
from portal.core import clock
from portal.office.views.base import needs, page

DECIDE = "office.close_month"
SHOWN = 30
WORK = {"approve": approve_interruption, "reject": reject_interruption, "turn": change_decision}


@require_safe
@needs(DECIDE)
def proposed(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first, and what was decided lately."""
    rows = interruptions_waiting()
    for row in rows:
        row.origin = _origin(row.source)  # type: ignore[attr-defined]  # for the template
    return page(
        request, "office/interruptions.html", title=gettext_lazy("Proposed reductions"), icon="warning",
        rows=rows, decided=interruptions_decided()[:SHOWN],
    )  # fmt: skip


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

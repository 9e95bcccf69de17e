"""Reductions for outages: a finished outage proposes, an accountant decides, the next closing applies."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.enums import InterruptionStatus
from portal.billing.models import Interruption
from portal.billing.services import approve_interruption, reject_interruption
from portal.core import clock
from portal.office.views.base import needs, page

DECIDE = "office.close_month"


@require_safe
@needs(DECIDE)
def proposed(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first."""
    waiting = Interruption.objects.filter(status=InterruptionStatus.PROPOSED).select_related("house__street")
    return page(
        request, "office/interruptions.html", title=gettext_lazy("Proposed reductions"), icon="warning",
        rows=waiting.order_by("started_at"),
    )  # fmt: skip


@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject one break; decided once, the first decision stands."""
    found = Interruption.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    work = {"approve": approve_interruption, "reject": reject_interruption}.get(request.POST.get("what", ""))
    if work is not None:
        decided = work(interruption=found, by=request.user, moment=clock.now())  # type: ignore[arg-type]  # logged in
        messages.success(request, _("Decided: %(status)s.") % {"status": decided.get_status_display()})
    return redirect("office_interruptions")

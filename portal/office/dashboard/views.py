"""Views of an employee's alerts (a failed job, a decision): opening one removes it from the dashboard."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from portal.core import clock
from portal.notifications import selectors, services
from portal.office.common.views import StaffRequest


@require_POST
def opened(request: StaffRequest, pk: int) -> HttpResponse:
    """Mark one's own notice as read; go where it leads, or stay on the dashboard."""
    notice = get_object_or_404(selectors.staff_notices(request.user), pk=pk)
    services.mark_read(user=request.user, message_ids=[notice.pk], moment=clock.real_now())
    return redirect("wagtailadmin_home" if "hide" in request.POST else notice.link)

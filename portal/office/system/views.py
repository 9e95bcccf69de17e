"""The state of the portal's parts, for administrators and managers."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.core import clock
from portal.office.common.views import needs, page
from portal.office.system.selectors import WATCH_SYSTEM, system_state


@require_safe
@needs(WATCH_SYSTEM)
def state(request: HttpRequest) -> HttpResponse:
    """Every part: how it stands, since when, what to do."""
    return page(
        request,
        "office/system.html",
        title=_("State of the system"),
        icon="cog",
        system=system_state(now=clock.real_now()),
        may_see_letters=request.user.has_perm("notifications.view_message"),
    )

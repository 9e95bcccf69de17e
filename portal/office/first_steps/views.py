"""The page of the first steps, and the test letter."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.core import clock
from portal.core.list_parameters import list_parameters
from portal.notifications.services.mail_check import send_test_letter
from portal.office.common.views import StaffRequest, needs, page
from portal.office.first_steps.selectors import SEE_FIRST_STEPS, setup_progress


@require_safe
@needs(SEE_FIRST_STEPS)
@list_parameters()
def overview(request: StaffRequest) -> HttpResponse:
    """Every step of the setup: its state, what it blocks, who does it and where."""
    return page(
        request,
        "office/first_steps/overview.html",
        title=gettext_lazy("First steps"),
        icon="list-ol",
        setup=setup_progress(request.user, clock.today()),
    )


@require_POST
@needs(SEE_FIRST_STEPS)
def test_letter(request: StaffRequest) -> HttpResponse:
    """Send a letter to the employee who asks, and show what the mail server said."""
    address = request.user.email
    if not address:
        messages.error(request, _("Your login has no e-mail: enter it in your account first."))
        return redirect("office_first_steps")
    try:
        send_test_letter(address=address)
    except OSError as error:
        refusal = _("The mail server did not take the letter: %(error)s. See EMAIL_URL in portal.env.")
        messages.error(request, refusal % {"error": error or type(error).__name__})
    else:
        messages.success(request, _("The mail server took the letter to %(address)s.") % {"address": address})
    return redirect("office_first_steps")

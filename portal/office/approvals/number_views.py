"""A number that waits for a second person: its effect, approve it, reject it, take back one's own."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.approvals.enums import OperationState
from portal.approvals.models import NumberRequest
from portal.approvals.selectors import APPROVE_NUMBER, approvers_of
from portal.core.formatting import user_name
from portal.office.approvals.deciding import DecisionTexts, decided
from portal.office.approvals.forms import RejectionForm
from portal.office.approvals.selectors import number_request_of
from portal.office.common.views import found_or_404, page
from portal.office.numbers.effects import request_effect


@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One number with what it changes, who entered it and when; the second person decides here."""
    number_request = found_or_404(number_request_of(pk))
    own = number_request.made_by_id == request.user.pk
    if not (own or request.user.has_perm("approvals.view_numberrequest") or request.user.has_perm(APPROVE_NUMBER)):
        raise PermissionDenied
    waits = number_request.state == OperationState.WAITING
    shown = request_effect(number_request) if waits else {}
    form = RejectionForm(request.POST or None)
    texts = DecisionTexts(
        lambda: _notify_approved(request, number_request),
        _("Rejected: nothing has changed."),
        _("Taken back: nothing has changed."),
    )
    unconfirmed = bool(shown.get("questions")) and "approve" in request.POST and "confirmed" not in request.POST
    if (
        request.method == "POST"
        and not unconfirmed
        and form.is_valid()
        and decided(request, number_request, form, texts)
    ):
        return redirect("office_number_request", pk=pk)
    return page(
        request,
        "office/number_request.html",
        title=_("Number to approve"),
        subtitle=number_request.get_rule_display(),
        icon="group",
        number_request=number_request,
        form=form,
        waits=waits,
        may_approve=request.user.has_perm(APPROVE_NUMBER) and not own,
        may_take_back=own,
        approvers=[user_name(user) for user in approvers_of(number_request)] if waits else [],
        unconfirmed=unconfirmed,
        **shown,
    )


def _notify_approved(request: HttpRequest, number_request: NumberRequest) -> None:
    """An approval that had less effect than was asked for says so in its answer."""
    number_request.refresh_from_db()
    if number_request.answer:
        messages.warning(request, number_request.answer)
    else:
        messages.success(request, _("Approved: it counts now."))

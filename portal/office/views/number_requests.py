"""A number that waits for a second person: its effect, approve it, reject it, take back one's own."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import NumberRequest
from portal.approvals.selectors import APPROVE_NUMBER, approvers_of
from portal.approvals.services import approve_number, reject_number, take_back_number
from portal.billing.exceptions import BillingRefused
from portal.core import clock
from portal.office.lists.base import staff_name
from portal.office.number_effects import request_effect
from portal.office.reasons import billing_words
from portal.office.views.approvals import RejectionForm, approval_words
from portal.office.views.base import page


@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One number with what it changes, who entered it and when; the second person decides here."""
    found = get_object_or_404(NumberRequest.objects.select_related("made_by", "decided_by"), pk=pk)
    own = found.made_by_id == request.user.pk
    if not (own or request.user.has_perm("approvals.view_numberrequest") or request.user.has_perm(APPROVE_NUMBER)):
        raise PermissionDenied
    waits = found.state == "waiting"
    shown = request_effect(found) if waits else {}
    form = RejectionForm(request.POST or None)
    unconfirmed = bool(shown.get("questions")) and "approve" in request.POST and "confirmed" not in request.POST
    if request.method == "POST" and not unconfirmed and form.is_valid() and _decided(request, found, form):
        return redirect("office_number_request", pk=pk)
    return page(
        request,
        "office/number_request.html",
        title=_("Number to approve"),
        subtitle=found.get_rule_display(),
        icon="group",
        found=found,
        form=form,
        waits=waits,
        may_approve=request.user.has_perm(APPROVE_NUMBER) and not own,
        may_take_back=own,
        approvers=[staff_name(user) for user in approvers_of(found)] if waits else [],
        unconfirmed=unconfirmed,
        **shown,
    )


def _decided(request: HttpRequest, found: NumberRequest, form: RejectionForm) -> bool:
    by: Any = request.user
    may_approve = by.has_perm(APPROVE_NUMBER)
    if not may_approve and (found.made_by_id != by.pk or "approve" in request.POST):
        raise PermissionDenied
    try:
        if "approve" in request.POST:
            approve_number(request_id=found.pk, by=by, now=clock.now())
            messages.success(request, _("Approved: it counts now."))
        elif found.made_by_id == by.pk:
            take_back_number(request_id=found.pk, by=by, now=clock.now())
            messages.success(request, _("Taken back: nothing has changed."))
        else:
            reject_number(request_id=found.pk, by=by, answer=form.cleaned_data["answer"], now=clock.now())
            messages.success(request, _("Rejected: nothing has changed."))
    except ApprovalRefused as refused:
        if refused.code == "reason":
            form.add_error("answer", approval_words(refused))
        else:
            messages.error(request, approval_words(refused))
        return False
    except BillingRefused as refused:
        messages.error(request, billing_words(refused))
        return False
    return True

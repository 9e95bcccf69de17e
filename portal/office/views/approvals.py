"""A money operation that waits for a second person: look at it, approve it, reject it, take back one's own."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.accounts.enums import Service
from portal.approvals.enums import OperationKind
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import MoneyOperation
from portal.approvals.selectors import APPROVE
from portal.approvals.services import approve, reject, take_back
from portal.core import clock
from portal.core.formatting import money_text, period_text, volume_text
from portal.core.periods import Period
from portal.office.forms import WithoutColons
from portal.office.payments.sending import send_and_tell
from portal.office.seen import note_seen
from portal.office.views.base import needs, page


def approval_words(refused: ApprovalRefused) -> str:
    """Why a decision was not taken."""
    return {
        "state": _("Somebody has decided about this operation already."),
        "same_person": _("Somebody else has to approve this operation: you made it."),
        "own_account": _("Somebody else has to approve this operation: the account is yours."),
        "reason": _("Write the reason of the rejection."),
        "not_own": _("Only who made the operation takes it back."),
        "gone": _("What it was about is no more: reject it."),
        "changed": _("The recalculation no longer comes to what was shown. Reject it and let it be made anew."),
    }[refused.code]


class RejectionForm(WithoutColons, forms.Form):
    """Why not; who made the operation is told."""

    answer = forms.CharField(
        label=gettext_lazy("Reason of the rejection (needed to reject)"),
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Whoever made the operation sees the reason."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("approvals.view_moneyoperation")
def operation(request: HttpRequest, pk: int) -> HttpResponse:
    """One operation with its sum, reason, who and when; the second person decides here."""
    found = get_object_or_404(MoneyOperation.objects.select_related("account", "made_by", "decided_by"), pk=pk)
    form = RejectionForm(request.POST or None)
    asks_again = "approve" in request.POST and "confirmed" not in request.POST
    if request.method == "POST" and not asks_again and form.is_valid() and _decided(request, found, form):
        return redirect("office_approval", pk=pk)
    note_seen(request, found.account, f"Операция с деньгами № {found.pk}")
    own = found.made_by_id == request.user.pk
    return page(
        request,
        "office/approval.html",
        title=str(found),
        subtitle=found.account.number,
        icon="group",
        operation=found,
        rows=_rows(found),
        form=form,
        waits=found.state == "waiting",
        may_approve=request.user.has_perm(APPROVE) and not own,
        may_take_back=own,
        asks_again=asks_again,
    )


def _decided(request: HttpRequest, found: MoneyOperation, form: RejectionForm) -> bool:
    by: Any = request.user
    if not by.has_perm(APPROVE) and found.made_by_id != by.pk:
        raise PermissionDenied
    try:
        if "approve" in request.POST:
            if not by.has_perm(APPROVE):
                raise PermissionDenied
            approve(operation_id=found.pk, by=by, now=clock.now())
            _notify_approved(request, found)
        elif found.made_by_id == by.pk:
            take_back(operation_id=found.pk, by=by, now=clock.now())
            messages.success(request, _("Taken back: nothing was booked."))
        else:
            reject(operation_id=found.pk, by=by, answer=form.cleaned_data["answer"], now=clock.now())
            messages.success(request, _("Rejected: nothing was booked."))
    except ApprovalRefused as refused:
        if refused.code == "reason":
            form.add_error("answer", approval_words(refused))
        else:
            messages.error(request, approval_words(refused))
        return False
    return True


def _notify_approved(request: HttpRequest, found: MoneyOperation) -> None:
    if found.kind == OperationKind.REFUND:
        send_and_tell(request, found.refund)
    else:
        messages.success(request, _("Approved and booked."))


def _rows(found: MoneyOperation) -> list[tuple[str, str]]:
    """What else is known of an operation, by its kind."""
    details = found.details
    if found.kind == OperationKind.CORRECTION:
        service = Service(details["service"]).label if details["service"] else _("Not for one service")
        return [(_("For the month"), period_text(Period.parse(details["for_period"]))), (_("Service"), str(service))]
    if found.kind == OperationKind.RECALCULATION:
        return [_line(*line) for line in details["lines"]]
    return []


def _line(service: str, month: str, volume: str, amount: str) -> tuple[str, str]:
    what = f"{Service(service).label}, {period_text(Period.parse(month))}"
    return what, f"{volume_text(Decimal(volume))}, {money_text(Decimal(amount))}"

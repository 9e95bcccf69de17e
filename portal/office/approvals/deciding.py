"""Deciding as the second person about money or a number: approve it, reject it, take back one's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise

from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import TwoPersonDecision
from portal.approvals.selectors import RIGHTS
from portal.approvals.services import approve, reject, take_back
from portal.billing.exceptions import BillingRefused
from portal.core import clock
from portal.core.refusals import error_message
from portal.office.approvals.forms import RejectionForm

D = TypeVar("D", bound=TwoPersonDecision)


@dataclass(frozen=True, slots=True)
class DecisionTexts:
    """Messages after a decision; `approved` shows its own message."""

    approved: Callable[[], None]
    rejected: "str | Promise"
    taken_back: "str | Promise"


def decided(request: HttpRequest, decision: D, form: RejectionForm, texts: DecisionTexts) -> bool:
    """Take the decision that was posted; False when it is refused, with a message at the form or on top.

    Raises PermissionDenied for whoever may neither approve nor take it back.
    """
    by: Any = request.user
    model, may_approve = type(decision), by.has_perm(RIGHTS[type(decision)])
    if not may_approve and (decision.made_by_id != by.pk or "approve" in request.POST):
        raise PermissionDenied
    try:
        if "approve" in request.POST:
            approve(model, pk=decision.pk, by=by, now=clock.now())
            texts.approved()
        elif decision.made_by_id == by.pk:
            take_back(model, pk=decision.pk, by=by, now=clock.now())
            messages.success(request, str(texts.taken_back))
        else:
            reject(model, pk=decision.pk, by=by, answer=form.cleaned_data["answer"], now=clock.now())
            messages.success(request, str(texts.rejected))
    except ApprovalRefused as refused:
        if refused.code == "reason":
            form.add_error("answer", error_message(refused, for_staff=True))
        else:
            messages.error(request, error_message(refused, for_staff=True))
        return False
    except BillingRefused as refused:
        messages.error(request, error_message(refused, for_staff=True))
        return False
    return True

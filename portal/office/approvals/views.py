"""A money operation that waits for a second person: look at it, approve it, reject it, take back one's own."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.enums import Service
from portal.approvals.enums import OperationKind, OperationState
from portal.approvals.models import MoneyOperation
from portal.approvals.selectors import APPROVE
from portal.core.formatting import money_text, period_text, volume_text
from portal.core.periods import Period
from portal.office.approvals.deciding import DecisionTexts, decided
from portal.office.approvals.forms import RejectionForm
from portal.office.approvals.selectors import operation_of
from portal.office.audit.viewing import log_view
from portal.office.common.views import found_or_404, needs, page
from portal.office.payments.messages import send_and_report


@require_http_methods(["GET", "HEAD", "POST"])
@needs("approvals.view_moneyoperation")
def operation(request: HttpRequest, pk: int) -> HttpResponse:
    """One operation with its sum, reason, who and when; the second person decides here."""
    money_operation = found_or_404(operation_of(pk))
    form = RejectionForm(request.POST or None)
    texts = DecisionTexts(
        lambda: _notify_approved(request, money_operation),
        _("Rejected: nothing was booked."),
        _("Taken back: nothing was booked."),
    )
    asks_again = "approve" in request.POST and "confirmed" not in request.POST
    if (
        request.method == "POST"
        and not asks_again
        and form.is_valid()
        and decided(request, money_operation, form, texts)
    ):
        return redirect("office_approval", pk=pk)
    log_view(request, money_operation.account, f"Операция с деньгами № {money_operation.pk}")
    own = money_operation.made_by_id == request.user.pk
    return page(
        request,
        "office/approval.html",
        title=str(money_operation),
        subtitle=money_operation.account.number,
        icon="group",
        operation=money_operation,
        rows=_rows(money_operation),
        form=form,
        waits=money_operation.state == OperationState.WAITING,
        may_approve=request.user.has_perm(APPROVE) and not own,
        may_take_back=own,
        asks_again=asks_again,
    )


def _notify_approved(request: HttpRequest, money_operation: MoneyOperation) -> None:
    if money_operation.kind == OperationKind.REFUND:
        send_and_report(request, money_operation.refund)
    else:
        messages.success(request, _("Approved and booked."))


def _rows(money_operation: MoneyOperation) -> list[tuple[str, str]]:
    """Return what else is known of an operation, by its kind."""
    details = money_operation.details
    if money_operation.kind == OperationKind.CORRECTION:
        service = Service(details["service"]).label if details["service"] else _("Not for one service")
        return [(_("For the month"), period_text(Period.parse(details["for_period"]))), (_("Service"), str(service))]
    if money_operation.kind == OperationKind.RECALCULATION:
        return [_line(*line) for line in details["lines"]]
    return []


def _line(service: str, month: str, volume: str, amount: str) -> tuple[str, str]:
    what = f"{Service(service).label}, {period_text(Period.parse(month))}"
    return what, f"{volume_text(Decimal(volume))}, {money_text(Decimal(amount))}"

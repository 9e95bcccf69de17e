"""The bill of a closed month: from what its sum is made."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.billing.selectors import debt_state, neighbours, period_bill
from portal.cabinet.access import ResidentRequest, resident_page
from portal.core import clock
from portal.core.periods import Period
from portal.receipts.selectors import receipt_of
from portal.service_requests.support.selectors import disputes_of


@require_safe
@resident_page
def bill(request: ResidentRequest, period: str) -> HttpResponse:
    """The lines of one month with their reasons, and what is owed now."""
    try:
        month = Period.parse(period)
    except ValueError:
        raise Http404 from None
    account = request.resident.account
    month_bill = period_bill(account, month)
    if month_bill is None:
        raise Http404
    before, after = neighbours(account, month)
    today = clock.today()
    debts = debt_state(account, today=today)
    disputes = disputes_of(request.user, [line.charge.pk for line in month_bill.lines])
    context = {
        "bill": month_bill,
        "lines": [(line, disputes.get(line.charge.pk)) for line in month_bill.lines],
        "before": before,
        "after": after,
        "first_day": month.first_day,
        "receipt": receipt_of(account, month, viewer=request.resident.user),
        "balance": debts.balance,
        "debt": next((row for row in debts.debts if row.period == month), None),
    }
    return render(request, "cabinet/bill.html", context)

"""Pages of consumption and charges by month: every service, last year beside it, the norm."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.billing.selectors import consumption as consumption_of
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.charts import MONTHS_SHOWN, charges_chart, payments_chart, water_charts
from portal.core import clock
from portal.core.periods import Period
from portal.ledger.selectors import months_of_money
from portal.receipts.selectors import data_of, latest_receipt


@require_safe
@resident_page
def consumption(request: ResidentRequest) -> HttpResponse:
    """Charts of every service, of the charges, of payments and the balance, until the latest receipt's month."""
    account = request.resident.account
    receipt = latest_receipt(account)
    data = data_of(receipt) if receipt else None
    until = Period.of(receipt.period) if receipt else Period.of(clock.today()).previous
    water = consumption_of(account, until=until, months=2 * MONTHS_SHOWN, with_norms=False)
    money = months_of_money(account, until=Period.of(clock.today()), months=MONTHS_SHOWN)
    context = {
        "charts": water_charts(water, data),
        "sums": charges_chart(water),
        "payments": payments_chart(money),
    }
    return render(request, "cabinet/consumption.html", context)

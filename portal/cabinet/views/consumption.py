"""Pages of consumption and charges by month: every service, last year beside it, the norm."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.billing.selectors import consumption as consumption_of
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.charts import MONTHS_SHOWN, charges_chart, title_of, water_chart
from portal.core import clock
from portal.core.periods import Period
from portal.receipts.selectors import data_of, latest_receipt


@require_safe
@resident_page
def consumption(request: ResidentRequest) -> HttpResponse:
    """A chart for each service of the account and one for the sums, until the latest receipt's month."""
    account = request.resident.account
    receipt = latest_receipt(account)
    data = data_of(receipt) if receipt else None
    until = Period.of(receipt.period) if receipt else Period.of(clock.today()).previous
    water = consumption_of(account, until=until, months=2 * MONTHS_SHOWN, with_norms=False)
    charts = [
        (title_of(service), water_chart(months[-MONTHS_SHOWN:], service, data)) for service, months in water.items()
    ]
    context = {"charts": [(title, chart) for title, chart in charts if chart], "sums": charges_chart(water)}
    return render(request, "cabinet/consumption.html", context)

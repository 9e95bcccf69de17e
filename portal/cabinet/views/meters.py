"""The meters of the account: what they are, what they showed, when they must be verified."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.meters import MeterSummary, chart_of, meter_cards
from portal.core import clock
from portal.metering.selectors import all_meters, reading_rows
from portal.service_requests.commissioning.selectors import commissioning_certificates_of_meter

SHOWN = 12


@require_safe
@resident_page
def meters(request: ResidentRequest) -> HttpResponse:
    """All meters that the account ever had, those that stand first."""
    cards = meter_cards(request.resident.account, today=clock.today())
    return render(request, "cabinet/meters/list.html", {"cards": cards})


@require_safe
@resident_page
def meter(request: ResidentRequest, meter_id: int) -> HttpResponse:
    """One meter."""
    account = request.resident.account
    own_meter = get_object_or_404(all_meters(account), pk=meter_id)
    rows = reading_rows(account, meter_id=own_meter.pk)
    context = {
        "card": MeterSummary.of(own_meter, rows[0].reading if rows else None, clock.today()),
        "rows": rows[:SHOWN],
        "chart": chart_of(own_meter, rows),
        "commissioning_certificates": commissioning_certificates_of_meter(own_meter),
        "unverified": own_meter.unverified_spans.all(),
    }
    return render(request, "cabinet/meters/one.html", context)

"""Readings by the staff: entering, flagged ones, who has not sent."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import Account
from portal.accounts.selectors import house_of
from portal.core import clock
from portal.core.exports import table_response
from portal.core.list_parameters import is_export, is_number, is_page, is_text, list_parameters, one_of
from portal.core.params import int_param
from portal.core.refusals import error_message
from portal.metering.enums import Flag, ReadingSource
from portal.metering.exceptions import MonthPassed, ReadingRefused
from portal.metering.models import Meter, Reading
from portal.metering.reviewing import accept_flagged, ask_about, set_aside
from portal.metering.selectors import Previous, active_meters, previous_values
from portal.metering.services import submit_reading
from portal.office.accounts.selectors import account_of, find_account
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, outcome_message, page, reads, same_list
from portal.office.readings import selectors
from portal.office.readings.forms import ReadingForm, ReadingsHeadForm
from portal.office.readings.tables import FLAGGED, SILENT

PER_PAGE = 25


@dataclass(slots=True)
class MeterForm:
    """A meter with its form and what came of it."""

    meter: Meter
    previous: Previous
    form: ReadingForm
    accepted: Reading | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("office.enter_readings")
@list_parameters(account=is_number, q=is_text)
def enter(request: StaffRequest) -> HttpResponse:
    """Enter readings of an account: each meter stands for itself, an error in one does not lose the others."""
    account, typed = account_of(int_param(request, "account")), request.GET.get("q", "").strip()
    if account is None:
        match = find_account(typed) if typed else None
        if match is not None:
            return redirect(f"{reverse('office_readings')}?account={match.pk}")
        if request.GET:
            messages.error(request, _("There is no such account. Check the digits."))
        return page(
            request,
            "office/readings/enter.html",
            title=gettext_lazy("Enter readings"),
            icon="form",
            account=None,
            typed=typed,
        )
    log_view(request, account, "Показания: ввод")
    today = clock.today()
    head = ReadingsHeadForm(request.POST or None, today=today, initial={"taken_on": today})
    meters = _meter_forms(request, account, today)
    if request.method == "POST" and head.is_valid() and _accept(request, head, meters):
        messages.success(request, _("The readings are accepted."))
        return redirect("office_account", pk=account.pk)
    return page(
        request,
        "office/readings/enter.html",
        title=gettext_lazy("Enter readings"),
        icon="form",
        subtitle=account.premises.address,
        account=account,
        typed="",
        head=head,
        meters=meters,
    )


def _meter_forms(request: StaffRequest, account: Account, today: dt.date) -> list[MeterForm]:
    meters = list(active_meters(account, on=today))
    previous = previous_values(meters, before=today + dt.timedelta(days=1))
    may_exceed_flow = request.user.has_perm("office.review_readings")
    return [
        MeterForm(
            meter,
            previous[meter.pk],
            ReadingForm(request.POST or None, prefix=f"meter-{meter.pk}", may_exceed_flow=may_exceed_flow),
        )
        for meter in meters
    ]


def _accept(request: StaffRequest, head: ReadingsHeadForm, meters: list[MeterForm]) -> bool:
    """Whether everything that was written is accepted now."""
    day, whole = head.cleaned_data["taken_on"], True
    moment = clock.now() if day == clock.today() else clock.start_of(day) + dt.timedelta(hours=12)
    for item in meters:
        if not item.form.is_valid():
            whole = False
        elif item.form.cleaned_data["value"] is not None:
            try:
                item.accepted = submit_reading(
                    meter=item.meter,
                    value=item.form.cleaned_data["value"],
                    moment=moment,
                    source=ReadingSource(head.cleaned_data["source"]),
                    entered_by=request.user,
                    confirmed_high=item.form.cleaned_data["confirmed_high"],
                    confirmed_rollover=item.form.cleaned_data["confirmed_rollover"],
                    report=head.cleaned_data["report"],
                    flow_reason=item.form.cleaned_data.get("flow_reason", ""),
                )
            except ReadingRefused as refusal:
                item.form.add_error("value", error_message(refusal, for_staff=True))
                whole = False
    if whole and not any(item.accepted for item in meters):
        head.add_error(None, _("Enter at least one reading."))
        return False
    return whole


@require_safe
@reads("office.review_readings")
@list_parameters(q=is_text, flag=one_of(Flag), page=is_page, export=is_export)
def flagged(request: StaffRequest) -> HttpResponse:
    """Show what waits for the engineer; searched, filtered, page by page, as a file."""
    query, flag = request.GET.get("q", "").strip(), request.GET.get("flag", "")
    waiting = selectors.flagged_by(query=query, flag=flag)
    if "export" in request.GET:
        return table_response(request, request.GET["export"], "flagged-readings", FLAGGED, selectors.flagged(waiting))
    reading_page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "office/readings/flagged.html",
        title=gettext_lazy("Flagged readings"),
        icon="warning",
        page_obj=reading_page,
        rows=selectors.flagged(reading_page.object_list),
        query=query,
        flag=flag,
        flags=Flag.choices,
        get=same_list(request),
    )


@require_POST
@needs("office.review_readings")
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """Accept a flagged reading, ask the resident, or set it aside."""
    reading = found_or_404(selectors.accepted_reading(pk))
    what = request.POST.get("what")
    if what == "accept":
        accept_flagged(reading=reading, by=request.user, moment=clock.now())
        messages.success(request, _("The reading stays."))
    elif what == "ask":
        notified = ask_about(reading=reading, account=reading.meter.account)
        if notified:
            messages.success(request, _("The resident was asked."))
        else:
            messages.warning(
                request, _("Nobody was notified: already asked, or there is neither a login nor an e-mail.")
            )
    elif what == "set_aside":
        with outcome_message(request, MonthPassed, done=_("The reading does not count any more.")):
            set_aside(reading=reading, by=request.user, moment=clock.now())
    return redirect("office_flagged")


@require_safe
@needs("office.see_missing_readings")
@list_parameters()
def heat_map(request: StaffRequest) -> HttpResponse:
    """Show who has not sent yet, house by house."""
    rows = selectors.heat_map(clock.today())
    return page(
        request,
        "office/readings/heat_map.html",
        title=gettext_lazy("Who has not sent"),
        icon="table",
        rows=rows,
        sent=sum(row.sent for row in rows),
        accounts=sum(row.accounts for row in rows),
    )


@require_safe
@needs("office.see_missing_readings")
@list_parameters(export=is_export)
def house(request: StaffRequest, pk: int) -> HttpResponse:
    """The accounts of a house that have not sent."""
    shown_house = found_or_404(house_of(pk))
    silent = selectors.silent_accounts(shown_house, today=clock.today())
    if "export" in request.GET:
        return table_response(request, request.GET["export"], f"silent-{shown_house.pk}", SILENT, silent)
    return page(
        request,
        "office/readings/house.html",
        title=gettext_lazy("Who has not sent"),
        icon="table",
        subtitle=str(shown_house),
        accounts=silent,
        get="",
    )

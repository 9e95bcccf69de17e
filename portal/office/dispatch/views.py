"""The dispatcher's list and what is done to a request."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.models import Account, House
from portal.accounts.selectors import holders_now, house_of
from portal.core import clock
from portal.core.exports import table_response
from portal.core.files.downloads import as_download
from portal.core.formatting import phone_text
from portal.core.list_parameters import is_day, is_export, is_number, is_page, is_text, list_parameters, one_of
from portal.core.params import date_param, int_param
from portal.core.pdf.documents import render_document
from portal.core.refusals import error_message
from portal.office.accounts.selectors import account_of
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, page, reads, same_list
from portal.office.dispatch.forms import CallForm, CorrectForm, FilterForm, correct_initial, moment_of, number_of
from portal.office.dispatch.selectors import (
    emergency_crew,
    incident_of,
    request_of,
    requests_of,
    requests_of_incident,
)
from portal.office.dispatch.tables import REQUESTS
from portal.service_requests.crews.models import CrewKind
from portal.service_requests.crews.selectors import crews
from portal.service_requests.dispatch import correcting, selectors, services
from portal.service_requests.dispatch.enums import TRANSITIONS, RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.exceptions import CrewMissing, MomentMissing, WordsMissing
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.exceptions import StepRefused, WrongState
from portal.service_requests.outages.selectors import known_outage
from portal.service_requests.permissions import DISPATCH

PER_PAGE = 30


def _filters(request: HttpRequest) -> selectors.RequestFilters:
    return selectors.RequestFilters(
        query=request.GET.get("q", "").strip(),
        kind=request.GET.get("kind", ""),
        state=request.GET.get("state", "open"),
        crew=int_param(request, "crew"),
        house=int_param(request, "house"),
    )


@require_safe
@reads(DISPATCH)
@list_parameters(
    q=is_text,
    kind=one_of(RequestKind),
    state=one_of(("open", *RequestState)),
    crew=is_number,
    house=is_number,
    page=is_page,
    export=is_export,
)
def index(request: HttpRequest) -> HttpResponse:
    """The live list: the part with the rows asks for itself again every ten seconds."""
    now, requests = clock.now(), selectors.dispatcher_list(_filters(request))
    if "export" in request.GET:
        return table_response(
            request, request.GET["export"], f"zayavki-ads-{now:%Y-%m-%d}", REQUESTS, requests.iterator(2000)
        )
    request_page = Paginator(requests, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page_obj": request_page,
        "rows": [(row, selectors.clock_of(row, now), selectors.next_states(row)) for row in request_page],
        "joinable": selectors.joinable(now),
        "crews": list(crews(CrewKind.EMERGENCY)),
        "now": now,
        "get": same_list(request),
    }
    if request.headers.get("HX-Request"):
        return render(request, "office/dispatch/_list.html", context)
    form = FilterForm(request.GET or {"state": "open"}, crews=context["crews"])
    return page(
        request,
        "office/dispatch/index.html",
        title=_("Emergency dispatch"),
        icon="warning",
        filters=form,
        house=_house(_filters(request).house, list(request_page)),
        **context,
    )


def _house(chosen: int | None, listed: Sequence[DispatchRequest]) -> House | None:
    """The house that the list is narrowed to: each of its requests has it at hand."""
    if not chosen:
        return None
    return listed[0].house if listed else house_of(chosen)


@require_safe
@reads(DISPATCH)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A request whole."""
    dispatch_request = found_or_404(request_of(pk))
    log_view(request, dispatch_request, f"Заявка в АДС № {dispatch_request.number}")
    same_house = (
        selectors.dispatcher_list(selectors.RequestFilters(house=dispatch_request.house_id))
        if dispatch_request.house_id
        else []
    )
    apart = [
        other
        for other in same_house
        if other.pk != dispatch_request.pk
        and (other.incident_id is None or other.incident != dispatch_request.incident)
    ]
    return page(
        request,
        "office/dispatch/detail.html",
        title=_("Request No. %(number)s") % {"number": dispatch_request.number},
        subtitle=dispatch_request.address,
        icon="warning",
        call=dispatch_request,
        time=selectors.clock_of(dispatch_request, clock.now()),
        next_states=[
            s for s in selectors.next_states(dispatch_request) if s not in {RequestState.ASSIGNED, RequestState.CLOSED}
        ],
        may_reject=RequestState.REJECTED in TRANSITIONS[dispatch_request.state],
        events=dispatch_request.events.select_related("by"),
        photos=[photo.file for photo in dispatch_request.photos.select_related("file")],
        crews=crews(CrewKind.EMERGENCY),
        same_house=apart[:10],
        may_correct=dispatch_request.state in correcting.CORRECTABLE,
        may_undo=dispatch_request.state in correcting.UNDONE_TO,
    )


@require_POST
@needs(DISPATCH)
def perform_action(request: StaffRequest, pk: int) -> HttpResponse:
    """Make one step on a request; an employee who comes second is shown who was first."""
    dispatch_request = found_or_404(request_of(pk))
    try:
        _perform_action(request, dispatch_request)
    except StepRefused as refusal:
        messages.error(request, error_message(refusal, for_staff=True))
    else:
        messages.success(request, _("Done."))
    return redirect("office_dispatch" if request.POST.get("back") == "list" else f"/admin/dispatch/{pk}/")


def _perform_action(request: StaffRequest, dispatch_request: DispatchRequest) -> None:
    data, by, now = request.POST, request.user, clock.now()
    version = number_of(data.get("version", ""))
    text = data.get("text", "").strip()[:1000]
    action = data.get("action", "")
    if action == "assign":
        crew = emergency_crew(number_of(data.get("crew", "")))
        if crew is None:
            raise CrewMissing
        services.reassign(request=dispatch_request, crew=crew, version=version, by=by, moment=now)
    elif action == "promise":
        until = moment_of(data.get("until", ""))
        if until is None:
            raise MomentMissing
        services.promise(request=dispatch_request, until=until, version=version, by=by, moment=now)
    elif action == "undo":
        correcting.undo(request=dispatch_request, reason=text, version=version, by=by, moment=now)
    elif action in {"say", "note"}:
        if not text:
            raise WordsMissing
        services.say(request=dispatch_request, text=text, public=action == "say", by=by, moment=now)
    elif action not in RequestState.values:
        raise WrongState(action)
    else:
        services.move(request=dispatch_request, to=RequestState(action), version=version, by=by, moment=now, text=text)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DISPATCH)
@list_parameters(q=is_text, account=is_number)
def call(request: StaffRequest) -> HttpResponse:
    """Write down a phone call; whoever is ours is found by name, address, number or phone."""
    query, chosen = request.GET.get("q", "").strip(), _chosen(request)
    form = CallForm(request.POST or None, initial=_known_of(chosen) if chosen else {})
    if request.method == "POST" and form.is_valid():
        dispatch_request = _take_call(request, form)
        if dispatch_request is not None:
            messages.success(request, _("Request No. %(number)s received.") % {"number": dispatch_request.number})
            return redirect("office_dispatch_request", pk=dispatch_request.pk)
    accounts = selectors.callers(query) if query else []
    for account in accounts:
        log_view(request, account, "Звонок: поиск абонента")
    return page(
        request,
        "office/dispatch/call.html",
        title=_("A call"),
        icon="mobile-alt",
        form=form,
        query=query,
        accounts=accounts,
        chosen=chosen,
        open_in_house=selectors.open_in_house(chosen) if chosen else [],
    )


def _chosen(request: HttpRequest) -> Account | None:
    """The account that the address of the page names; that it was opened is noted."""
    account = account_of(int_param(request, "account"))
    if account is not None:
        log_view(request, account, "Звонок: выбран абонент")
    return account


def _known_of(account: Account) -> dict[str, str]:
    """What the form begins with: the account, and of its holders the one of longest standing as the caller."""
    person = next((holder.person for holder in holders_now(account)), None)
    return {
        "account": account.number,
        "caller": person.full_name if person else "",
        "phone": phone_text(person.phone) if person else "",
    }


def _take_call(request: StaffRequest, form: CallForm) -> DispatchRequest | None:
    data = form.cleaned_data
    account: Account | None = data["account"]
    place = (
        services.place_of(account, data["place"])
        if account
        else services.RequestPlace(address=data["address"], description=data["place"])
    )
    kind, moment = RequestKind(data["kind"]), clock.now()
    outage = known_outage(place.house, kind, moment)
    try:
        return services.take_request(
            key=str(data["form_token"] or uuid.uuid4()),
            kind=kind,
            place=place,
            text=data["text"],
            phone=data["phone"],
            caller=data["caller"],
            moment=moment,
            author=request.user,
            source=RequestSource.PHONE,
            outage_id=outage.pk if outage else None,
        )
    except StepRefused as refusal:
        form.add_error("phone", error_message(refusal, for_staff=True))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(DISPATCH)
def correct(request: StaffRequest, pk: int) -> HttpResponse:
    """Put kind, address, words, caller of a request right; what was stays in its history."""
    dispatch_request = found_or_404(request_of(pk))
    if dispatch_request.state not in correcting.CORRECTABLE:
        messages.error(request, error_message(WrongState(dispatch_request.state), for_staff=True))
        return redirect("office_dispatch_request", pk=pk)
    log_view(request, dispatch_request, f"Заявка в АДС № {dispatch_request.number}: правка")
    form = CorrectForm(request.POST or None, initial=correct_initial(dispatch_request), source=dispatch_request.source)
    if request.method == "POST" and form.is_valid():
        try:
            correcting.correct(
                request=dispatch_request,
                facts=correcting.RequestFacts(**form.facts()),
                version=number_of(request.POST.get("version", "")),
                by=request.user,
                moment=clock.now(),
            )
        except StepRefused as refusal:
            form.add_error(None, error_message(refusal, for_staff=True))
        else:
            messages.success(request, _("The request is corrected. The original stays in its history."))
            return redirect("office_dispatch_request", pk=pk)
    return page(
        request,
        "office/dispatch/correct.html",
        title=_("Correct request No. %(number)s") % {"number": dispatch_request.number},
        subtitle=dispatch_request.address,
        icon="edit",
        form=form,
        call=dispatch_request,
        version=request.POST.get("version", dispatch_request.version),
    )


@require_POST
@needs(DISPATCH)
def join(request: StaffRequest) -> HttpResponse:
    """Make one incident of several requests."""
    ids = [number_of(value) for value in request.POST.getlist("request")]
    joined = requests_of(ids)
    if len(joined) < 2:
        messages.error(request, _("Choose at least two requests."))
        return redirect("office_dispatch")
    incident = services.join(requests=joined, by=request.user, moment=clock.now())
    messages.success(request, _("Joined into one incident."))
    return redirect("office_incident", pk=incident.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@reads(DISPATCH)
def incident(request: StaffRequest, pk: int) -> HttpResponse:
    """An incident: its requests move together; an outage is made from it."""
    shown_incident = found_or_404(incident_of(pk))
    if request.method == "POST":
        to = request.POST.get("to", "")
        crew = emergency_crew(number_of(request.POST.get("crew", "")))
        if to in RequestState.values:
            try:
                moved = services.move_incident(
                    incident=shown_incident,
                    to=RequestState(to),
                    by=request.user,
                    moment=clock.now(),
                    crew=crew,
                    text=request.POST.get("text", "").strip()[:1000],
                )
                messages.success(request, _("Requests moved: %(count)d.") % {"count": moved})
            except StepRefused as refusal:
                messages.error(request, error_message(refusal, for_staff=True))
        return redirect("office_incident", pk=pk)
    requests, now = requests_of_incident(shown_incident), clock.now()
    return page(
        request,
        "office/dispatch/incident.html",
        title=_("Incident"),
        subtitle=str(shown_incident),
        icon="warning",
        incident=shown_incident,
        rows=[(row, selectors.clock_of(row, now)) for row in requests],
        outages=shown_incident.outages.all(),
        states=selectors.steps_together(requests),
        crews=crews(CrewKind.EMERGENCY),
        sent=next((row.crew for row in requests if row.crew), None),
    )


def _shift_times(request: HttpRequest) -> tuple[dt.datetime, dt.datetime]:
    """The shift that was asked for (8:00 to 20:00, 20:00 to 8:00), or the one that runs now."""
    now = clock.now()
    runs = now - dt.timedelta(hours=8)  # the night's shift is of the day on which it began
    day = date_param(request, "day") or runs.date()
    night = request.GET.get("shift", "" if "day" in request.GET else "day" if runs.hour < 12 else "night") == "night"
    since = dt.datetime.combine(day, dt.time(20 if night else 8), tzinfo=now.tzinfo)
    return since, since + dt.timedelta(hours=12)


@require_safe
@reads(DISPATCH)
@list_parameters(day=is_day, shift=one_of(("day", "night")))
def shift(request: HttpRequest) -> HttpResponse:
    """The shift's report as PDF."""
    since, until = _shift_times(request)
    report = selectors.shift(since, until, now=clock.now())
    content = render_document("pdf/shift_report.html", {"report": report, "by": request.user})
    response = HttpResponse(content, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return as_download(response, f"smena-{since:%Y-%m-%d-%H}.pdf")

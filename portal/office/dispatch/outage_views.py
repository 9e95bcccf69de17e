"""Outages in the admin: draft, preview of who is hit, announcing, moving, ending."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.enums import Service
from portal.core import clock
from portal.core.exports import table_response
from portal.core.formatting import moment_text
from portal.core.list_parameters import is_export, is_page, is_text, list_parameters, one_of
from portal.core.refusals import error_field, error_message
from portal.notifications.selectors import progress
from portal.office.common.views import StaffRequest, found_or_404, needs, page, reads, same_list
from portal.office.dispatch.forms import OutageForm, moment_of, number_of, outage_initial
from portal.office.dispatch.selectors import incident_of, outage_by_form, outage_of, requests_of_outage
from portal.office.dispatch.tables import OUTAGES as OUTAGES_TABLE
from portal.service_requests.dispatch.exceptions import MomentMissing
from portal.service_requests.dispatch.models import Incident
from portal.service_requests.exceptions import StepRefused, WrongState
from portal.service_requests.outages import selectors, services
from portal.service_requests.outages.calculation import HousesNotUnderstood
from portal.service_requests.outages.models import Outage, OutageKind, OutageState
from portal.service_requests.outages.notifications import event_prefix
from portal.service_requests.permissions import DISPATCH, OUTAGES
from portal.service_requests.terms import RequestTerms

PER_PAGE = 30
NOTICE_DAYS = 10


@require_safe
@reads(OUTAGES)
@list_parameters(q=is_text, state=one_of(OutageState), page=is_page, export=is_export)
def index(request: HttpRequest) -> HttpResponse:
    """Every outage."""
    state, query = request.GET.get("state", ""), request.GET.get("q", "").strip()
    outages = selectors.for_staff(state=state, query=query)
    if "export" in request.GET:
        return table_response(request, request.GET["export"], f"otklyucheniya-{clock.today()}", OUTAGES_TABLE, outages)
    shown = Paginator(outages, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "office/dispatch/outages.html",
        title=_("Outages"),
        icon="warning",
        page_obj=shown,
        states=OutageState.choices,
        state=state,
        query=query,
        get=same_list(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(OUTAGES)
def edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Create an outage, or change a draft. Nobody is notified yet."""
    outage = get_object_or_404(Outage, pk=pk, state=OutageState.DRAFT) if pk else None
    key = number_of(request.GET.get("incident", ""))
    incident = incident_of(key)
    form = OutageForm(request.POST or None, initial=_initial(outage, incident))
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form, outage, incident)
        if saved is not None:
            return redirect("office_outage", pk=saved.pk)
    return page(request, "office/dispatch/outage_edit.html", title=_("Outage"), icon="warning", form=form)


def _initial(outage: Outage | None, incident: Incident | None) -> dict[str, object]:
    if outage is not None:
        return outage_initial(outage)
    initial: dict[str, object] = {"services": [Service.COLD_WATER], "kind": OutageKind.PLANNED}
    if incident is not None and incident.house is not None:
        initial |= {
            "kind": OutageKind.EMERGENCY,
            "starts_at": clock.now(),
            "reason": str(incident.get_kind_display()),
            "street-0": incident.house.street_id,
            "houses-0": incident.house.number,
        }
    return initial


def _save(request: StaffRequest, form: OutageForm, outage: Outage | None, incident: Incident | None) -> Outage | None:
    data = form.cleaned_data
    token = data["form_token"] if outage is None else None
    try:
        services.require_plausible(starts_at=data["starts_at"], ends_at=data["ends_at"], now=clock.now())
        return services.draft(
            kind=OutageKind(data["kind"]),
            services=[Service(code) for code in data["services"]],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            reason=data["reason"],
            delivery=data["delivery"],
            scopes=form.scopes(),
            by=request.user,
            incident=incident,
            outage=outage,
            form_token=token,
        )
    except IntegrityError:  # the same form, sent twice at once
        return outage_by_form(token)
    except HousesNotUnderstood as refusal:
        for _street, houses in form.scope_rows():
            if refusal.part in str(houses.value() or ""):
                form.add_error(houses.name, _('"%(part)s" cannot be read.') % {"part": refusal.part})
                return None
        raise forms.ValidationError(str(refusal)) from refusal
    except StepRefused as refusal:
        form.add_error(error_field(refusal) or "ends_at", error_message(refusal, for_staff=True))
        return None


@require_safe
@reads(OUTAGES)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An outage: whom it hits, and how far its notices have come."""
    outage = found_or_404(outage_of(pk))
    hit = selectors.hit_when_announced(outage) if outage.published_at else selectors.hit(selectors.scopes_of(outage))
    return page(
        request,
        "office/dispatch/outage.html",
        title=str(outage.get_kind_display()),
        subtitle=outage.reason,
        icon="warning",
        outage=outage,
        requests=requests_of_outage(outage) if request.user.has_perm(DISPATCH) else [],
        hit=hit,
        sent=progress(event_prefix(outage)) if outage.revision else None,
        short_notice=outage.kind == OutageKind.PLANNED
        and selectors.working_days_ahead(outage, clock.today()) < NOTICE_DAYS,
    )


@require_POST
@needs(OUTAGES)
def perform_action(request: StaffRequest, pk: int) -> HttpResponse:
    """Announce, move, end or call off."""
    outage = get_object_or_404(Outage, pk=pk)
    action, typed = request.POST.get("action", ""), request.POST.get("when", "")
    when = moment_of(typed)
    try:
        if action not in {"publish", "cancel", "move", "end"}:
            raise WrongState(action)
        if when is None and (typed or action == "move"):
            raise MomentMissing
        if action == "publish" and "confirmed" not in request.POST:
            return _asked(request, outage)
        if action == "publish":
            services.publish(outage=outage, moment=clock.now())
        elif action == "cancel":
            services.cancel(outage=outage)
        elif action == "move" and when is not None:
            services.move(outage=outage, ends_at=when, reason=request.POST.get("reason", "").strip()[:250])
        elif action == "end":
            services.end(outage=outage, ended_at=when or clock.now(), now=clock.now())
        announced = outage.state != OutageState.DRAFT or action != "cancel"
        messages.success(
            request,
            _("Done. Residents are being notified.")
            if announced
            else _("The draft is discarded; nobody was notified."),
        )
    except StepRefused as refusal:
        messages.error(request, error_message(refusal, for_staff=True))
    return redirect("office_outage", pk=pk)


def _asked(request: StaffRequest, outage: Outage) -> HttpResponse:
    """Confirm before everybody is notified: time, number of accounts, and likely mistakes."""
    terms, now = RequestTerms.load(), clock.now()
    hit = selectors.hit(selectors.scopes_of(outage))
    consequences = [
        _("Everybody in these houses is notified at once, in My account and by e-mail. A letter cannot be recalled.")
    ]
    if outage.starts_at < now - dt.timedelta(days=terms.outage_past_days):
        consequences.insert(
            0, _("It began more than %(days)d days ago: is the day right?") % {"days": terms.outage_past_days}
        )
    if outage.ends_at - outage.starts_at > dt.timedelta(days=terms.outage_long_days):
        consequences.insert(
            0, _("It lasts longer than %(days)d days: are the days right?") % {"days": terms.outage_long_days}
        )
    return page(
        request,
        "office/confirm.html",
        title=_("Announce the outage"),
        subtitle=outage.reason,
        icon="warning",
        facts=[
            (_("When"), " – ".join(moment_text(moment, year=True) for moment in (outage.starts_at, outage.ends_at))),
            (_("Services"), ", ".join(outage.service_names())),
            (_("Accounts"), hit.accounts),
            (_("Houses"), len(hit.houses)),
        ],
        consequences=consequences,
        hidden={"action": "publish"},
        button=_("Announce"),
        back=reverse("office_outage", args=[outage.pk]),
    )

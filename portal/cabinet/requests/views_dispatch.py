"""Requests to dispatch from the resident's side."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.client_ip import sender_of
from portal.accounts.models import Account
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.requests.forms import DispatchForm
from portal.cabinet.requests.rows import KINDS, rows_of
from portal.cabinet.requests.uploads import gather
from portal.core import clock
from portal.core.formatting import phone_text
from portal.core.models import PrivateFile
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.core.refusals import add_error, error_message
from portal.service_requests.dispatch import selectors, services
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.exceptions import SimilarRequestExists
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.exceptions import StepRefused
from portal.service_requests.outages.models import Outage
from portal.service_requests.outages.selectors import banner_for, concerned, known_outage
from portal.service_requests.permissions import PHOTO
from portal.service_requests.terms import RequestTerms

PER_PAGE = 15


@require_safe
@resident_page
def index(request: ResidentRequest) -> HttpResponse:
    """List the resident's requests of all kinds."""
    which = request.GET.get("which", "")
    rows = rows_of(request.resident.user, which=which if which in {"open", "over"} else "")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    choices = [("", _("All")), ("open", _("Under way")), ("over", _("Completed"))]
    return render(request, "cabinet/requests/index.html", {"page": page, "choices": choices, "which": which})


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def new(request: ResidentRequest) -> HttpResponse:
    """Send a request to the emergency dispatch."""
    resident = request.resident
    if request.method != "POST":
        person = getattr(resident.user, "person", None)
        initial = {"account": resident.account.pk, "phone": phone_text(person.phone) if person else ""}
        return _form(request, DispatchForm(accounts=resident.accounts, initial=initial), [])
    form = DispatchForm(request.POST, request.FILES, accounts=resident.accounts)
    photos, errors = gather(request, name="photos", kind=PHOTO, user=resident.user, pdf=False)
    valid = form.is_valid()
    for text in errors:
        form.add_error("photos", text)
    dispatch_request = _take(request, form, photos) if valid and not errors else None
    if dispatch_request is None:
        return _form(request, form, photos, status=422)
    messages.success(request, _("Request No. %(number)s received.") % {"number": dispatch_request.number})
    return redirect("cabinet:request", pk=dispatch_request.pk)


def _take(request: ResidentRequest, form: DispatchForm, photos: list[PrivateFile]) -> DispatchRequest | None:
    data = form.cleaned_data
    account = next(candidate for candidate in request.resident.accounts if str(candidate.pk) == data["account"])
    kind, moment = RequestKind(data["kind"]), clock.now()
    outage = known_outage(account.premises.house, kind, moment)
    try:
        return services.take_request(
            key=f"{request.resident.user.pk}:{request.POST.get('form_token', '')[:30]}",
            kind=kind,
            place=services.place_of(account, data["place"]),
            text=data["text"],
            phone=data["phone"],
            moment=moment,
            author=request.resident.user,
            photos=photos,
            outage_id=outage.pk if outage else None,
            sender=sender_of(request),
            another=bool(data["another"]),
        )
    except RateLimited as limit:
        show_limit(request, form, limit)
        return None
    except StepRefused as refusal:
        if isinstance(refusal, SimilarRequestExists):
            form.similar = refusal.existing
        add_error(form, refusal)
        return None


def _form(request: ResidentRequest, form: DispatchForm, photos: list[PrivateFile], status: int = 200) -> HttpResponse:
    form_token = request.POST.get("form_token", "")
    context = {
        "form": form,
        "photos": photos,
        "form_token": form_token,
        "known": known_outages(request.resident.accounts),
    }
    return render(request, "cabinet/requests/new.html", context, status=status)


@dataclass(frozen=True, slots=True)
class KnownOutage:
    """What is off now at one of the login's houses."""

    address: str
    outage: Outage
    overdue: bool


def known_outages(accounts: list[Account]) -> list[KnownOutage]:
    """Return what is off now at the login's houses, so that it need not be reported again."""
    now = clock.now()
    return [
        KnownOutage(account.premises.address, outage, outage.is_overdue(now))
        for account in accounts
        for outage in banner_for({account.premises.house_id}, now, days_ahead=0)
    ]


def _own(request: ResidentRequest, pk: int) -> DispatchRequest:
    return get_object_or_404(selectors.requests_of(request.resident.user), pk=pk)


@require_safe
@resident_page
def detail(request: ResidentRequest, pk: int) -> HttpResponse:
    """A request with its time line, refreshed automatically with JavaScript."""
    dispatch_request = _own(request, pk)
    context = {
        "call": dispatch_request,
        "steps": selectors.time_line(dispatch_request),
        "photos": [photo.file for photo in dispatch_request.photos.select_related("file")],
        "badge": KINDS[RequestState(dispatch_request.state)],
        "marks": range(1, 6),
        "delivery": _delivery(dispatch_request),
        "confirm_days": RequestTerms.load().confirm_days,
    }
    template = (
        "cabinet/requests/_progress.html" if request.headers.get("HX-Request") else "cabinet/requests/detail.html"
    )
    return render(request, template, context)


def _delivery(dispatch_request: DispatchRequest) -> Outage | None:
    """The outage at the place of an open request that has water brought."""
    if dispatch_request.account is None or not dispatch_request.is_open:
        return None
    return next(
        (outage for outage in concerned(dispatch_request.account, clock.now(), days_ahead=0) if outage.delivery), None
    )


@require_POST
@resident_page
def answer(request: ResidentRequest, pk: int) -> HttpResponse:
    """Confirm that the work helped, or reopen the request."""
    spend(Action.FOLLOW_UP, sender=sender_of(request))
    dispatch_request, user, now = _own(request, pk), request.resident.user, clock.now()
    try:
        if request.POST.get("helped") == "yes":
            services.confirm(request=dispatch_request, by=user, moment=now)
            messages.success(request, _("Thank you. The request is closed."))
        else:
            text = request.POST.get("text", "").strip()[:1000]
            services.reopen(request=dispatch_request, text=text, by=user, moment=now)
            messages.success(request, _("The request is reopened and at the top of the list."))
    except StepRefused as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:request", pk=pk)


@require_POST
@resident_page
def rate(request: ResidentRequest, pk: int) -> HttpResponse:
    """Store the resident's rating."""
    spend(Action.FOLLOW_UP, sender=sender_of(request))
    dispatch_request = _own(request, pk)
    mark = request.POST.get("mark", "")
    if mark not in {"1", "2", "3", "4", "5"}:
        messages.error(request, _("Choose a rating from 1 to 5."))
        return redirect("cabinet:request", pk=pk)
    try:
        services.rate(
            request=dispatch_request,
            mark=int(mark),
            text=request.POST.get("text", "").strip(),
            by=request.resident.user,
            moment=clock.now(),
        )
        messages.success(request, _("Thank you for your rating."))
    except StepRefused as refusal:
        messages.error(request, error_message(refusal))
    return redirect("cabinet:request", pk=pk)

"""The registrar's screens: parse, one call of a service, answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import audit, exceptions, pdfs
from portal.accounts.models import (
    Account,
    Holder,
    Person,
    PersonalRequest,
    RegistrationDraft,
    Throttle,
)
from portal.accounts.permissions import DECIDE, REGISTER, UNLOCK
from portal.accounts.selectors.logins import paused
from portal.accounts.selectors.people import search_people
from portal.accounts.services import drafts, holders, logins, personal_requests, throttling
from portal.accounts.staff import is_employee
from portal.core import clock
from portal.core.files.downloads import as_download
from portal.core.formatting import date_text
from portal.core.list_parameters import is_page, is_text, list_parameters
from portal.core.refusals import error_message
from portal.metering.exceptions import MeterRefused, ReadingRefused
from portal.metering.selectors import active_meters
from portal.office.accounts.selectors import account_of
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, outcome_message, page
from portal.office.registration import forms, selectors, services, steps

ICON = "user"
FOLDER = "office/registration/"


@require_safe
@needs(REGISTER)
@list_parameters(q=is_text, page=is_page)
def desk(request: StaffRequest) -> HttpResponse:
    """The registrar's desk: what waits, and where to begin."""
    query = request.GET.get("q", "").strip()
    return page(
        request,
        f"{FOLDER}desk.html",
        title=gettext_lazy("Registration of residents"),
        icon=ICON,
        query=query,
        people=Paginator(selectors.people_by(query), 20).get_page(request.GET.get("page")),
        drafts=selectors.open_drafts(),
        finished=selectors.finished_drafts(),
        requests=selectors.waiting_requests(),
        paused=paused(clock.real_now()),
        waiting_applications=selectors.waiting_applications(clock.today()),
    )


@require_POST
@needs(REGISTER)
def start(request: StaffRequest) -> HttpResponse:
    """A new draft, or one filled from an application sent ahead."""
    number = request.POST.get("application", "").strip()
    application = selectors.application_numbered(number, today=clock.today()) if number else None
    if number and application is None:
        messages.error(
            request, _("There is no application %(number)s: applications are stored for 30 days.") % {"number": number}
        )
        return redirect("registration_desk")
    draft = drafts.start(by=request.user, application=application)
    return redirect("registration_step", draft_id=draft.pk, name=steps.NAMES[0])


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REGISTER)
def step(request: StaffRequest, draft_id: int, name: str) -> HttpResponse:
    """One step: what was typed is kept even when it is wrong; `go` leads to another step all the same."""
    draft = _draft(draft_id)
    if name not in steps.NAMES:
        raise Http404
    current = steps.step_named(name)
    if request.method == "POST":
        drafts.save(draft, step=name, typed={**steps.typed(request.POST), "submitted": "1"})
        form = steps.bound(current, draft)
        wanted = request.POST.get("go", "")
        if wanted in (*steps.NAMES, "check"):
            return _to(draft, wanted)
        if form is not None and form.is_valid():
            return _to(draft, steps.after(name))
    else:
        form = steps.bound(current, draft) or steps.fresh(current, draft)
    return page(
        request,
        f"{FOLDER}step.html",
        title=gettext_lazy("New registration"),
        subtitle=str(current.title),
        icon=ICON,
        draft=draft,
        form=form,
        current=current,
        steps=steps.check_all(draft),
        is_formset=name == "meters",
        streets=selectors.street_names() if name == "premises" else (),
        previous=steps.before(name),
    )


def _to(draft: RegistrationDraft, name: str) -> HttpResponse:
    if name == "check":
        return redirect("registration_check", draft_id=draft.pk)
    return redirect("registration_step", draft_id=draft.pk, name=name)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REGISTER)
def check(request: StaffRequest, draft_id: int) -> HttpResponse:
    """The whole once more, and one transaction."""
    draft = _draft(draft_id)
    checked = steps.check_all(draft)
    ready = all(checked_step.is_valid for checked_step in checked)
    if request.method == "POST" and ready:
        data, meters = steps.registration_of(checked)
        try:
            done = services.complete(
                draft=draft, data=data, meters=meters, by=request.user, moment=clock.real_now(), today=clock.today()
            )
        except (exceptions.RegistrationRefused, MeterRefused, ReadingRefused) as refusal:
            messages.error(request, error_message(refusal, for_staff=True))
        except services.DraftFinished:
            return redirect("registration_desk")
        else:
            messages.success(request, _("Account %(number)s is open.") % {"number": done.account.number})
            if done.account.billed_from is not None:
                message = _("Earlier months are closed: bills begin with %(day)s.")
                messages.info(request, message % {"day": date_text(done.account.billed_from, year=True)})
            return redirect("registration_person", person_id=done.person.pk)
    return page(
        request,
        f"{FOLDER}check.html",
        title=gettext_lazy("New registration"),
        subtitle=_("Check"),
        icon=ICON,
        draft=draft,
        steps=checked,
        ready=ready,
    )


@require_POST
@needs(REGISTER)
def drop(request: StaffRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away."""
    drafts.drop(_draft(draft_id))
    return redirect("registration_desk")


@require_safe
@needs(REGISTER)
def person(request: StaffRequest, person_id: int) -> HttpResponse:
    """A person with accounts, contracts, login and papers; opening it is noted in the audit."""
    registered = found_or_404(selectors.person_of(person_id))
    log_view(request, registered, "Карточка человека")
    return page(
        request,
        f"{FOLDER}person.html",
        title=registered.full_name,
        icon=ICON,
        person=registered,
        holdings=selectors.holdings_of(registered),
        contracts=registered.contracts.select_related("account"),
        consents=registered.consents.select_related("text", "recorded_by"),
        of_employee=is_employee(registered.user),
        slip_form=forms.SlipForm(),
        login_form=forms.NewLoginForm(initial={"username": _login_for(registered)}),
    )


def _login_for(registered: Person) -> str:
    holding = selectors.present_holding(registered)
    return suggested_login(holding.account) if holding else ""


def suggested_login(account: Account) -> str:
    """A free login name made of an account's number: «r0010001», and «r0010001-2» for its next holder."""
    name = f"r{account.number}"
    usernames = selectors.usernames_from(name)
    return next(
        candidate
        for candidate in (name, *(f"{name}-{n}" for n in range(2, len(usernames) + 3)))
        if candidate not in usernames
    )


def _person_with_login(person_id: int) -> Person:
    person = found_or_404(selectors.person_of(person_id))
    if person.user is None:
        raise Http404
    return person


@require_POST
@needs(REGISTER)
def make_login(request: StaffRequest, person_id: int) -> HttpResponse:
    """A login for a person who has none."""
    registered = get_object_or_404(Person, pk=person_id)
    form = forms.NewLoginForm({"wanted": "on", "username": request.POST.get("username", "")})
    if form.is_valid():
        try:
            logins.create_login(
                person=registered, username=form.cleaned_data["username"], email=registered.email, by=request.user
            )
            messages.success(request, _("The login is created. Print the slip."))
        except exceptions.RegistrationRefused as refusal:
            messages.error(request, error_message(refusal, for_staff=True))
    else:
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect("registration_person", person_id=registered.pk)


@require_POST
@needs(REGISTER)
def slip(request: StaffRequest, person_id: int) -> HttpResponse:
    """The slip: each print carries a new one-time password, after the passport was seen."""
    registered = _person_with_login(person_id)
    form = forms.SlipForm(request.POST)
    if registered.user is None or is_employee(registered.user):
        messages.error(request, _("This is an employee's login: the administrator sets a new password for it."))
        return redirect("registration_person", person_id=registered.pk)
    if not form.is_valid():
        messages.error(request, _("Look at the passport first and tick the box."))
        return redirect("registration_person", person_id=registered.pk)
    password = logins.new_slip(user=registered.user, passport_checked=True, by=request.user, moment=clock.real_now())
    audit.printed(registered, by=request.user, what="Листок с одноразовым паролем")
    return _pdf(
        pdfs.slip_pdf(user=registered.user, password=password, today=clock.today()), f"slip-{registered.user}.pdf"
    )


@require_POST
@needs(REGISTER)
def switch_login(request: StaffRequest, person_id: int) -> HttpResponse:
    """Close a resident's login, or open it again."""
    registered = _person_with_login(person_id)
    if registered.user is None or is_employee(registered.user):
        raise Http404
    change = logins.close_login if registered.user.is_active else logins.open_login
    change(user=registered.user, by=request.user)
    return redirect("registration_person", person_id=registered.pk)


@require_safe
@needs(REGISTER)
def contract(request: StaffRequest, contract_id: int) -> HttpResponse:
    """The contract's PDF, in two copies."""
    signed_contract = found_or_404(selectors.contract_of(contract_id))
    meters = [
        f"{meter}, {meter.place}".strip(", ") for meter in active_meters(signed_contract.account, on=clock.today())
    ]
    audit.printed(signed_contract.person, by=request.user, what=f"Договор {signed_contract.number}")
    return _pdf(pdfs.contract_pdf(signed_contract, meters=meters), f"contract-{signed_contract.pk}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REGISTER)
@list_parameters(q=is_text)
def account(request: StaffRequest, account_id: int) -> HttpResponse:
    """Show who holds an account, who held it; the way to a new one; taking one off."""
    shown_account = found_or_404(account_of(account_id))
    if request.method == "POST":
        return _remove(request, shown_account)
    log_view(request, shown_account, "Абоненты счёта")
    query = request.GET.get("q", "").strip()
    return page(
        request,
        f"{FOLDER}account.html",
        title=_("Holders of %(number)s") % {"number": shown_account.number},
        subtitle=shown_account.premises.address,
        icon=ICON,
        account=shown_account,
        query=query,
        today=clock.today(),
        holders=selectors.holders_of(shown_account),
        people=search_people(query)[:20] if query else (),
    )


def _remove(request: StaffRequest, shown_account: Account) -> HttpResponse:
    form = forms.RemoveHolderForm(request.POST, account=shown_account)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect("registration_account", account_id=shown_account.pk)
    holder: Holder = form.cleaned_data["holder"]
    done = _("%(name)s no longer holds the account.") % {"name": holder.person.full_name}
    with outcome_message(request, exceptions.RegistrationRefused, done=done):
        holders.remove(holder=holder, until=form.cleaned_data["until"], by=request.user, today=clock.today())
    return redirect("registration_account", account_id=shown_account.pk)


@require_POST
@needs(DECIDE)
def decide(request: StaffRequest, request_id: int) -> HttpResponse:
    """Decide on a resident's request about their own data."""
    personal_request = get_object_or_404(PersonalRequest, pk=request_id)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the answer to the resident."))
        return redirect("registration_desk")
    with outcome_message(request, exceptions.RequestDecided):
        personal_requests.decide(
            request_id=personal_request.pk,
            done=form.cleaned_data["decision"] == "done",
            answer=form.cleaned_data["answer"],
            by=request.user,
            moment=clock.real_now(),
        )
    return redirect("registration_desk")


@require_POST
@needs(UNLOCK)
def unlock(request: StaffRequest, throttle_id: int) -> HttpResponse:
    """Let a paused login or address in at once."""
    throttle = get_object_or_404(Throttle, pk=throttle_id)
    throttling.unlock(throttle)
    audit.access(request.user, by=request.user, what=f"Снята пауза: {throttle.get_scope_display()}")
    messages.success(request, _("The pause is lifted."))
    return redirect("registration_desk")


def _draft(draft_id: int) -> RegistrationDraft:
    return get_object_or_404(RegistrationDraft, pk=draft_id, finished_at=None)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "no-store"})
    return as_download(response, name)

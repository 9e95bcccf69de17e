"""The profile: parse, one call of a service, answer. Everything starts from who is logged in."""

from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_q.tasks import async_task

from portal.accounts import audit
from portal.accounts.client_ip import sender_of
from portal.accounts.enums import PersonalRequestKind
from portal.accounts.exceptions import RequestWaits, TooManyKeys
from portal.accounts.models import Person, User
from portal.accounts.selectors import former_holdings
from portal.accounts.selectors import profile as selectors
from portal.accounts.selectors.people import person_of_login
from portal.accounts.services import api_keys, email_change, external_login, personal_requests
from portal.accounts.services import consents as consent_services
from portal.accounts.services import profile as services
from portal.accounts.services import sessions as session_services
from portal.accounts.services.personal_requests import ANSWER_WITHIN
from portal.accounts.views.livejournal import leave, settings_or_404
from portal.cabinet.access import LoginRequest, ResidentRequest, login_page, resident_page
from portal.cabinet.confirming import Confirmation, confirmation_page
from portal.cabinet.profile import forms
from portal.core import clock
from portal.core.encryption import decrypt, encrypt
from portal.core.files.services import store_file
from portal.core.formatting import date_text, money_text
from portal.core.money import ZERO
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import spend
from portal.core.refusals import add_error, error_message
from portal.ledger.selectors import balances
from portal.notifications.forms import ChoicesForm
from portal.service_requests.uploads import count_upload

FOLDER = "cabinet/profile/"
NEW_KEY = "new_api_key"
"""Where the session holds the encrypted secret of a new key until it is shown."""
MAKE_EXPORT = "portal.cabinet.profile.jobs.make_export"


def _person(request: LoginRequest) -> Person:
    person = person_of_login(_me(request))
    if person is None:
        raise Http404
    return person


def _me(request: LoginRequest) -> User:
    return request.resident.user


@require_safe
@login_page
def profile(request: LoginRequest) -> HttpResponse:
    """Show the resident's data and ways of logging in."""
    own_profile = selectors.profile_of(_me(request))
    context = {"profile": own_profile, "livejournal": _journals_on(request), "former": former_holdings(_me(request))}
    return render(request, f"{FOLDER}profile.html", context)


def _journals_on(request: LoginRequest) -> bool:
    try:
        settings_or_404(request)
    except Http404:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def contacts(request: LoginRequest) -> HttpResponse:
    """Phone and the address for letters."""
    person = _person(request)
    initial = {"phone": person.phone, "postal_address": person.postal_address}
    form = forms.ContactsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_contacts(person=person, by=_me(request), moment=clock.real_now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("cabinet:profile")
    return _form(request, form, _("Phone and address"), _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
@reauthentication_required(allow_get=True)
def email(request: LoginRequest) -> HttpResponse:
    """Another e-mail address, after the password or code: confirmed from its mailbox, told to the old one."""
    form = forms.EmailForm(request.POST or None, initial={"email": _me(request).email})
    if request.method == "POST" and form.is_valid():
        try:
            change = email_change.ask(
                user=_me(request),
                address=form.cleaned_data["email"],
                moment=clock.real_now(),
                sender=sender_of(request),
            )
        except RateLimited as refusal:
            show_limit(request, form, refusal, field="email")
        else:
            messages.success(
                request, _("We have sent you a letter: open the link in it.") if change else _("This is your address.")
            )
            return redirect("cabinet:profile")
    return _form(request, form, pgettext("cabinet", "E-mail"), _("Send the letter"))


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def delivery(request: ResidentRequest) -> HttpResponse:
    """Receipts of the open account: on paper or electronic."""
    account = request.resident.account
    form = forms.DeliveryForm(request.POST or None, initial={"delivery": account.delivery})
    if request.method == "POST" and form.is_valid():
        services.choose_delivery(account=account, delivery=form.cleaned_data["delivery"], by=_me(request))
        messages.success(request, _("Saved. It applies from the next receipt."))
        return redirect("cabinet:profile")
    return _form(request, form, _("Receipts: on paper or electronic"), _("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def notifications(request: LoginRequest) -> HttpResponse:
    """Show what to write about, and by which channel."""
    form = ChoicesForm(request.POST or None, user=_me(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.changed(_me(request), by=_me(request), what="Выбор уведомлений")
        messages.success(request, _("Saved."))
        return redirect("cabinet:profile")
    return render(request, f"{FOLDER}notifications.html", {"choices_form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def sessions(request: LoginRequest) -> HttpResponse:
    """Show where the login is open and which API keys work; each may be ended, or all at once but this session."""
    me, key, now = _me(request), request.session.session_key or "", clock.real_now()
    if request.method == "POST":
        if request.POST.get("all"):
            session_services.end_sessions(user=me, but=key)
            audit.access(me, by=me, what="Завершены сеансы и ключи API")
        elif request.POST.get("api_key", "").isdecimal():
            api_keys.revoke_key(user=me, key_id=int(request.POST["api_key"]), moment=now)
        elif request.POST.get("session", "").isdecimal():
            session_services.end_session(user=me, session_id=int(request.POST["session"]))
            audit.access(me, by=me, what="Завершён сеанс")
        messages.success(request, _("Ended."))
        return redirect("cabinet:profile-sessions")
    session_services.forget_dead(user=me)
    context = {
        "sessions": selectors.sessions_of(me, current_key=key),
        "keys": api_keys.working_keys(user=me, moment=now),
    }
    return render(request, f"{FOLDER}sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
@reauthentication_required(allow_get=True)
def keys(request: ResidentRequest) -> HttpResponse:
    """Make an API key, after the password or code; the next page shows its secret."""
    now = clock.real_now()
    form = forms.KeyForm(request.POST or None, moment=now)
    if request.method == "POST" and form.is_valid():
        try:
            _made, secret = api_keys.make_key(user=_me(request), moment=now, **form.cleaned_data)
        except TooManyKeys as refusal:
            add_error(form, refusal)
        else:
            request.session[NEW_KEY] = encrypt(secret)
            return redirect("cabinet:profile-key-made")
    status = 422 if form.errors else 200
    return render(request, f"{FOLDER}keys.html", {"form": form}, status=status)


@require_GET
@resident_page
def key_made(request: ResidentRequest) -> HttpResponse:
    """Show the secret of the key just made, once: it is taken from the session and stored nowhere else."""
    stored = request.session.pop(NEW_KEY, "")
    return render(request, f"{FOLDER}key_made.html", {"secret": decrypt(stored) if stored else ""})


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def livejournal(request: LoginRequest) -> HttpResponse:
    """Link a journal, after the password."""
    template = settings_or_404(request).livejournal_identity
    form = forms.LinkJournalForm(request.POST or None, template=template, request=request)
    if request.method == "POST" and form.is_valid():
        left = leave(request, form, process="connect", next_url="/personal/profile/")
        if left is not None:
            return left
    return _form(request, form, _("Link LiveJournal"), _("Go to LiveJournal"))


@require_POST
@login_page
def unlink_livejournal(request: LoginRequest) -> HttpResponse:
    """Take every journal from the login."""
    external_login.unlink(user=_me(request), moment=clock.real_now())
    messages.success(request, _("LiveJournal is unlinked."))
    return redirect("cabinet:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def consents(request: LoginRequest) -> HttpResponse:
    """The consent in force with its text: give it on screen, or withdraw."""
    person, me = _person(request), _me(request)
    text = consent_services.ensure_text(today=clock.today())
    if request.method != "POST" and "withdraw" in request.GET:
        return confirmation_page(request, _withdrawal())
    if request.method == "POST":
        spend(Action.PERSONAL_REQUEST, sender=sender_of(request))
        if request.POST.get("act") == "withdraw":
            consent_services.withdraw(person=person, moment=clock.real_now(), by=me)
            messages.success(request, _("The consent is withdrawn. You may give it again here."))
        else:
            consent_services.record(person=person, text=text, moment=clock.real_now(), by=me)
            messages.success(request, _("The consent is given."))
        return redirect("cabinet:profile-consents")
    consents = list(person.consents.select_related("text"))
    active = [consent for consent in consents if consent.withdrawn_at is None]
    context = {
        "text": text,
        "given": consents,
        "active": active,
        "is_current": any(c.text_id == text.pk for c in active),
    }
    return render(request, f"{FOLDER}consents.html", context)


def _withdrawal() -> Confirmation:
    return Confirmation(
        heading=_("Withdraw the consent to the processing of personal data?"),
        button=_("Withdraw the consent"),
        back_url=reverse("cabinet:profile-consents"),
        back_title=_("Consent to the processing of personal data"),
        facts=[(pgettext("cabinet", "From"), date_text(clock.today(), year=True))],
        consequences=[
            _("What the law requires us to keep (contract, charges, payments) stays even without your consent."),
            _("Your login still works. To deactivate it, send a request from your profile."),
            _("You may give the consent again on the same page."),
        ],
        hidden={"act": "withdraw"},
    )


@require_POST
@login_page
def download(request: LoginRequest) -> HttpResponse:
    """Ask for all data; a job makes the ZIP."""
    spend(Action.PERSONAL_REQUEST, sender=sender_of(request))
    try:
        export = services.ask_for_export(user=_me(request), moment=clock.real_now())
    except RequestWaits as refusal:
        messages.info(request, error_message(refusal))
    else:
        async_task(MAKE_EXPORT, export.pk)
        messages.success(request, _("We are collecting your data. It takes a few minutes; we will send you a message."))
    return redirect("cabinet:profile")


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def change_name(request: LoginRequest) -> HttpResponse:
    """Ask the office for another name, with a paper."""
    person = _person(request)
    try:
        for upload in request.FILES.getlist("document"):
            count_upload(upload, sender=sender_of(request))
    except RateLimited as refusal:
        form = forms.NameForm(request.POST, person=person)
        show_limit(request, form, refusal, field="document")
        return _form(request, form, _("Change name"), _("Send to the office"), files=True)
    form = forms.NameForm(request.POST or None, request.FILES or None, person=person)
    if request.method == "POST" and form.is_valid() and _counted(request, form):
        data = form.cleaned_data
        checked = data["document"]
        stored = store_file(
            kind="personal-document",
            owner=f"person:{person.pk}",
            name=checked.name,
            content=checked.content,
            content_type=checked.content_type,
        )
        wanted = {name: data[name] for name in personal_requests.NAMES}
        return _asked(
            request, person, PersonalRequestKind.NAME, wanted=wanted, comment=data["comment"], document=stored
        )
    return _form(request, form, _("Change name"), _("Send to the office"), files=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_page
def close(request: LoginRequest) -> HttpResponse:
    """Ask the office to close the login."""
    form = forms.CloseLoginForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and _counted(request, form):
        return _asked(request, _person(request), PersonalRequestKind.CLOSE, comment=form.cleaned_data["comment"])
    return _form(request, form, _("Deactivate account"), _("Send to the office"), notes=_what_closing_means(request))


def _what_closing_means(request: LoginRequest) -> list[str]:
    """Return what happens after the request to close the login: who, when, what stays, the way back."""
    accounts = request.resident.accounts
    balance_of = balances([account.pk for account in accounts])
    owed = [(account, balance_of[account.pk]) for account in accounts if balance_of.get(account.pk, ZERO) > 0]
    by = date_text(clock.real_now().date() + ANSWER_WITHIN)
    return [
        _("The office reviews the request and answers by %(day)s. Until then My account works as before.")
        % {"day": by},
        _("After that nobody can log in with this login, and receipts come on paper."),
        _("The customer account and the contract stay: water is charged and has to be paid for as before."),
        *(
            _("Owed now, %(address)s: %(sum)s. The debt stays.")
            % {"address": account.premises.address, "sum": money_text(sum_owed)}
            for account, sum_owed in owed
        ),
        _("To come back, bring your passport to the office: access will be restored."),
    ]


def _counted(request: LoginRequest, form: BaseForm) -> bool:
    """Whether a request about personal data is within the limits; otherwise the form says how long to wait."""
    try:
        spend(Action.PERSONAL_REQUEST, sender=sender_of(request))
    except RateLimited as refusal:
        show_limit(request, form, refusal)
        return False
    return True


def _asked(request: LoginRequest, person: Person, kind: PersonalRequestKind, **content: Any) -> HttpResponse:
    try:
        personal_request = personal_requests.ask(person=person, kind=kind, moment=clock.real_now(), **content)
    except RequestWaits as refusal:
        messages.info(request, error_message(refusal))
    else:
        messages.success(request, _("Sent. We answer by %(day)s.") % {"day": date_text(personal_request.answer_by)})
    return redirect("cabinet:profile")


def _short_title(action: str) -> str:
    return "" if action in audit.TOLD_WHOLE else audit.TITLES.get(action, action).partition(":")[0]


@require_safe
@login_page
def history(request: LoginRequest) -> HttpResponse:
    """Show who saw and changed the resident's data, and when."""
    entries = Paginator(selectors.history_of(_me(request)), 30).get_page(request.GET.get("page"))
    rows = [
        {
            "moment": entry.timestamp,
            "who": _("You") if entry.user_id == request.user.pk else _("Staff") if entry.user_id else "—",
            "action": _short_title(entry.action),
            **{name: (entry.data or {}).get(name, "") for name in ("what", "before", "after")},
        }
        for entry in entries
    ]
    return render(request, f"{FOLDER}history.html", {"rows": rows, "entries": entries})


def _form(
    request: LoginRequest, form: object, title: str, button: str, *, files: bool = False, notes: Sequence[str] = ()
) -> HttpResponse:
    context = {"form": form, "heading": title, "button": button, "files": files, "notes": notes}
    return render(request, f"{FOLDER}form.html", context)

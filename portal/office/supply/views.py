"""Registered persons, services and the end of an account: written, shown what closed months make of it, entered."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.enums import Service
from portal.accounts.exceptions import RegistrationRefused
from portal.accounts.models import Account, User
from portal.accounts.services import supply
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.exceptions import BillingRefused
from portal.billing.services.what_if import Effect, preview_account_change
from portal.core import clock
from portal.core.list_parameters import is_text, list_parameters, one_of
from portal.core.refusals import error_message
from portal.ledger.selectors import balance
from portal.office.accounts.selectors import account_of
from portal.office.audit.viewing import log_view
from portal.office.closing.failures import not_computable_text
from portal.office.common.preview_tokens import preview_token, was_previewed
from portal.office.common.views import StaffRequest, found_or_404, needs, page
from portal.office.supply.forms import STOP, CloseAccountForm, PersonsForm, ServiceForm, initial_day
from portal.office.supply.selectors import last_occupancy, occupancies_of, services_of
from portal.service_requests.dispatch.selectors import callers

Change = Callable[[Account, dict[str, Any], User | None], object]
MAX_FOUND = 20


def _persons(account: Account, data: dict[str, Any], by: User | None) -> object:
    return supply.change_persons(
        account=account,
        since=data["since"],
        registered=data["registered"],
        owners=data["owners"],
        by=by,
        today=clock.today(),
    )


def _service(account: Account, data: dict[str, Any], by: User | None) -> object:
    service, today = Service(data["service"]), clock.today()
    if data["what"] == STOP:
        return supply.stop(account=account, service=service, until=data["day"], by=by, today=today)
    return supply.supply(account=account, service=service, since=data["day"], by=by, today=today)


def _close(account: Account, data: dict[str, Any], by: User | None) -> object:
    return supply.close_account(account=account, on=data["day"], by=by, today=clock.today())


@dataclass(frozen=True, slots=True)
class AccountChange:
    """A change of an account: its heading, form, the field with its day, what does it."""

    title: Promise
    form: type[forms.Form]
    day: str
    change: Change
    done: Promise


KINDS = {
    "persons": AccountChange(
        gettext_lazy("Registered persons"),
        PersonsForm,
        "since",
        _persons,
        gettext_lazy("The number of registered persons is entered."),
    ),
    "services": AccountChange(
        gettext_lazy("Services of the account"), ServiceForm, "day", _service, gettext_lazy("The service is changed.")
    ),
    "close": AccountChange(
        gettext_lazy("Close the account"),
        CloseAccountForm,
        "day",
        _close,
        gettext_lazy("The account is closed. The last month is charged by the next closing."),
    ),
}


@needs("accounts.add_occupancy")
def persons(request: StaffRequest, pk: int) -> HttpResponse:
    """Show how many are registered, from a day on."""
    return _changed(request, pk, "persons")


@needs("accounts.add_accountservice")
def services(request: StaffRequest, pk: int) -> HttpResponse:
    """A service begins or ends."""
    return _changed(request, pk, "services")


@needs("accounts.change_account")
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """The account's last day."""
    return _changed(request, pk, "close")


@require_http_methods(["GET", "HEAD", "POST"])
@list_parameters()
def _changed(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    account, kind = found_or_404(account_of(pk)), KINDS[name]
    log_view(request, account, str(kind.title))
    form = kind.form(request.POST or None, initial=_initial(account))
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if was_previewed(request, data):
            if _enter(request, account, kind, form):
                return redirect("office_account", pk=account.pk)
        else:
            effect = effect_of(
                account, form, since=data[kind.day], field=kind.day, change=lambda: kind.change(account, data, None)
            )
            context = shown_effect(request, effect, data)
    return page(
        request,
        "office/supply.html",
        title=kind.title,
        subtitle=f"{account.number}, {account.premises.address}",
        icon="group",
        account=account,
        form=form,
        facts=f"office/_supply_{name}.html",
        owed=balance(account),
        occupancies=occupancies_of(account),
        supplied=services_of(account),
        **context,
    )


def _initial(account: Account) -> dict[str, Any]:
    last = last_occupancy(account)
    return initial_day(clock.today()) | {"owners": last.owners if last else 1}


def _enter(request: StaffRequest, account: Account, kind: AccountChange, form: forms.Form) -> bool:
    try:
        kind.change(account, form.cleaned_data, request.user)
    except RegistrationRefused as refusal:
        form.add_error(kind.day, error_message(refusal, for_staff=True))
        return False
    messages.success(request, str(kind.done))
    return True


def effect_of(
    account: Account, form: forms.Form, *, since: dt.date, field: str, change: Callable[[], object]
) -> Effect | None:
    """Return what closed months since a day would come to after a change; None when it is refused, with words at its
    field.
    """
    try:
        return preview_account_change(account=account, since=since, change=change)
    except RegistrationRefused as refusal:
        form.add_error(field, error_message(refusal, for_staff=True))
    except BillingRefused as refusal:
        form.add_error(None, error_message(refusal, for_staff=True))
    except NotComputable as reason:
        form.add_error(None, not_computable_text(account, reason))
    return None


def shown_effect(request: HttpRequest, effect: Effect | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of an effect, with the token of the values that it is of; nothing without one."""
    if effect is None:
        return {}
    return {
        "effect": effect,
        "rows": [(Service(line.service).label, line) for line in effect.lines],
        "preview_token": preview_token(values),
        "changed": "preview_token" in request.POST,
    }


@require_safe
@needs("office.view_account_card")
@list_parameters(q=is_text, what=one_of(KINDS))
def choose(request: HttpRequest) -> HttpResponse:
    """Show which account: found by number, street and house, name or phone instead of in a list of all of them."""
    query, what = request.GET.get("q", "").strip(), request.GET.get("what", "persons")
    accounts = callers(query, most=MAX_FOUND) if query else []
    for account in accounts:
        log_view(request, account, "Поиск счёта")
    return page(
        request,
        "office/choose_account.html",
        title=KINDS[what].title,
        icon="search",
        query=query,
        what=what,
        accounts=accounts,
        url_name=f"office_{what}",
    )

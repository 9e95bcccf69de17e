"""Access to the cabinet: the resident and the open account; every page of /personal/ begins here."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from portal.accounts.models import Account, User
from portal.accounts.selectors import accounts_of, former_holdings
from portal.accounts.staff import is_employee
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend

CHOSEN = "cabinet_account"
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Resident:
    """Logged-in resident, the accounts that they hold, and the one that is open now."""

    user: User
    accounts: list[Account]
    account: Account

    @property
    def has_several(self) -> bool:
        return len(self.accounts) > 1


@dataclass(frozen=True, slots=True)
class LoginWithoutAccount:
    """Logged-in user who holds no account now: a former holder, or somebody whose account is yet to be tied."""

    user: User
    accounts: tuple[Account, ...] = ()
    account: None = None
    has_several: bool = False


class LoginRequest(HttpRequest):
    """A request for a page about the login itself: who asks may hold no account now."""

    resident: Resident | LoginWithoutAccount


class ResidentRequest(LoginRequest):
    """A request of a resident; templates and tags find the same object in `request.resident`."""

    resident: Resident


def resident_page(
    view: Callable[Concatenate[ResidentRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page of the cabinet: asks for a login, opens the account that was chosen last (one query).

    Staff without an account go to the admin; a resident whose login holds no account is told what to do. What is sent
    counts for the outermost limit of the login, which most kinds of things have their own limits within (429).
    """

    @functools.wraps(view)
    @login_required
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        resident = resident_of(request)
        if resident is None:
            return _nothing_here(request)
        return _answer(request, resident, functools.partial(view, request, *args, **kwargs))  # type: ignore[arg-type]  # it sets the resident

    return page


def login_page(
    view: Callable[Concatenate[LoginRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page about the login itself (messages, profile, papers of former accounts): as `resident_page`, but it stays
    open to whoever holds no account now. Employees who never held one go to the admin.
    """

    @functools.wraps(view)
    @login_required
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        resident = resident_of(request) or login_without_account(request)
        if resident is None:
            return redirect("/admin/")
        return _answer(request, resident, functools.partial(view, request, *args, **kwargs))  # type: ignore[arg-type]  # it sets the resident

    return page


def _answer(
    request: HttpRequest, resident: Resident | LoginWithoutAccount, view: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    if request.method == "POST":
        spend(Action.CABINET_FORM, sender=Sender(login=str(resident.user.pk)))
    request.resident = resident  # type: ignore[attr-defined]  # the attribute that ResidentRequest names
    response = view()
    response.setdefault("Cache-Control", "private, no-store")
    return response


def login_without_account(request: HttpRequest) -> LoginWithoutAccount | None:
    """The login behind a request whatever it holds; None for an employee who never held an account."""
    if not isinstance(request.user, User) or (is_employee(request.user) and not former_holdings(request.user)):
        return None
    return LoginWithoutAccount(request.user)


def resident_of(request: HttpRequest) -> Resident | None:
    """The resident behind a request, or None when the login holds no account now (one query)."""
    accounts = accounts_of(request.user)
    if not accounts or not isinstance(request.user, User):
        return None
    chosen = request.session.get(CHOSEN)
    account = next((candidate for candidate in accounts if candidate.pk == chosen), accounts[0])
    return Resident(request.user, accounts, account)


def choose_account(request: HttpRequest, *, number: str) -> Account | None:
    """Open another of the login's own accounts; None when it is not theirs."""
    account = next((candidate for candidate in accounts_of(request.user) if candidate.number == number), None)
    if account is not None:
        request.session[CHOSEN] = account.pk
    return account


def _nothing_here(request: HttpRequest) -> HttpResponse:
    """A page about an account, for a login that holds none: where the papers of a former holder are."""
    if is_employee(request.user):
        return redirect("/admin/")
    login = login_without_account(request)
    request.resident = login  # type: ignore[attr-defined]  # the attribute that LoginRequest names
    former = former_holdings(request.user)
    response = render(request, "cabinet/no_account.html", {"former": former}, status=403)
    response.setdefault("Cache-Control", "private, no-store")
    return response

"""Papers of an account that the login held once: receipts, payments and the statement of that time, nothing later."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.accounts.models import Holder
from portal.accounts.selectors import former_holdings
from portal.cabinet.access import LoginRequest, login_page
from portal.cabinet.statements import statement_response
from portal.core.formatting import date_text
from portal.core.params import date_param, year_param
from portal.ledger.selectors import owed_when_left
from portal.payments.selectors.residents import payments_of, years_of
from portal.receipts.selectors import receipt_years, receipts_of


def former_home(request: LoginRequest) -> HttpResponse:
    """The first page of a login that holds no account now: what it held, until when, what was owed then."""
    former = owed_when_left(former_holdings(request.resident.user))
    if not former:
        return render(request, "cabinet/no_account.html", {"former": []}, status=403)
    return render(request, "cabinet/former/home.html", {"former": former})


@require_safe
@login_page
def holding(request: LoginRequest, holder_id: int) -> HttpResponse:
    """One former account: the statement's form, receipts and payments by year."""
    holder = _own(request, holder_id)
    user = request.resident.user
    receipt_of, paid_in = receipt_years(holder.account, viewer=user), years_of(user, account=holder.account)
    years = sorted({*receipt_of, *paid_in}, reverse=True)
    year = year_param(request, "year") or (years[0] if years else None)
    context = {
        "holding": holder,
        "owed": owed_when_left([holder])[0][1],
        "years": years,
        "year": year,
        "receipts": receipts_of(holder.account, year=year, viewer=user),
        "payments": payments_of(user, account=holder.account, year=year),
    }
    return render(request, "cabinet/former/holding.html", context)


@require_safe
@login_page
def holding_statement(request: LoginRequest, holder_id: int, kind: str) -> HttpResponse:
    """The statement of a former account; days outside the holding are refused, so are days in the wrong order."""
    holder = _own(request, holder_id)
    since, until = holder.since, holder.until or holder.since
    first, last = date_param(request, "from") or since, date_param(request, "to") or until
    if not since <= first <= last <= until:
        message = _("Choose days from %(since)s to %(until)s, the last day not before the first one.")
        days = {"since": date_text(since, year=True), "until": date_text(until, year=True)}
        messages.error(request, message % days)
        return redirect("cabinet:former", holder_id=holder.pk)
    return statement_response(holder.account, first=first, last=last, kind=kind, payer=holder.person)


def _own(request: LoginRequest, holder_id: int) -> Holder:
    holder = next(
        (candidate for candidate in former_holdings(request.resident.user) if candidate.pk == holder_id), None
    )
    if holder is None:
        raise Http404
    return holder

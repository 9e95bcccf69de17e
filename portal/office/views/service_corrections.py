"""A service entered on an account by mistake: other days, or withdrawn, until a closing has charged it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.enums import Service
from portal.accounts.exceptions import RegistrationRefused
from portal.accounts.models import Account, AccountService, User
from portal.billing.calculation.exceptions import NotComputable
from portal.billing.exceptions import BillingRefused, ServiceWasCharged
from portal.billing.services.supplied import correct_service, first_charged
from portal.billing.services.what_if import Effect, preview_account_change
from portal.core import clock
from portal.core.list_parameters import list_parameters
from portal.core.refusals import error_message
from portal.office.audit.viewing import log_view
from portal.office.card import account_of
from portal.office.preview_tokens import preview_token, was_previewed
from portal.office.reasons import failure
from portal.office.supply_forms import CorrectionForm
from portal.office.views.base import needs, page


@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.add_accountservice")
@list_parameters()
def correct(request: HttpRequest, pk: int, service_pk: int) -> HttpResponse:
    """Written with a reason, shown what closed months make of it, entered; after a closing: what to do instead."""
    account = account_of(pk)
    row = account.services.filter(pk=service_pk).first() if account else None
    if account is None or row is None:
        raise Http404
    log_view(request, account, _("Correct a service"))
    form = CorrectionForm(request.POST or None, initial={"since": row.since, "until": row.until})
    charged = first_charged(row)
    context: dict[str, Any] = {}
    if request.method == "POST" and charged is None and form.is_valid():
        if was_previewed(request, form.cleaned_data):
            if _correct(request, row, form):
                return redirect("office_services", pk=account.pk)
        else:
            effect = _effect(account, row, form)
            if effect is not None:
                context = {
                    "effect": effect,
                    "mark": preview_token(form.cleaned_data),
                    "changed": "seen" in request.POST,
                }
    return page(
        request,
        "office/supply.html",
        title=_("Correct a service"),
        subtitle=f"{account.number}, {account.premises.address}",
        icon="group",
        account=account,
        form=form,
        name="correct",
        row=row,
        refused=error_message(ServiceWasCharged(period=charged), for_staff=True) if charged else "",
        rows=[(Service(line.service).label, line) for line in context["effect"].lines] if context else [],
        **context,
    )


def _correct(request: HttpRequest, row: AccountService, form: CorrectionForm) -> bool:
    assert isinstance(request.user, User)  # noqa: S101  # `needs` stands before
    try:
        _change(row, form, request.user)
    except RegistrationRefused as refusal:
        form.add_error("since", error_message(refusal, for_staff=True))
    except BillingRefused as refusal:
        form.add_error(None, error_message(refusal, for_staff=True))
    else:
        messages.success(request, _("The service is corrected."))
        return True
    return False


def _effect(account: Account, row: AccountService, form: CorrectionForm) -> Effect | None:
    """What closed months would come to; None when it is refused, with the words at its field."""
    days = form.days()
    first: dt.date = row.since if days is None else min(row.since, days[0])
    try:
        return preview_account_change(account=account, since=first, change=lambda: _change(row, form, None))
    except RegistrationRefused as refusal:
        form.add_error("since", error_message(refusal, for_staff=True))
    except BillingRefused as refusal:
        form.add_error(None, error_message(refusal, for_staff=True))
    except NotComputable as reason:
        problem = failure(account, reason.code, reason.detail)
        form.add_error(None, f"{problem.reason}. {problem.detail}")
    return None


def _change(row: AccountService, form: CorrectionForm, by: User | None) -> None:
    correct_service(row=row, days=form.days(), reason=form.cleaned_data["reason"], by=by, today=clock.today())

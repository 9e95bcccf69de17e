"""A service entered on an account by mistake: other days, or withdrawn, until a closing has charged it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.exceptions import RegistrationRefused
from portal.accounts.models import AccountService, User
from portal.billing.exceptions import BillingRefused, ServiceWasCharged
from portal.billing.services.supplied import correct_service, first_charged
from portal.core import clock
from portal.core.list_parameters import list_parameters
from portal.core.refusals import error_message
from portal.office.accounts.selectors import account_of
from portal.office.audit.viewing import log_view
from portal.office.common.preview_tokens import was_previewed
from portal.office.common.views import StaffRequest, found_or_404, needs, page
from portal.office.supply.forms import ServiceCorrectionForm
from portal.office.supply.selectors import service_of
from portal.office.supply.views import effect_of, shown_effect


@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.add_accountservice")
@list_parameters()
def correct(request: StaffRequest, pk: int, service_pk: int) -> HttpResponse:
    """Written with a reason, shown what closed months make of it, entered; after a closing: what to do instead."""
    account = found_or_404(account_of(pk))
    row = found_or_404(service_of(account, service_pk))
    log_view(request, account, _("Correct a service"))
    form = ServiceCorrectionForm(request.POST or None, initial={"since": row.since, "until": row.until})
    charged = first_charged(row)
    context: dict[str, Any] = {}
    if request.method == "POST" and charged is None and form.is_valid():
        if was_previewed(request, form.cleaned_data):
            if _correct(request, row, form):
                return redirect("office_services", pk=account.pk)
        else:
            days = form.days()
            effect = effect_of(
                account,
                form,
                since=row.since if days is None else min(row.since, days[0]),
                field="since",
                change=lambda: _change(row, form, None),
            )
            context = shown_effect(request, effect, form.cleaned_data)
    return page(
        request,
        "office/supply.html",
        title=_("Correct a service"),
        subtitle=f"{account.number}, {account.premises.address}",
        icon="group",
        account=account,
        form=form,
        facts="office/_supply_correct.html",
        row=row,
        refused=error_message(ServiceWasCharged(period=charged), for_staff=True) if charged else "",
        **context,
    )


def _correct(request: StaffRequest, row: AccountService, form: ServiceCorrectionForm) -> bool:
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


def _change(row: AccountService, form: ServiceCorrectionForm, by: User | None) -> None:
    correct_service(row=row, days=form.days(), reason=form.cleaned_data["reason"], by=by, today=clock.today())

"""A new owner, tenant or household member of an account: one screen, looked at before it is booked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import exceptions
from portal.accounts.models import Account, Holder, Person
from portal.accounts.permissions import REGISTER
from portal.accounts.selectors import holders_now, left_by_handover
from portal.accounts.selectors.people import person_numbered
from portal.accounts.services.holders import HandedOver, holder_refusals
from portal.accounts.services.registration import suggested_contract_number
from portal.core import clock
from portal.core.list_parameters import is_number, list_parameters
from portal.core.params import int_param
from portal.core.refusals import add_error, error_message
from portal.ledger.selectors import balance_before, owed_when_left
from portal.metering.selectors import active_meters, previous_values
from portal.office.accounts.selectors import account_of
from portal.office.audit.viewing import log_view
from portal.office.common.preview_tokens import preview_token, was_previewed
from portal.office.common.views import StaffRequest, found_or_404, needs, page
from portal.office.registration import services
from portal.office.registration.handover_forms import FinalReading, FinalReadingForm, HandoverForm
from portal.office.registration.selectors import contract_in_force, holder_of, waiting_of
from portal.office.registration.views import FOLDER, ICON, suggested_login

OWNER, ADDED = "owner", "add"
TITLES: dict[str, Promise] = {
    OWNER: gettext_lazy("New owner or tenant"),
    ADDED: gettext_lazy("Add a resident or representative"),
}
KNOWN = ("last_name", "first_name", "patronymic", "born_on", "phone", "email", "postal_address")


@dataclass(frozen=True, slots=True)
class HandoverPreview:
    """Preview of a handover; the balance at the start of its day, ₽."""

    form: HandoverForm
    balance: Decimal
    leaving: Sequence[Holder]
    staying: Sequence[Holder]
    readings: Sequence[FinalReading]

    @property
    def since(self) -> dt.date:
        """The new holder's first day."""
        since: dt.date = self.form.cleaned_data["since"]
        return since

    @property
    def last_day(self) -> dt.date:
        """The last day of those who leave."""
        return self.since - dt.timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(REGISTER)
@list_parameters(person=is_number)
def handover(request: StaffRequest, account_id: int, kind: str) -> HttpResponse:
    """Write who comes and who leaves, look at what changes, book it."""
    account = found_or_404(account_of(account_id))
    if account.closed_on is not None:
        messages.error(request, error_message(exceptions.AccountIsClosed(account.number), for_staff=True))
        return redirect("registration_account", account_id=account.pk)
    log_view(request, account, "Новый абонент")
    present = holders_now(account)
    form, readings = _form(request, account, present, kind), _readings(request, account, kind)
    context: dict[str, Any] = {"form": form, "readings": readings, "kind": kind, "present": _names(present)}
    context["reading_forms"] = [reading.form for reading in readings]
    if request.method == "POST":
        # Every form is checked, so that all errors are shown at once.
        valid = all([form.is_valid(), *[reading.form.is_valid() for reading in readings]])
        if valid and was_previewed(request, _values(form, readings)):
            done = _book(request, account, form, readings)
            if done is not None:
                return redirect("registration_handover_done", holder_id=done.pk)
        elif _is_possible(request, account, form, present, readings) and valid:
            token = preview_token(_values(form, readings))
            context |= {"preview": _preview(account, form, present, readings), "preview_token": token}
            context |= {"changed": "preview_token" in request.POST, "username": form.handover().username}
    return page(
        request,
        f"{FOLDER}handover.html",
        title=TITLES[kind],
        subtitle=f"{account.number}, {account.premises.address}",
        icon=ICON,
        account=account,
        **context,
    )


def _names(holders: Sequence[Holder]) -> str:
    """«Иванова Анна Петровна, собственник; …»."""
    return "; ".join(f"{holder.person.full_name}, {holder.get_role_display().lower()}" for holder in holders)


def _form(request: StaffRequest, account: Account, present: Sequence[Holder], kind: str) -> HandoverForm:
    if request.method == "POST":
        return HandoverForm(request.POST, present=present, replaces=kind == OWNER)
    today, number = clock.today(), int_param(request, "person")
    chosen: Person | None = person_numbered(number) if number is not None else None
    initial: dict[str, Any] = {"since": today, "consent_signed_on": today, "wanted": True}
    initial["username"] = suggested_login(account)
    if kind == OWNER:
        initial["leaving"] = [str(holder.pk) for holder in present]
        initial["contract_number"] = suggested_contract_number(year=today.year)
    if chosen is not None:
        initial |= {name: getattr(chosen, name) for name in KNOWN}
    return HandoverForm(present=present, replaces=kind == OWNER, chosen=chosen, initial=initial)


def _readings(request: StaffRequest, account: Account, kind: str) -> list[FinalReading]:
    """Readings belong to a change of owner; one more person on the account changes nothing about them."""
    if kind != OWNER:
        return []
    today = clock.today()
    meters = list(active_meters(account, on=today))
    previous = previous_values(meters, before=today + dt.timedelta(days=1))
    return [
        FinalReading(meter, previous[meter.pk], FinalReadingForm(request.POST or None, prefix=f"meter-{meter.pk}"))
        for meter in meters
    ]


def _values(form: HandoverForm, readings: Sequence[FinalReading]) -> dict[str, Any]:
    return form.cleaned_data | {f"meter-{reading.meter.pk}": reading.form.cleaned_data for reading in readings}


def _written(readings: Sequence[FinalReading]) -> list[services.HandoverReading]:
    return [
        services.HandoverReading(meter=reading.meter, **reading.form.cleaned_data)
        for reading in readings
        if reading.value is not None
    ]


def _is_possible(
    request: StaffRequest,
    account: Account,
    form: HandoverForm,
    present: Sequence[Holder],
    readings: Sequence[FinalReading],
) -> bool:
    """Whether nothing stands against a handover; what does is told beside its field, with the other errors at once.

    What could be read of the form is looked at even when other fields are wrong.
    """
    data, today = form.cleaned_data, clock.today()
    refusals = list(
        holder_refusals(
            account=account,
            present=present,
            known=form.known,
            role=data.get("role", ""),
            since=data.get("since"),
            leaving=[int(key) for key in data.get("leaving", ())],
            today=today,
        )
    )
    for refusal in refusals:
        add_error(form, refusal, for_staff=True)
    try:
        services.check_readings(
            readings=_written(readings), since=data.get("since", today), by=request.user, moment=clock.now()
        )
    except services.ReadingsRefused as refused:
        _add_refused(readings, refused)
        return False
    return not refusals


def _add_refused(readings: Sequence[FinalReading], refused: services.ReadingsRefused) -> None:
    for reading in readings:
        if reading.meter.pk in refused.refused:
            reading.form.add_error("value", error_message(refused.refused[reading.meter.pk], for_staff=True))


def _book(
    request: StaffRequest, account: Account, form: HandoverForm, readings: Sequence[FinalReading]
) -> Holder | None:
    done = _handed_over(request, account, form, readings)
    if done is None:
        return None
    messages.success(
        request,
        _("%(name)s has held account %(number)s since %(day)s.")
        % {
            "name": done.holder.person.full_name,
            "number": account.number,
            "day": f"{done.holder.since:%d.%m.%Y}",
        },
    )
    return done.holder


def _handed_over(
    request: StaffRequest, account: Account, form: HandoverForm, readings: Sequence[FinalReading]
) -> HandedOver | None:
    """Return what the service booked; None when it refused, with the words at their fields."""
    try:
        return services.hand_over(
            account=account,
            handover=form.handover(),
            readings=_written(readings),
            by=request.user,
            moment=clock.now(),
            today=clock.today(),
        )
    except exceptions.RegistrationRefused as refusal:
        add_error(form, refusal, for_staff=True)
    except services.ReadingsRefused as refused:
        _add_refused(readings, refused)
    return None


def _preview(
    account: Account, form: HandoverForm, present: Sequence[Holder], readings: Sequence[FinalReading]
) -> HandoverPreview:
    handed = form.handover()
    known = handed.person.known
    gone = {*handed.leaving}
    leaving = [holder for holder in present if holder.pk in gone]
    staying = [
        holder for holder in present if holder.pk not in gone and (known is None or holder.person_id != known.pk)
    ]
    written = [reading for reading in readings if reading.value is not None]
    return HandoverPreview(form, balance_before(account, handed.since), leaving, staying, written)


@require_safe
@needs(REGISTER)
@list_parameters()
def done(request: StaffRequest, holder_id: int) -> HttpResponse:
    """Show what was booked, and what comes next: slip, contract, the statement of who left."""
    holder = found_or_404(holder_of(holder_id))
    log_view(request, holder, "Новый абонент: оформлено")
    left = left_by_handover(holder)
    return page(
        request,
        f"{FOLDER}handover_done.html",
        title=_("What comes next"),
        subtitle=f"{holder.account.number}, {holder.account.premises.address}",
        icon=ICON,
        holder=holder,
        account=holder.account,
        contract=contract_in_force(holder),
        left=owed_when_left(left),
        waiting=waiting_of(holder.account, left),
    )

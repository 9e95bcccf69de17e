"""Dated numbers: written, changed or withdrawn; shown what that does; then saved, or left for a second person."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.approvals.models import NumberRequest
from portal.approvals.selectors import approvers_of
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.exceptions import BillingRefused, NumberOutOfBounds
from portal.billing.number_types import TYPES, NumberChange
from portal.billing.selectors import ChangePreview, preview_number_change
from portal.billing.services import check_change, existing_number, first_open_day, submit_change
from portal.billing.usage import used_by
from portal.core import clock
from portal.core.formatting import date_text, period_text, user_name
from portal.core.refusals import error_message
from portal.office.common.preview_tokens import preview_token, was_previewed
from portal.office.common.views import page
from portal.office.numbers.effects import effect_context
from portal.office.numbers.forms import (
    CoefficientForm,
    KeyRateCapForm,
    KeyRateForm,
    MonthCalendarForm,
    NumberForm,
    RulesForm,
    VatForm,
    WithdrawalForm,
    WorkdayForm,
    WorkdayYearForm,
)


@dataclass(frozen=True, slots=True)
class NumberScreen:
    """The screens of a kind of number: what they are called and their form."""

    new: "str | Promise"
    change: "str | Promise"
    withdraw: "str | Promise"
    form: type[NumberForm]


SCREENS: dict[NumberKind, NumberScreen] = {
    NumberKind.NORM: NumberScreen(
        gettext_lazy("New norm"), gettext_lazy("Change a norm"), gettext_lazy("Withdraw a norm"), NumberForm
    ),
    NumberKind.RAISING: NumberScreen(
        gettext_lazy("New raising coefficient"),
        gettext_lazy("Change a raising coefficient"),
        gettext_lazy("Withdraw a raising coefficient"),
        CoefficientForm,
    ),
    NumberKind.KEY_RATE: NumberScreen(
        gettext_lazy("New key rate"),
        gettext_lazy("Change a key rate"),
        gettext_lazy("Withdraw a key rate"),
        KeyRateForm,
    ),
    NumberKind.KEY_RATE_CAP: NumberScreen(
        gettext_lazy("New limit of the key rate"),
        gettext_lazy("Change a limit of the key rate"),
        gettext_lazy("Withdraw a limit of the key rate"),
        KeyRateCapForm,
    ),
    NumberKind.VAT: NumberScreen(
        gettext_lazy("New VAT"), gettext_lazy("Change VAT"), gettext_lazy("Withdraw VAT"), VatForm
    ),
    NumberKind.WORKDAY_YEAR: NumberScreen(
        gettext_lazy("New working-day calendar"),
        gettext_lazy("Change a working-day calendar"),
        gettext_lazy("Withdraw a working-day calendar"),
        WorkdayYearForm,
    ),
    NumberKind.WORKDAY: NumberScreen(
        gettext_lazy("New transferred day"),
        gettext_lazy("Change a transferred day"),
        gettext_lazy("Withdraw a transferred day"),
        WorkdayForm,
    ),
    NumberKind.MONTH_CALENDAR: NumberScreen(
        gettext_lazy("New calendar of the month"),
        gettext_lazy("Change a calendar of the month"),
        gettext_lazy("Withdraw a calendar of the month"),
        MonthCalendarForm,
    ),
    NumberKind.RULES: NumberScreen(
        gettext_lazy("New rules of calculation"),
        gettext_lazy("Change rules of calculation"),
        gettext_lazy("Withdraw rules of calculation"),
        RulesForm,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, what: str) -> HttpResponse:
    """Write a number, look at what it changes, save it. Saved only by the button under what was shown."""
    kind = _kind(request, what, "add")
    form = SCREENS[kind].form(request.POST or None, initial=request.GET.dict())
    return _answer(request, kind, form, NumberAction.ADD, title=SCREENS[kind].new)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Put another number in the place of one that no closing has used; the former one stays in the list, struck out."""
    kind = _kind(request, what, "change")
    number = _existing(kind, pk)
    form = SCREENS[kind].form(request.POST or None, instance=_existing(kind, pk), changing=True)
    return _answer(request, kind, form, NumberAction.CHANGE, title=SCREENS[kind].change, number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Take back a number that no closing has used, after it was shown what stays in force."""
    kind = _kind(request, what, "change")
    number = _existing(kind, pk)
    form = WithdrawalForm(request.POST or None)
    return _answer(request, kind, form, NumberAction.WITHDRAW, title=SCREENS[kind].withdraw, number=number)


def _kind(request: HttpRequest, what: str, action: str) -> NumberKind:
    try:
        kind = NumberKind(what)
    except ValueError:
        raise Http404 from None
    options = TYPES[kind].model._meta
    if not request.user.has_perm(f"{options.app_label}.{action}_{options.model_name}"):
        raise PermissionDenied
    return kind


def _existing(kind: NumberKind, pk: int) -> Any:
    try:
        return existing_number(kind=kind, pk=pk)
    except BillingRefused:
        raise Http404 from None


def _answer(
    request: HttpRequest,
    kind: NumberKind,
    form: forms.Form | NumberForm,
    action: NumberAction,
    *,
    title: "str | Promise",
    number: Any = None,
) -> HttpResponse:
    options = TYPES[kind].model._meta
    index = f"{options.app_label}_{options.model_name}_modeladmin_index"
    context: dict[str, Any] = {"changed": "preview_token" in request.POST}
    if request.method == "POST" and form.is_valid():
        wanted = _wanted(kind, action, form, number)
        preview = _checked(wanted, form)
        if preview is not None:
            data = form.cleaned_data
            is_previewed, confirmed = was_previewed(request, data), "confirmed" in request.POST or not preview.questions
            if is_previewed and confirmed and _save(request, wanted, form):
                return redirect(index)
            context = {
                "changed": not is_previewed and "preview_token" in request.POST,
                "unconfirmed": is_previewed and not confirmed,
            }
            context |= {"preview_token": preview_token(data), **effect_context(preview)}
    return page(
        request,
        "office/number_form.html",
        title=title,
        icon="decimal",
        subtitle="" if number is None else str(number),
        form=form,
        index=index,
        intro=_used_text(kind, number),
        withdraw=reverse("office_withdraw_number", args=[kind.value, number.pk])
        if action == NumberAction.CHANGE and number is not None
        else "",
        withdrawing=action == NumberAction.WITHDRAW,
        **context,
    )


def _wanted(kind: NumberKind, action: NumberAction, form: Any, number: Any) -> NumberChange:
    data = form.cleaned_data
    values = {} if action == NumberAction.WITHDRAW else {name: data[name] for name in TYPES[kind].fields}
    return NumberChange(
        kind=kind,
        action=action,
        number_id=None if number is None else number.pk,
        values=values,
        reason=data.get("reason", ""),
    )


def _checked(wanted: NumberChange, form: Any) -> ChangePreview | None:
    """Return what the change does; None when billing refuses it, which then stands at its field."""
    today = clock.today()
    try:
        check_change(wanted, today=today)
        return preview_number_change(wanted, today=today)
    except BillingRefused as refusal:
        form.add_error(_field(wanted, refusal, form), error_message(refusal, for_staff=True))
        return None


def _field(wanted: NumberChange, refusal: BillingRefused, form: Any) -> str | None:
    numbered = TYPES[wanted.kind]
    name = numbered.value if isinstance(refusal, NumberOutOfBounds) else numbered.day
    return name if name in form.fields else None


def _save(request: HttpRequest, wanted: NumberChange, form: Any) -> bool:
    """Save, or let it wait; False when billing refuses it now (a closing has started meanwhile)."""
    by: Any = request.user
    try:
        made = submit_change(wanted, by=by, today=clock.today(), now=clock.now())
    except BillingRefused as refusal:
        form.add_error(_field(wanted, refusal, form), error_message(refusal, for_staff=True))
        return False
    if isinstance(made, NumberRequest):
        names = ", ".join(user_name(user) for user in approvers_of(made)) or _("nobody yet")
        message = _("It counts only when somebody else approves it: %(who)s. You will be notified.") % {"who": names}
        messages.warning(request, f"{made.title}. {message}")
    elif wanted.action == NumberAction.WITHDRAW:
        messages.success(request, _("Withdrawn: %(what)s.") % {"what": made})
    else:
        messages.success(request, _("Saved: %(what)s.") % {"what": made})
    return True


def _used_text(kind: NumberKind, number: Any) -> str:
    """Return what stands above the form of a number that a closing has used."""
    used = None if number is None else used_by(number)
    if used is None:
        return ""
    named = {"month": period_text(used), "earliest": date_text(first_open_day(number), year=True)}
    if kind == NumberKind.WORKDAY_YEAR:
        return (
            _("The closing of %(month)s has used this calendar: its year can no longer change, the rest can.") % named
        )
    if kind == NumberKind.WORKDAY:
        return _("The due day of %(month)s was counted with this day: it can no longer be changed.") % named
    return (
        _(
            "The closing of %(month)s has used this number: it can no longer change. Enter a new one from "
            "%(earliest)s or later."
        )
        % named
    )

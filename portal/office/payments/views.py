"""One payment with what passed about it, possible duplicates, reconciliation."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock, spreadsheets
from portal.core.exports import cells_response
from portal.core.form_fields import DayField
from portal.core.formatting import money_text
from portal.core.list_parameters import is_page, list_parameters, one_of
from portal.core.refusals import error_message
from portal.office.audit.viewing import log_view
from portal.office.common.forms import WithoutColons
from portal.office.common.views import StaffRequest, needs, page
from portal.payments.enums import DifferenceKind, DuplicateDecision, PaymentState
from portal.payments.exceptions import LineSettled
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.models import Difference, Payment, PossibleDuplicate, ReconciliationRun
from portal.payments.problems import problem_text
from portal.payments.proposals import PROPOSALS
from portal.payments.reasons import reason_text
from portal.payments.selectors.differences import open_differences
from portal.payments.services.duplicates import decide_duplicate
from portal.payments.services.paying import refresh_payment
from portal.payments.services.receipts import refresh_receipts
from portal.payments.services.reconciliation import QUEUE, reconcile
from portal.payments.services.refunds import refundable

MAKE, RECONCILE = "payments.make_refund", "payments.reconcile"
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs("payments.view_payment")
def payment(request: StaffRequest, pk: int) -> HttpResponse:
    """A payment, its refunds, every answer of the gateway; ask the gateway again."""
    found = get_object_or_404(Payment.objects.select_related("account__premises__house__street", "payer"), pk=pk)
    if request.method == "POST" and found.gateway and request.user.has_perm(RECONCILE):
        gateway = gateway_by_code(found.gateway)
        found = refresh_payment(payment=found, gateway=gateway, now=clock.now())
        found = refresh_receipts(payment=found, gateway=gateway, now=clock.now())
        messages.success(request, _("Asked: %(state)s.") % {"state": found.get_state_display()})
        return redirect("office_payment", pk=pk)
    log_view(request, found, f"Платёж № {found.pk}")
    return page(
        request,
        "office/payments/payment.html",
        title=_("Payment No. %(number)s") % {"number": found.pk},
        subtitle=found.account.number,
        icon="pick",
        payment=found,
        events=[(one, json.dumps(one.body, indent=2, ensure_ascii=False)) for one in found.events.all()[:50]],
        problem=problem_text(found.problem) if found.problem else "",
        refunds=found.refunds.select_related("made_by", "approved_by"),
        refundable=refundable(found),
        reason=reason_text(found.cancel_reason) if found.cancel_reason else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(MAKE)
@list_parameters()
def duplicates(request: StaffRequest) -> HttpResponse:
    """Payments that look made twice: return one, leave it as an advance, or say that both are meant."""
    if request.method == "POST":
        duplicate = get_object_or_404(PossibleDuplicate, pk=request.POST.get("duplicate"))
        decision = request.POST.get("decision", "")
        if decision not in {DuplicateDecision.ADVANCE, DuplicateDecision.REFUND, DuplicateDecision.SEPARATE}:
            return redirect("office_duplicates")
        try:
            decide_duplicate(
                duplicate=duplicate,
                decision=DuplicateDecision(decision),
                by=request.user,
                now=clock.now(),
            )
        except LineSettled as refused:
            messages.error(request, error_message(refused, for_staff=True))
            return redirect("office_duplicates")
        if decision == DuplicateDecision.REFUND:
            return redirect("office_refund_new", pk=duplicate.payment_id)
        return redirect("office_duplicates")
    found = PossibleDuplicate.objects.select_related("payment__account", "earlier", "decided_by")
    return page(
        request,
        "office/payments/duplicates.html",
        title=_("Payments made twice"),
        icon="copy",
        open=found.filter(decision=DuplicateDecision.OPEN),
        decided=found.exclude(decision=DuplicateDecision.OPEN)[:50],
    )


class SpanForm(WithoutColons, forms.Form):
    """Which days are compared."""

    first = DayField(label=pgettext_lazy("portal", "From"))
    last = DayField(label=pgettext_lazy("portal", "To"))

    def clean(self) -> dict[str, dt.date]:
        """The first day not after the last, at most a year."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not dt.timedelta(0) <= last - first <= dt.timedelta(days=366):
            self.add_error("last", _("The last day must not be before the first, nor more than a year after it."))
        return data


@dataclass(frozen=True, slots=True)
class Row:
    """A difference as the list shows it; `age` in days."""

    kind: str
    subject: str
    url: str
    day: dt.date
    ours: str
    theirs: str
    age: int
    proposal: str
    waits: bool


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RECONCILE)
@list_parameters(kind=one_of(DifferenceKind), p=is_page)
def reconciliation(request: StaffRequest) -> HttpResponse:
    """Differences with their age and what to do; compare now."""
    today = clock.today()
    form = SpanForm(request.POST or None, initial={"first": today - dt.timedelta(days=31), "last": today})
    if request.method == "POST" and form.is_valid():
        _compare(request, form)
        return redirect("office_reconciliation")
    kind = request.GET.get("kind", "")
    found = open_differences()
    counts = found.order_by("kind").values_list("kind").annotate(count=Count("pk"))
    pages = Paginator(found.filter(kind=kind) if kind else found, PAGE)
    shown = pages.get_page(request.GET.get("p"))
    return page(
        request,
        "office/payments/reconciliation.html",
        title=_("Reconciliation"),
        icon="list-ul",
        form=form,
        rows=[_row(one, clock.now()) for one in shown],
        differences=shown,
        kind=kind,
        kinds=[(one, DifferenceKind(one).label, count) for one, count in counts],
        runs=ReconciliationRun.objects.select_related("started_by")[:10],
        gateway=current_gateway(),
    )


def _compare(request: StaffRequest, form: SpanForm) -> None:
    run = reconcile(
        first_day=form.cleaned_data["first"],
        last_day=form.cleaned_data["last"],
        gateway=current_gateway(),
        now=clock.now(),
        by=request.user,
    )
    if not run.gateway_answered:
        messages.error(request, _("The gateway did not answer; the other books were compared."))
    numbers = {"found": run.found, "waiting": run.waiting}
    messages.success(request, _("Compared: differences %(found)s, payments without an account %(waiting)s.") % numbers)


def _row(one: Difference, now: dt.datetime) -> Row:
    if one.payment_id:
        url = reverse("office_payment", args=[one.payment_id])
    elif one.kind == DifferenceKind.UNIDENTIFIED:
        url = reverse("office_unknown")
    else:
        url = ""
    age = (clock.date_of(now) - clock.date_of(one.found_at)).days
    return Row(
        kind=one.get_kind_display(),
        subject=one.subject,
        url=url,
        day=one.day,
        ours=_words(one.ours),
        theirs=_words(one.theirs),
        age=max(0, age),
        proposal=str(PROPOSALS[one.kind]),
        waits=one.kind == DifferenceKind.UNIDENTIFIED and now - one.found_at < QUEUE,
    )


def _words(value: str) -> str:
    """A stored sum as money, a stored state by its name."""
    if value in PaymentState.values:
        return str(PaymentState(value).label)
    try:
        return money_text(Decimal(value))
    except InvalidOperation:
        return value


@require_safe
@needs(RECONCILE)
@list_parameters()
def export(request: StaffRequest) -> HttpResponse:
    """The open differences as XLSX."""
    heading = [
        pgettext("office", "Difference"),
        _("What"),
        _("Date"),
        _("Ours"),
        _("Theirs"),
        _("Days open"),
        _("What to do"),
    ]
    found = (_row(one, clock.now()) for one in open_differences().iterator(chunk_size=1000))
    rows: Iterator[list[spreadsheets.Cell]] = (
        [row.kind, row.subject, row.day, row.ours, row.theirs, row.age, row.proposal] for row in found
    )
    return cells_response(request, "xlsx", "reconciliation", heading, rows)

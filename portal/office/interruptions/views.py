"""Reductions for outages: a finished outage proposes, an accountant decides, the next closing applies."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.enums import InterruptionStatus
from portal.billing.models import Interruption
from portal.billing.selectors import interruptions_decided, interruptions_waiting
from portal.billing.selectors.reductions import ReductionEffect, preview_reduction
from portal.billing.services import change_decision, reject_interruption, reject_together
from portal.billing.services.reductions import submit_reduction, waiting_reductions, waits_for_second
from portal.core import clock
from portal.core.formatting import moment_text, money_text, period_text
from portal.core.list_parameters import list_parameters
from portal.office.common.views import StaffRequest, found_or_404, needs, page, reads
from portal.office.interruptions.selectors import interruption_of

DECIDE = "office.close_month"
SHOWN = 30
LONG_DAYS = 3
"""A longer interruption is asked about: Rules 354 allow 24 hours for an accident at most."""
WORK = {"reject": reject_interruption, "turn": change_decision}
REDUCES = {("approve", InterruptionStatus.PROPOSED), ("turn", InterruptionStatus.REJECTED)}


@require_safe
@reads(DECIDE)
@list_parameters()
def proposed(request: HttpRequest) -> HttpResponse:
    """List the reductions that wait for a decision, by outage, oldest first, and recent decisions."""
    outages: dict[str, list[Interruption]] = {}
    pending = waiting_reductions()
    for row in interruptions_waiting():
        row.request_pk = pending.get(row.pk)  # type: ignore[attr-defined]  # an annotation of ours
        outages.setdefault(row.source, []).append(row)
    return page(
        request,
        "office/interruptions.html",
        title=gettext_lazy("Proposed reductions"),
        icon="warning",
        outages=[(source, _origin(source), rows) for source, rows in outages.items()],
        decided=interruptions_decided()[:SHOWN],
    )


def _origin(source: str) -> str:
    """«outage:3» as «Отключение № 3»."""
    what, _colon, number = source.partition(":")
    return _("Outage № %(number)s") % {"number": number} if what == "outage" and number else source


@require_POST
@needs(DECIDE)
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve or reject one interruption, or reverse a decision; a second click on one button changes nothing."""
    interruption = found_or_404(interruption_of(pk))
    what = request.POST.get("what", "")
    if (what, interruption.status) in REDUCES:
        return _reduce(request, [interruption], f"{_origin(interruption.source)}, {interruption.house}")
    if what == "approve":
        messages.info(request, _("Decided: %(status)s.") % {"status": interruption.get_status_display()})
    elif what == "turn" and "confirmed" not in request.POST:
        return _asked(request, [interruption], _("Undo the reduction"))
    elif work := WORK.get(what):
        decided = work(interruption=interruption, by=request.user, moment=clock.now())
        messages.success(request, _("Decided: %(status)s.") % {"status": decided.get_status_display()})
    return redirect("office_interruptions")


@require_POST
@needs(DECIDE)
def decide_outage(request: StaffRequest) -> HttpResponse:
    """Approve or reject all waiting reductions of one outage; a second click changes nothing."""
    what, source = request.POST.get("what"), request.POST.get("source", "")
    number = 0
    if what == "approve":
        waiting = [row for row in interruptions_waiting() if row.source == source]
        if waiting:
            return _reduce(request, waiting, _origin(source))
    elif what == "reject":
        number = reject_together(source=source, by=request.user, moment=clock.now())
    else:
        return redirect("office_interruptions")
    messages.success(request, _("Breaks decided: %(number)d.") % {"number": number})
    return redirect("office_interruptions")


def _reduce(request: StaffRequest, rows: Sequence[Interruption], subject: str) -> HttpResponse:
    """Confirm the sum once, then reduce, or wait for a second person's approval."""
    if "confirmed" not in request.POST:
        return _asked(request, rows, _("Reduce the charges"))
    done = submit_reduction(rows, subject=subject, by=request.user, now=clock.now())
    if isinstance(done, ReductionEffect):
        messages.success(
            request,
            _("Breaks approved: %(number)d. The next closing takes off about %(sum)s.")
            % {"number": len(rows), "sum": money_text(done.amount)},
        )
    else:
        messages.warning(request, _("%(what)s: waits for a second person. Nothing is reduced yet.") % {"what": done})
    return redirect("office_interruptions")


def _asked(request: StaffRequest, rows: Sequence[Interruption], button: str) -> HttpResponse:
    preview = preview_reduction(rows)
    consequences = []
    if preview.estimated:
        consequences.append(_("A month is not closed yet: the charges of the last closed month are used for it."))
    if preview.longest_days >= LONG_DAYS:
        consequences.append(_("The break is longer than %(days)d days: is it right?") % {"days": LONG_DAYS})
    if request.POST.get("what") == "approve" and waits_for_second(preview.amount, by=request.user, now=clock.now()):
        consequences.append(_("The sum is above the limit of one person: it waits until somebody else approves it."))
    first, last = min(row.started_at for row in rows), max(row.ended_at for row in rows)
    months = [preview.months[0], *preview.months[1:][-1:]] if preview.months else []
    return page(
        request,
        "office/confirm.html",
        title=button,
        subtitle=_origin(rows[0].source),
        icon="warning",
        facts=[
            (_("Sum"), money_text(preview.amount)),
            (_("Accounts"), preview.accounts),
            (_("Months"), " – ".join(period_text(month.first_day) for month in months) or "—"),
            (_("From and until"), " – ".join(moment_text(moment, year=True) for moment in (first, last))),
        ],
        consequences=consequences,
        hidden={name: request.POST[name] for name in ("what", "source") if name in request.POST},
        button=button,
        back=reverse("office_interruptions"),
    )

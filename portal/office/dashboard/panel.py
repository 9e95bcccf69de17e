"""The dashboard: what waits for this employee, with numbers that lead there.

A section adds its own by the hook `register_office_waiting`, which returns a Waiting.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import ngettext_lazy
from wagtail import hooks
from wagtail.admin.ui.components import Component

from portal.accounts.models import RegistrationApplication, RegistrationDraft
from portal.accounts.permissions import REGISTER
from portal.approvals.models import MoneyOperation, NumberRequest
from portal.approvals.selectors import waiting_for as decisions_waiting_for
from portal.billing.enums import ClosingStatus, InterruptionStatus
from portal.billing.models import Interruption, RunFailure
from portal.billing.selectors import open_reviews
from portal.core import clock
from portal.core.calendars import month_calendar
from portal.core.formatting import date_text, period_text
from portal.core.periods import Period
from portal.metering.models import Meter
from portal.metering.reviewing import flagged_readings
from portal.notifications.selectors import staff_notices
from portal.office.closing.selectors import next_to_close
from portal.office.common.views import StaffRequest
from portal.office.dashboard.alerts import alerts
from portal.office.first_steps.selectors import SEE_FIRST_STEPS, setup_progress
from portal.office.payments.selectors import open_duplicates
from portal.office.readings.lists import MONTH_DAYS
from portal.office.readings.selectors import heat_map
from portal.office.registration.selectors import waiting_requests
from portal.office.system import selectors as system
from portal.payments.enums import DifferenceKind, RefundState
from portal.payments.models import Refund
from portal.payments.selectors.bank_file_lines import lines_to_decide
from portal.payments.selectors.differences import open_differences
from portal.payments.selectors.guesses import unidentified
from portal.service_requests.commissioning.enums import ApplicationState
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.dispatch.enums import RequestState as DispatchState
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.permissions import DISPATCH, METERS
from portal.service_requests.replacement.selectors import certificates_to_check
from portal.service_requests.support.enums import QuestionState
from portal.service_requests.support.selectors import questions_for_staff

SOON = dt.timedelta(days=MONTH_DAYS)
SHOWN_NOTICES = SHOWN_APPROVALS = 5


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """Something that waits: who sees it, how many, where it leads; `label` is an `ngettext_lazy` without a number."""

    permission: str
    label: "str | Promise"
    count: Callable[[dt.date], int]
    url_name: str
    query: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile of the dashboard."""

    label: str
    count: int
    url: str


def _soon_expiring(today: dt.date) -> int:
    return Meter.objects.filter(closed_on=None, verified_until__gte=today, verified_until__lte=today + SOON).count()


def _failures(today: dt.date) -> int:
    return RunFailure.objects.exclude(run__status=ClosingStatus.REVERSED).count()


WAITING = (
    WaitingItem(
        DISPATCH,
        ngettext_lazy("emergency request without a crew", "emergency requests without a crew"),
        lambda _today: DispatchRequest.objects.filter(state=DispatchState.RECEIVED).count(),
        "office_dispatch",
        "?state=received",
    ),
    WaitingItem(
        METERS,
        ngettext_lazy("application for a meter without a date", "applications for meters without a date"),
        lambda _today: CommissioningApplication.objects.filter(state=ApplicationState.SUBMITTED).count(),
        "office_field",
        "?state=submitted",
    ),
    WaitingItem(
        METERS,
        ngettext_lazy("verification certificate to check", "verification certificates to check"),
        lambda _today: certificates_to_check().count(),
        "office_replacement",
    ),
    WaitingItem(
        "office.review_readings",
        ngettext_lazy("flagged reading to look at", "flagged readings to look at"),
        lambda _today: flagged_readings().count(),
        "office_flagged",
    ),
    WaitingItem(
        "office.see_missing_readings",
        ngettext_lazy("account has not sent its readings", "accounts have not sent their readings"),
        lambda today: sum(row.missing for row in heat_map(today)),
        "office_heat_map",
    ),
    WaitingItem(
        "metering.view_meter",
        ngettext_lazy("meter whose verification ends within 30 days", "meters whose verification ends within 30 days"),
        _soon_expiring,
        "metering_meter_modeladmin_index",
        "?verification=month",
    ),
    WaitingItem(
        "office.close_month",
        ngettext_lazy("account that a closing could not compute", "accounts that a closing could not compute"),
        _failures,
        "office_closing",
    ),
    WaitingItem(
        "office.release_closing",
        ngettext_lazy("closing that stopped and waits for a decision", "closings that stopped and wait for a decision"),
        lambda _today: len(open_reviews()),
        "office_closing",
    ),
    WaitingItem(
        "office.close_month",
        ngettext_lazy("reduction for an outage to decide", "reductions for outages to decide"),
        lambda _today: Interruption.objects.filter(status=InterruptionStatus.PROPOSED).count(),
        "office_interruptions",
    ),
    WaitingItem(
        "payments.import_registry",
        ngettext_lazy("line of a bank file to decide", "lines of bank files to decide"),
        lambda _today: lines_to_decide().count(),
        "office_bank_files",
        "?waiting=yes",
    ),
    WaitingItem(
        "payments.settle_line",
        ngettext_lazy("payment without an account", "payments without an account"),
        lambda _today: unidentified().count(),
        "office_unknown",
    ),
    WaitingItem(
        "payments.reconcile",
        ngettext_lazy("difference with the bank", "differences with the bank"),
        lambda _today: open_differences().exclude(kind=DifferenceKind.UNIDENTIFIED).count(),
        "office_reconciliation",
    ),
    WaitingItem(
        "payments.make_refund",
        ngettext_lazy("payment that looks made twice", "payments that look made twice"),
        lambda _today: open_duplicates().count(),
        "office_duplicates",
    ),
    WaitingItem(
        "payments.view_refund",
        ngettext_lazy("refund to decide", "refunds to decide"),
        lambda _today: Refund.objects.filter(state=RefundState.REQUESTED).count(),
        "office_refunds",
        "?state=requested",
    ),
    WaitingItem(
        "service_requests.answer_support",
        ngettext_lazy("support question to answer", "support questions to answer"),
        lambda _today: questions_for_staff(state=QuestionState.OPEN, disputes=False).count(),
        "cms_support_questions",
        "?topic=other",
    ),
    WaitingItem(
        "service_requests.answer_disputes",
        ngettext_lazy("disputed line of a bill to answer", "disputed lines of bills to answer"),
        lambda _today: questions_for_staff(state=QuestionState.OPEN, disputes=True).count(),
        "cms_support_questions",
        "?topic=disputes",
    ),
    WaitingItem(
        "accounts.decide_personalrequest",
        ngettext_lazy("request about personal data", "requests about personal data"),
        lambda _today: waiting_requests().count(),
        "registration_desk",
    ),
    WaitingItem(
        "notifications.view_message",
        ngettext_lazy("letter not delivered in a week", "letters not delivered in a week"),
        lambda _today: system.undelivered_lately(),
        "office_notice_history",
        "?state=failed&channel=email",
    ),
    WaitingItem(
        REGISTER,
        ngettext_lazy("application form sent in advance", "application forms sent in advance"),
        lambda today: RegistrationApplication.objects.filter(expires_on__gte=today, taken_by=None).count(),
        "registration_desk",
    ),
    WaitingItem(
        REGISTER,
        ngettext_lazy("registration not finished", "registrations not finished"),
        lambda _today: RegistrationDraft.objects.filter(finished_at=None).count(),
        "registration_desk",
    ),
)


def waiting_for(user: Any, today: dt.date) -> list[Shown]:
    """Return what waits for somebody, the fullest first; what nobody has a screen for is left out."""
    shown = [
        Shown(item.label % count, count, url)
        for item in _all()
        if user.has_perm(item.permission) and (url := _url(item))
        for count in [item.count(today)]
    ]
    return sorted(shown, key=lambda tile: tile.count == 0)


def _all() -> Iterator[WaitingItem]:
    yield from WAITING
    for register in hooks.get_hooks("register_office_waiting"):
        yield register()


def _url(item: WaitingItem) -> str:
    try:
        return reverse(item.url_name, args=item.arguments) + item.query
    except NoReverseMatch:
        return ""


def _day_of_span(first: dt.date, last: dt.date) -> str:
    """«10» when both days are of one month, else «28 октября»."""
    return str(first.day) if (first.year, first.month) == (last.year, last.month) else date_text(first)


class WaitingPanel(Component):
    """The first panel of the dashboard."""

    name = "office_waiting"
    template_name = "office/dashboard.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request: StaffRequest = parent_context["request"]
        today = clock.today()
        context: dict[str, Any] = {"request": request, "tiles": waiting_for(request.user, today), "today": today}
        context["notices"] = staff_notices(request.user)[:SHOWN_NOTICES]
        approvals = decisions_waiting_for(MoneyOperation, request.user)
        context["approvals"] = approvals[:SHOWN_APPROVALS]
        context["more_approvals"] = approvals.count() > SHOWN_APPROVALS
        numbers = decisions_waiting_for(NumberRequest, request.user)
        context["numbers"] = numbers[:SHOWN_APPROVALS]
        context["more_numbers"] = numbers.count() > SHOWN_APPROVALS
        if request.user.has_perm("office.close_month") or request.user.has_perm("office.watch_month"):
            context["month"] = self._month(today)
            context["alerts"] = alerts(today, clock.real_now())
        if request.user.has_perm(system.WATCH_SYSTEM):
            context["alerts"] = [*system.problems(), *context.get("alerts", [])]
        if request.user.has_perm(SEE_FIRST_STEPS):
            setup = setup_progress(request.user, today)
            context["setup"] = None if setup.is_whole else setup
        context["may_find"] = request.user.has_perm("office.view_account_card")
        context["may_close"] = request.user.has_perm("office.close_month")
        return context

    def _month(self, today: dt.date) -> dict[str, Any]:
        period: Period = next_to_close(today)
        calendar = month_calendar(period)
        return {
            "name": capfirst(period_text(period)),
            "period": str(period),
            "opens": _day_of_span(calendar.window_opens, calendar.window_closes),
            "closes": date_text(calendar.window_closes),
            "closing": date_text(calendar.closing_day),
            "may_be_closed": today >= calendar.closing_day,
        }

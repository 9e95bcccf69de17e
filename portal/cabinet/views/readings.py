"""Sending readings: the open window, the closed one, the history."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.billing.selectors import estimate, without_readings
from portal.billing.selectors.bills import lines_of
from portal.cabinet.access import ResidentRequest, resident_page
from portal.cabinet.forms.readings import ReadingsForm
from portal.core import clock
from portal.core.exports import ExportColumn, table_response
from portal.core.formatting import date_text, moment_text
from portal.core.params import int_param, year_param
from portal.core.periods import Period
from portal.metering.enums import Status
from portal.metering.exceptions import ReadingWindowClosed
from portal.metering.models import Reading
from portal.metering.selectors import HistoryRow, ReadingWindow, all_meters, reading_rows, reading_years, window
from portal.metering.services import submit_readings
from portal.notifications.categories import WINDOW_OPENS
from portal.notifications.enums import DeliveryChannel
from portal.notifications.selectors import wants
from portal.notifications.services import subscribe

PAGE = 10


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page
def readings(request: ResidentRequest) -> HttpResponse:
    """All meters on one form while the window is open; outside it, why not and when next."""
    today = clock.today()
    if request.method == "POST":
        return _send(request)
    reading_window = window(request.resident.account, today=today)
    if not reading_window.is_open:
        return _closed(request, reading_window)
    if not reading_window.meters:
        return render(request, "cabinet/readings/no_meters.html", {"window": reading_window})
    done = reading_window.sent_all or ("done" in request.GET and reading_window.sent_any)
    if done and "edit" not in request.GET:
        return _accepted(request, reading_window)
    form = ReadingsForm.empty(reading_window.meters)
    return _form(request, reading_window, form)


def _send(request: ResidentRequest) -> HttpResponse:
    moment = clock.now()
    account = request.resident.account
    reading_window = window(account, today=moment.date())
    form = ReadingsForm.typed(reading_window.meters, request.POST)
    try:
        outcome = submit_readings(account=account, sent=form.sent(), moment=moment, entered_by=request.resident.user)
    except ReadingWindowClosed:
        return _closed(request, reading_window, late=True)
    form.take(outcome)
    if form.error_count:
        return _form(request, reading_window, form)
    estimate(account, reading_window.month, known=_known(reading_window, outcome.accepted))
    return redirect(f"{request.path}?done=1")


def _form(request: ResidentRequest, reading_window: ReadingWindow, form: ReadingsForm) -> HttpResponse:
    """The form, with what is charged if nothing is sent."""
    context = {
        "window": reading_window,
        "form": form,
        "today": clock.today(),
        "without": without_readings(request.resident.account, reading_window.month),
    }
    return render(request, "cabinet/readings/form.html", context)


def _accepted(request: ResidentRequest, reading_window: ReadingWindow) -> HttpResponse:
    """Show what was sent, what the bill will be about, what comes next."""
    context = {
        "window": reading_window,
        "estimate": estimate(request.resident.account, reading_window.month, known=_known(reading_window, {})),
    }
    return render(request, "cabinet/readings/accepted.html", context)


def _known(reading_window: ReadingWindow, accepted: Mapping[int, Reading]) -> list[int]:
    """The readings that stand in the window, one of each meter at most."""
    sent = [accepted.get(meter.meter.pk) or meter.sent or meter.control for meter in reading_window.meters]
    return [reading.pk for reading in sent if reading]


def _closed(request: ResidentRequest, reading_window: ReadingWindow, *, late: bool = False) -> HttpResponse:
    today = clock.today()
    period = Period.of(today) if today.day > 15 else Period.of(today).previous
    charges = [line for line in lines_of(request.resident.account, period) if line.charge.kind == "charge"]
    context = {
        "window": reading_window,
        "charges": charges,
        "period": period.first_day,
        "late": late,
        "today": today,
        "reminded": wants(request.resident.user, WINDOW_OPENS, DeliveryChannel.EMAIL),
    }
    return render(request, "cabinet/readings/closed.html", context, status=409 if late else 200)


@require_POST
@resident_page
def remind(request: ResidentRequest) -> HttpResponse:
    """Write to the resident when the next window opens; again is harmless."""
    user = request.resident.user
    subscribe(user=user, category=WINDOW_OPENS)
    if user.email:
        messages.success(request, _("We will write to %(email)s on the day the window opens.") % {"email": user.email})
    else:
        messages.warning(request, _("We will write here in My account. For letters, add your e-mail in the profile."))
    return redirect("cabinet:readings")


@require_safe
@resident_page
def history(request: ResidentRequest) -> HttpResponse:
    """Every reading with its source and status; filters, pages, export."""
    account = request.resident.account
    status = request.GET.get("status", "")
    rows = reading_rows(
        account,
        meter_id=int_param(request, "meter"),
        year=year_param(request, "year"),
        status=status if status in Status.values else "",
    )
    if "export" in request.GET:
        return table_response(request, request.GET["export"], f"pokazaniya-{account.number}", COLUMNS, rows)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "meters": all_meters(account),
        "years": [("", ""), *[(str(y), str(y)) for y in reading_years(account)]],
        "statuses": Status.choices,
    }
    return render(request, "cabinet/readings/history.html", context)


COLUMNS: list[ExportColumn[HistoryRow]] = [
    ExportColumn("Счётчик", lambda row: str(row.reading.meter)),
    ExportColumn("Место", lambda row: row.reading.meter.place),
    ExportColumn("Дата", lambda row: date_text(row.reading.taken_on, year=True)),
    ExportColumn("Показание, м³", lambda row: row.reading.value),
    ExportColumn("Расход, м³", lambda row: row.volume),
    ExportColumn("Откуда", lambda row: row.reading.get_source_display()),
    ExportColumn("Состояние", lambda row: row.reading.get_status_display()),
    ExportColumn("Номер", lambda row: row.reading.number),
    ExportColumn("Принято", lambda row: moment_text(row.reading.accepted_at, year=True)),
]

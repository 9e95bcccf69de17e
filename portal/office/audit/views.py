"""The report of the audit, and taking a second factor from an employee."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts import audit
from portal.accounts.permissions import RESET_TWO_FACTOR, VIEW_AUDIT
from portal.accounts.staff import employees
from portal.core import clock
from portal.core.exports import ExportColumn, table_response
from portal.core.list_parameters import is_day, is_export, is_number, is_page, is_text, list_parameters, one_of
from portal.core.params import whole_number
from portal.office.accounts.selectors import account_of
from portal.office.audit import selectors
from portal.office.audit.forms import ReportForm
from portal.office.audit.services import remove_second_factor
from portal.office.common.views import StaffRequest, needs, page, same_list

PER_PAGE = 50
MAX_EXPORTED = 50_000
DAYS = 30


COLUMNS: list[ExportColumn[selectors.AuditRow]] = [
    ExportColumn(gettext_lazy("When"), lambda row: row.moment),
    ExportColumn(gettext_lazy("Who"), lambda row: row.employee),
    ExportColumn(gettext_lazy("Action"), lambda row: row.action),
    ExportColumn(gettext_lazy("Section"), lambda row: row.section),
    ExportColumn(gettext_lazy("Person concerned"), lambda row: row.about),
    ExportColumn(gettext_lazy("What"), lambda row: row.what),
    ExportColumn(gettext_lazy("Before"), lambda row: row.before),
    ExportColumn(gettext_lazy("After"), lambda row: row.after),
    ExportColumn(gettext_lazy("Details"), lambda row: row.details),
]


@require_safe
@needs(VIEW_AUDIT)
@list_parameters(
    employee=is_text,
    resident=is_text,
    account=is_number,
    first=is_day,
    last=is_day,
    text=is_text,
    action=one_of((*audit.TITLES, selectors.WAGTAIL)),
    section=one_of(selectors.SECTIONS),
    page=is_page,
    export=is_export,
)
def overview(request: StaffRequest) -> HttpResponse:
    """The audit by resident, employee, days, kind and section; without a choice the last thirty days."""
    today = clock.today()
    form = ReportForm(request.GET if _asked(request) else {"first": today - dt.timedelta(days=DAYS), "last": today})
    log_entries = selectors.entries(form.filters()) if form.is_valid() else selectors.no_entries()
    if "export" in request.GET and form.is_valid():
        rows = selectors.all_rows(log_entries[:MAX_EXPORTED], viewer=request.user)
        return table_response(request, request.GET["export"], f"zhurnal-{today}", COLUMNS, rows)
    shown = Paginator(log_entries, PER_PAGE).get_page(request.GET.get("page"))
    about = account_of(form.cleaned_data.get("account")) if form.is_valid() else None
    return page(
        request,
        "office/audit/report.html",
        title=gettext_lazy("Who saw and changed residents' data"),
        icon="history",
        form=form,
        page_obj=shown,
        rows=list(selectors.rows(shown, viewer=request.user)),
        totals=selectors.totals(log_entries),
        about=about,
        most=MAX_EXPORTED,
        asked=_asked(request),
        get=same_list(request),
    )


def _asked(request: StaffRequest) -> bool:
    """Whether the address chooses anything."""
    return any(name in request.GET for name in ReportForm.base_fields)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RESET_TWO_FACTOR)
@list_parameters()
def second_factors(request: StaffRequest) -> HttpResponse:
    """Employees and their second factor; another admin takes it off when the phone is lost."""
    if request.method == "POST":
        return _take_off(request)
    staff = sorted(employees(), key=lambda user: user.username)
    with_factor = selectors.with_second_factor()
    return page(
        request,
        "office/audit/second_factors.html",
        title=gettext_lazy("Second factor of the staff"),
        icon="lock",
        staff=[(user, user.pk in with_factor) for user in staff],
    )


def _take_off(request: StaffRequest) -> HttpResponse:
    user = get_object_or_404(employees(), pk=whole_number(request.POST.get("user", "")))
    if user == request.user:
        messages.error(request, _("Another administrator has to do this for you."))
        return redirect("audit_second_factors")
    remove_second_factor(user=user, by=request.user)
    messages.success(request, _("The second factor is off: at the next login it has to be set up again."))
    return redirect("audit_second_factors")

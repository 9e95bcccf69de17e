"""The reviewers' screens in the admin: the queue, one entry, statistics."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms_pages.complaints import selectors, services
from cms_pages.complaints.calculation import personal_data
from cms_pages.complaints.enums import ComplaintKind
from cms_pages.complaints.exceptions import ComplaintRefused
from cms_pages.complaints.forms import ComplaintAnswerForm, first_wording
from cms_pages.complaints.models import Complaint
from cms_pages.complaints.permissions import REVIEW
from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.permissions import may_read
from portal.core import clock
from portal.core.exports import ExportColumn, table_response
from portal.core.list_parameters import is_export, is_page, is_text, is_year, list_parameters, one_of
from portal.core.refusals import add_error

View = Callable[..., HttpResponse]


def reviewers_only(view: View) -> View:
    """Open these screens to reviewers, and to readers of all sections without a way to change anything."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not may_read(request, REVIEW):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _queue_columns() -> list[ExportColumn[Complaint]]:
    return [
        ExportColumn("№", lambda complaint: complaint.pk),
        ExportColumn(_("Subject"), lambda complaint: complaint.subject),
        ExportColumn(_("Kind"), lambda complaint: complaint.get_kind_display()),
        ExportColumn(_("Who"), lambda complaint: complaint.name),
        ExportColumn(pgettext("complaints", "Received"), lambda complaint: complaint.received_at),
        ExportColumn(_("Answer due"), lambda complaint: complaint.due_on),
        ExportColumn(_("State"), lambda complaint: complaint.get_state_display()),
        ExportColumn(_("Answered"), lambda complaint: complaint.answered_at),
    ]


def _statistics_columns() -> list[ExportColumn[selectors.KindStatistics]]:
    return [
        ExportColumn(_("Month"), lambda row: row.month),
        ExportColumn(_("Kind"), lambda row: row.kind),
        ExportColumn(pgettext("complaints", "Received"), lambda row: row.received),
        ExportColumn(_("Answered"), lambda row: row.answered),
        ExportColumn(_("On time"), lambda row: row.in_time),
        ExportColumn("%", lambda row: row.percent),
    ]


def _queue_filter(numbers: selectors.QueueNumbers) -> list[tuple[str, str]]:
    counted = [
        ("waiting", pgettext("complaints", "Waiting"), numbers.waiting),
        ("overdue", _("Overdue"), numbers.overdue),
        ("approval", _("Second review"), numbers.approval),
        ("replies", _("Author replied"), numbers.replies),
    ]
    return [
        *((value, f"{label} ({count})") for value, label, count in counted),
        ("closed", _("Closed entries")),
        ("all", _("All")),
    ]


@reviewers_only
@list_parameters(q=is_text, show=one_of(selectors.SHOWN), kind=one_of(ComplaintKind), page=is_page, export=is_export)
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the nearest term on top."""
    today = clock.today()
    show = request.GET.get("show", "waiting")
    rows = selectors.queue(
        show=show, kind=request.GET.get("kind", ""), query=request.GET.get("q", "").strip()[:100], on=today
    )
    if export := request.GET.get("export", ""):
        return table_response(request, export, "complaints", _queue_columns(), rows)
    context = {
        "page_title": _("Complaints book"),
        "entries": Paginator(rows, 30).get_page(request.GET.get("page")),
        "shown": _queue_filter(selectors.queue_numbers(today)),
        "kinds": ComplaintKind.choices,
        "show": show,
        "today": today,
    }
    return TemplateResponse(request, "complaints/admin/queue.html", context)


@reviewers_only
@list_parameters(year=is_year, export=is_export)
def statistics(request: HttpRequest) -> HttpResponse:
    """Answered in time, by kind and month."""
    typed_year = request.GET.get("year", "")
    year = int(typed_year) if typed_year.isdecimal() and len(typed_year) == 4 else clock.today().year
    rows = selectors.statistics(year)
    if export := request.GET.get("export", ""):
        return table_response(request, export, f"complaints-{year}", _statistics_columns(), rows)
    context = {"page_title": _("Complaints book in numbers"), "rows": rows, "year": year}
    return render(request, "complaints/admin/statistics.html", context)


@reviewers_only
def review(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: what was written, by whom, hints; and every way to end it."""
    complaint = selectors.complaint_for_review(number)
    if complaint is None:
        raise Http404
    form = ComplaintAnswerForm(request.POST or None, initial=first_wording(complaint))
    if request.method == "POST":
        action = request.POST.get("action", "")
        if form.require_for(action) and _perform_action(request, complaint, action, form):
            return redirect("cms_complaint_review", number=number)
        complaint.refresh_from_db()
    elif isinstance(request.user, User):
        audit.saw(complaint.account or complaint.author, by=request.user, what=f"Запись книги жалоб № {complaint.pk}")
    return render(request, "complaints/admin/review.html", _context(complaint, form))


def _context(complaint: Complaint, form: ComplaintAnswerForm) -> dict[str, object]:
    return {
        "page_title": _("Entry № %(number)s") % {"number": complaint.pk},
        "complaint": complaint,
        "form": form,
        "files": complaint.attachments.select_related("file"),
        "hints": personal_data(f"{complaint.subject}\n{complaint.text}", names=complaint.name.split()[:1]),
        "duplicates": selectors.duplicates(complaint),
        "history": complaint.history.select_related("actor"),
        "templates": selectors.answer_templates(complaint.kind),
        "roles": selectors.roles(),
        "days_left": (complaint.due_on - clock.today()).days,
    }


def _wording(data: dict[str, object]) -> services.PublicWording:
    return services.PublicWording(
        subject=str(data["subject"]),
        text=str(data["public_text"]),
        author_name=str(data["author_name"]),
        street=str(data["street"]),
        confirmed=bool(data["confirmed"]),
    )


def _perform_action(request: HttpRequest, complaint: Complaint, action: str, form: ComplaintAnswerForm) -> bool:
    """Do what the button says; False when it was refused, with words on the form."""
    data = form.cleaned_data
    common: dict[str, Any] = {"complaint": complaint, "actor": request.user, "now": clock.now()}
    expected: dict[str, Any] = {"version": data["version"]}
    actions: dict[str, Callable[[], object]] = {
        "take": lambda: services.take(**common, **expected),
        "note": lambda: services.note(**common, comment=data["comment"]),
        "hand": lambda: services.hand_over(**common, **expected, role=data["role"], comment=data["comment"]),
        "show": lambda: services.show_before_answer(**common, **expected, wording=_wording(data), plan=data["plan"]),
        "publish": lambda: services.answer_publicly(
            **common, **expected, wording=_wording(data), answer=data["answer"], signature=data["signature"]
        ),
        "approve": lambda: services.approve(**common, **expected),
        "return": lambda: services.return_answer(**common, **expected, comment=data["comment"]),
        "close": lambda: services.close_privately(**common, **expected, answer=data["answer"]),
        "reject": lambda: services.reject(**common, **expected, reason=data["reason"]),
    }
    if action not in actions:
        return False
    try:
        actions[action]()
    except ComplaintRefused as refusal:
        add_error(form, refusal, for_staff=True)
        return False
    messages.success(request, _("Done."))
    return True

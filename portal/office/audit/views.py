"""The report of the audit, and taking a second factor from an employee."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import Account, Person, User
from portal.accounts.permissions import RESET_TWO_FACTOR, VIEW_AUDIT
from portal.accounts.selectors.people import search_people
from portal.accounts.services.sessions import end_sessions
from portal.accounts.staff import employees
from portal.core.formatting import moment_text
from portal.core.list_parameters import is_page, is_text, list_parameters, one_of
from portal.office.views.base import needs, page

PER_PAGE = 50


def entries(*, resident: str = "", employee: str = "", action: str = "") -> QuerySet[ModelLogEntry]:
    """The audit, newest first: about residents found by words, by one employee's login, of one action."""
    found = ModelLogEntry.objects.filter(action__startswith="portal.").select_related("user", "content_type")
    if action:
        found = found.filter(action=action)
    if employee:
        found = found.filter(user__in=User.objects.filter(username__icontains=employee))
    if resident:
        found = found.filter(_about(resident))
    return found.order_by("-timestamp", "-pk")


def _about(resident: str) -> Q:
    people = list(search_people(resident)[:200])
    accounts = Account.objects.filter(holders__person__in=people) | Account.objects.filter(number=resident)
    types = ContentType.objects.get_for_models(Person, Account, User)
    ids = {
        Person: [str(person.pk) for person in people],
        User: [str(person.user_id) for person in people if person.user_id],
        Account: [str(pk) for pk in accounts.values_list("pk", flat=True)],
    }
    wanted = Q(pk__in=[])
    for model, keys in ids.items():
        wanted |= Q(content_type=types[model], object_id__in=keys)
    return wanted


@require_safe
@needs(VIEW_AUDIT)
@list_parameters(
    resident=is_text, employee=is_text, action=one_of(audit.TITLES), page=is_page, export=one_of(("csv",))
)
def report(request: HttpRequest) -> HttpResponse:
    """The audit by resident and by employee; nothing here can be edited."""
    filters = {name: request.GET.get(name, "").strip() for name in ("resident", "employee", "action")}
    found = entries(**filters)
    if request.GET.get("export") == "csv":
        return _csv(found[:5000])
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return page(
        request, "office/audit/report.html", title=gettext_lazy("Who saw and changed residents' data"),
        icon="history", entries=shown, rows=_rows(shown), filters=filters,
        actions=audit.TITLES.items(), query=query.urlencode(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """Whom an entry is about, in words, and the card that shows it."""

    words: str
    link: str = ""


def _rows(found: Iterable[ModelLogEntry]) -> list[dict[str, Any]]:
    """Entries in words; three queries name everybody they are about."""
    entries = list(found)
    about = _named(entries)
    return [_row(entry, about) for entry in entries]


def _named(entries: list[ModelLogEntry]) -> dict[tuple[str, str], About]:
    ids: dict[str, set[str]] = {"person": set(), "account": set(), "user": set()}
    for entry in entries:
        if entry.content_type and entry.content_type.model in ids:
            ids[entry.content_type.model].add(str(entry.object_id))
    people = Person.objects.filter(pk__in=ids["person"])
    accounts = Account.objects.filter(pk__in=ids["account"])
    users = User.objects.filter(pk__in=ids["user"])
    return (
        {("person", str(one.pk)): About(one.full_name, reverse("registration_person", args=[one.pk])) for one in people}
        | {
            ("account", str(one.pk)): About(f"№ {one.number}", reverse("office_account", args=[one.pk]))
            for one in accounts
        }
        | {("user", str(one.pk)): About(_("login %(name)s") % {"name": one.username}) for one in users}
    )


def _row(entry: ModelLogEntry, about: dict[tuple[str, str], About]) -> dict[str, Any]:
    data = entry.data or {}
    model = entry.content_type.model if entry.content_type else ""
    subject = about.get((model, str(entry.object_id)), About(entry.label))
    return {
        "moment": entry.timestamp,
        "employee": entry.user_display_name if entry.user_id else "—",
        "action": audit.TITLES.get(entry.action, entry.action),
        "what": data.get("what", ""),
        "before": data.get("before", ""),
        "after": data.get("after", ""),
        "about": subject.words,
        "model": model,
        "link": subject.link,
    }


def _csv(found: QuerySet[ModelLogEntry]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["Когда", "Кто", "Действие", "О ком", "Что", "Было", "Стало"])
    for row in _rows(found):
        cells = [moment_text(row["moment"], year=True), *(row[k] for k in ("employee", "action", "about", "what"))]
        writer.writerow([_harmless(cell) for cell in (*cells, row["before"], row["after"])])
    return response


def _harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RESET_TWO_FACTOR)
@list_parameters()
def second_factors(request: HttpRequest) -> HttpResponse:
    """Employees and their second factor; another admin takes it off when the phone is lost."""
    if request.method == "POST":
        return _take_off(request)
    staff = employees().order_by("username")
    with_factor = set(Authenticator.objects.values_list("user_id", flat=True))
    return page(
        request, "office/audit/second_factors.html", title=gettext_lazy("Second factor of the staff"), icon="lock",
        staff=[(user, user.pk in with_factor) for user in staff],
    )  # fmt: skip


def _take_off(request: HttpRequest) -> HttpResponse:
    user = get_object_or_404(employees(), pk=request.POST.get("user"))
    if user == request.user:
        messages.error(request, _("Another administrator has to do this for you."))
        return redirect("audit_second_factors")
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)
    assert isinstance(request.user, User)  # noqa: S101  # the admin's doors stand before
    audit.access(user, by=request.user, what="Второй фактор снят")
    messages.success(request, _("The second factor is off: at the next login it has to be set up again."))
    return redirect("audit_second_factors")

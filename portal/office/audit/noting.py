"""Audit of lists and of refused access: one function per kind."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.services import refusals
from portal.core import clock
from portal.core.rate_limits.services import claim_once
from portal.office.audit.changes import watched

ADMIN = "/admin/"
SEARCH_PARAMETERS = ("q", "resident", "text")
PAGES = ("p", "page")
REPEATED_WITHIN = dt.timedelta(minutes=10)
CHANGES = "_audited_changes"
NOT_FILTERS = {*SEARCH_PARAMETERS, *PAGES, "export", "csrfmiddlewaretoken"}
# Lists outside modeladmin: title and section by the view's name.
TITLES: Mapping[str, tuple[str, str]] = {
    "office_dispatch": ("Заявки аварийной службы", "service_requests"),
    "office_outages": ("Отключения", "service_requests"),
    "office_field": ("Заявки на ввод счётчиков", "service_requests"),
    "office_replacement": ("Замены и поверки счётчиков", "service_requests"),
    "office_flagged": ("Показания под вопросом", "metering"),
    "office_house": ("Кто не передал показания", "metering"),
    "office_refunds": ("Возвраты", "payments"),
    "office_refunds_export": ("Возвраты", "payments"),
    "office_unknown": ("Неопознанные платежи", "payments"),
    "office_unknown_export": ("Неопознанные платежи", "payments"),
    "office_bank_files": ("Реестры банков", "payments"),
    "office_bank_file_export": ("Строки реестра банка", "payments"),
    "office_reconciliation_export": ("Сверка", "payments"),
    "office_notice_history": ("Отправленные уведомления", "notifications"),
    "registration_desk": ("Регистрация: поиск жителя", "accounts"),
    "registration_account": ("Абоненты счёта: поиск жителя", "accounts"),
    "audit_report": ("Журнал доступа к данным", "audit"),
    "cms_support_questions": ("Вопросы в поддержку", "service_requests"),
    "cms_complaints_queue": ("Книга жалоб", "cms_complaints"),
    "cms_complaints_statistics": ("Книга жалоб в цифрах", "cms_complaints"),
    "wagtailusers_users:index": ("Пользователи", "access"),
    "wagtailusers_users:index_results": ("Пользователи", "access"),
}


class AuditMiddleware:
    """Searches in the admin's lists and refused pages of the admin stand in the audit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (before := getattr(request, CHANGES, None)) is not None and response.status_code < 400:
            before.note(_user(request))
        if request.path.startswith(ADMIN) and isinstance(user := _user(request), User) and _refused(request, response):
            refusals.access_refused(user=user, path=request.path, moment=clock.real_now())
        return response

    def process_view(self, request: HttpRequest, *view: object) -> None:
        """Remember what a form of settings, users or roles may change."""
        if request.path.startswith(ADMIN) and isinstance(_user(request), User):
            setattr(request, CHANGES, watched(request))

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        """A list that was searched: its query and the number of rows."""
        reads = request.method in ("GET", "HEAD") and request.path.startswith(ADMIN)
        if reads and _search_query(request) and _is_ours(request) and not _is_repeated(request):
            context = response.context_data or {}
            what, section = _list_of(request, str(context.get("page_title", "")))
            audit.searched(
                by=_user(request),
                what=what,
                query=_search_query(request),
                rows=_found(context),
                filters=filters_of(request),
                section=section,
            )
        return response


def note_export(request: HttpRequest, name: str, kind: str, rows: int) -> None:
    """Write to the audit that an employee took a list away; what residents take of their own is not noted."""
    if request.path.startswith(ADMIN):
        what, section = _list_of(request, name)
        filters = "; ".join(part for part in (_search_query(request), filters_of(request)) if part)
        audit.exported(by=_user(request), what=what, rows=rows, file_format=kind, filters=filters, section=section)


def filters_of(request: HttpRequest) -> str:
    """The address's filters in one line, without words, page and format."""
    chosen = [f"{name}={value}" for name, value in request.GET.items() if name not in NOT_FILTERS and value]
    return "; ".join(chosen)[:300]


def _user(request: HttpRequest) -> Any:
    """Return who is logged in, without the wrapper that the log's content types do not know."""
    return getattr(request.user, "_wrapped", request.user) if request.user.is_authenticated else None


def _is_repeated(request: HttpRequest) -> bool:
    """Whether the same person searched this list by the same words a moment ago: its further pages, or a reload."""
    person = getattr(_user(request), "pk", None)
    search = f"{person}|{_view_name(request)}|{_search_query(request)}|{filters_of(request)}"
    return not claim_once("searched", search, lasts=REPEATED_WITHIN)


def _search_query(request: HttpRequest) -> str:
    return "; ".join(text for name in SEARCH_PARAMETERS if (text := request.GET.get(name, "").strip()))[:200]


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _is_ours(request: HttpRequest) -> bool:
    """Searches of Wagtail's own sections (pages, pictures) name no resident; its list of users does."""
    name = _view_name(request)
    return not name.startswith("wagtail") or name in TITLES


def _list_of(request: HttpRequest, title: str) -> tuple[str, str]:
    """The list's title and section, by the view's name; a modeladmin's name begins with its app."""
    name = _view_name(request)
    if name in TITLES:
        return TITLES[name]
    app, _underline, _rest = name.partition("_modeladmin_")[0].partition("_")
    if "_modeladmin_" in name and not title:
        title = name
    return title or name, app or "office"


def _found(context: Mapping[str, Any]) -> int | None:
    for value in context.values():
        if isinstance(value, Page):
            return int(value.paginator.count)
        if isinstance(value, Paginator):
            return int(value.count)
    return None


def _refused(request: HttpRequest, response: HttpResponseBase) -> bool:
    """403, or Wagtail's way of refusing: an error's words and the way to the dashboard."""
    if response.status_code == 403:
        return True
    if response.status_code != 302 or response.get("Location") != reverse("wagtailadmin_home"):
        return False
    queued = getattr(messages.get_messages(request), "_queued_messages", ())
    return any(message.level == messages.ERROR for message in queued)

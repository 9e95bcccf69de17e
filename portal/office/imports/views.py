"""Imports by upload: the file is checked first, every bad row is shown, then it is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock
from portal.core.exports import row_columns, table_response
from portal.core.files.exceptions import FileRefused
from portal.core.list_parameters import list_parameters
from portal.core.refusals import error_message
from portal.exchange import accounts, readings
from portal.exchange.reports import ImportReport, errors_table, table_refusal_text
from portal.exchange.tables import MAX_BYTES, TableRefused
from portal.office.common import uploads
from portal.office.common.views import StaffRequest, found_or_404, page
from portal.office.imports.forms import ImportForm


@dataclass(frozen=True, slots=True)
class Import:
    """Kind of import: its right, its title, the headings of its table, and the work."""

    permission: str
    title: "str | Promise"
    columns: list[str]
    required: list[str]
    samples: list[dict[str, str]]
    work: Callable[..., ImportReport]


def _import(module: object, permission: str, title: Promise, work: Callable[..., ImportReport]) -> Import:
    columns: dict[str, tuple[str, ...]] = module.COLUMNS  # type: ignore[attr-defined]  # both modules have it
    required: tuple[str, ...] = module.REQUIRED  # type: ignore[attr-defined]  # both modules have it
    samples: list[dict[str, str]] = module.SAMPLES  # type: ignore[attr-defined]  # both modules have it
    return Import(
        permission,
        title,
        [headings[0] for headings in columns.values()],
        [columns[name][0] for name in required],
        [{columns[name][0]: value for name, value in sample.items()} for sample in samples],
        work,
    )


IMPORTS = {
    "readings": _import(
        readings, "office.import_readings", gettext_lazy("Readings from a file"), readings.import_readings
    ),
    "accounts": _import(
        accounts, "office.import_accounts", gettext_lazy("Accounts from a file"), accounts.import_accounts
    ),
}


def _allowed(request: StaffRequest, kind: str) -> Import:
    what = found_or_404(IMPORTS.get(kind))
    if not request.user.has_perm(what.permission):
        raise PermissionDenied
    return what


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: StaffRequest, kind: str) -> HttpResponse:
    """Upload, check, import; or hand back the rows that were not taken."""
    what = _allowed(request, kind)
    if request.method == "POST" and "file_id" in request.POST:
        return _errors(request, kind, what) if "errors" in request.POST else _import_checked(request, kind, what)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _check(request, kind, what, form)
    return _show(request, kind, what, form=form)


def _work(request: StaffRequest, what: Import) -> Callable[..., ImportReport]:
    return partial(what.work, today=clock.today(), by=request.user)


def _check(request: StaffRequest, kind: str, what: Import, form: ImportForm) -> HttpResponse:
    data = form.cleaned_data["file"].read(MAX_BYTES + 1)
    try:
        report = _work(request, what)(data, dry_run=True)
        stored = uploads.store(data, user=request.user)
    except TableRefused as refusal:
        form.add_error("file", table_refusal_text(refusal))
        return _show(request, kind, what, form=form)
    except FileRefused as refusal:
        form.add_error("file", f"{form.cleaned_data['file'].name}: {error_message(refusal)}")
        return _show(request, kind, what, form=form)
    return _show(request, kind, what, form=ImportForm(), report=report, file_id=str(stored.pk))


def _content(request: StaffRequest) -> bytes:
    return found_or_404(uploads.content(request.POST["file_id"], user=request.user))


def _import_checked(request: StaffRequest, kind: str, what: Import) -> HttpResponse:
    accept_asked = bool(request.POST.get("accept_asked"))
    report = _work(request, what)(_content(request), dry_run=False, accept_asked=accept_asked)
    return _show(request, kind, what, form=ImportForm(), report=report, file_id=request.POST["file_id"])


def _errors(request: StaffRequest, kind: str, what: Import) -> HttpResponse:
    """The rows that were not taken, each with its reason, as a table that can be corrected and loaded again."""
    heading, rows = errors_table(_work(request, what)(_content(request), dry_run=True))
    return table_response(request, "xlsx", f"{kind}-errors", row_columns(heading), rows)


@require_safe
@list_parameters()
def sample(request: StaffRequest, kind: str) -> HttpResponse:
    """An example of the table with all its columns."""
    what = _allowed(request, kind)
    rows = [[example.get(column, "") for column in what.columns] for example in what.samples]
    return table_response(request, "xlsx", f"{kind}-sample", row_columns(what.columns), rows)


def _show(
    request: StaffRequest,
    kind: str,
    what: Import,
    *,
    form: ImportForm,
    report: ImportReport | None = None,
    file_id: str = "",
) -> HttpResponse:
    return page(
        request,
        "office/import.html",
        title=what.title,
        icon="upload",
        form=form,
        what=what,
        report=report,
        file_id=file_id,
        kind=kind,
    )

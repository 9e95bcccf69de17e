"""Imports by upload: the file is checked first, every bad row is shown, then it is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.core import clock
from portal.core.files.exceptions import FileRefused
from portal.exchange import accounts, readings
from portal.exchange.reports import Report, table_words
from portal.exchange.tables import MAX_BYTES, TableRefused
from portal.office import uploads
from portal.office.forms import UploadForm
from portal.office.views.base import page


@dataclass(frozen=True, slots=True)
class Import:
    """What may be imported: its right, its title, the headings of its table, and the work."""

    permission: str
    title: "str | Promise"
    columns: list[str]
    required: list[str]
    work: Callable[..., Report]


def _import(module: object, permission: str, title: Promise, work: Callable[..., Report]) -> Import:
    columns: dict[str, tuple[str, ...]] = module.COLUMNS  # type: ignore[attr-defined]  # both modules have it
    required: tuple[str, ...] = module.REQUIRED  # type: ignore[attr-defined]  # both modules have it
    return Import(
        permission, title, [headings[0] for headings in columns.values()], [columns[name][0] for name in required], work
    )


IMPORTS = {
    "readings": _import(
        readings, "office.import_readings", gettext_lazy("Readings from a file"), readings.import_readings
    ),
    "accounts": _import(
        accounts, "office.import_accounts", gettext_lazy("Accounts from a file"), accounts.import_accounts
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Upload, check, import."""
    what = IMPORTS.get(kind)
    if what is None:
        raise Http404
    if not request.user.has_perm(what.permission):
        raise PermissionDenied
    if request.method == "POST" and "file_id" in request.POST:
        return _import_kept(request, kind, what)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _check(request, kind, what, form)
    return _show(request, kind, what, form=form)


def _work(request: HttpRequest, what: Import) -> Callable[..., Report]:
    return partial(what.work, today=clock.today(), by=request.user)


def _check(request: HttpRequest, kind: str, what: Import, form: UploadForm) -> HttpResponse:
    data = form.cleaned_data["file"].read(MAX_BYTES + 1)
    try:
        report = _work(request, what)(data, dry_run=True)
        stored = uploads.keep(data, user=request.user)  # type: ignore[arg-type]  # logged in
    except TableRefused as refusal:
        form.add_error("file", table_words(refusal))
        return _show(request, kind, what, form=form)
    except FileRefused:
        form.add_error("file", _("There is no space left for the file."))
        return _show(request, kind, what, form=form)
    return _show(request, kind, what, form=UploadForm(), report=report, file_id=str(stored.pk))


def _import_kept(request: HttpRequest, kind: str, what: Import) -> HttpResponse:
    try:
        data = uploads.kept(request.POST["file_id"], user=request.user)  # type: ignore[arg-type]  # logged in
    except ValidationError:
        data = None
    if data is None:
        raise Http404
    return _show(request, kind, what, form=UploadForm(), report=_work(request, what)(data, dry_run=False))


def _show(
    request: HttpRequest, kind: str, what: Import, *, form: UploadForm, report: Report | None = None, file_id: str = ""
) -> HttpResponse:
    return page(
        request, "office/import.html", title=what.title, icon="upload", form=form, what=what, report=report,
        file_id=file_id, kind=kind,
    )  # fmt: skip

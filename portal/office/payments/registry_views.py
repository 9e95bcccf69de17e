"""Registries: upload, what the dry run saw, import with progress; the queue of the unidentified."""

import datetime as dt
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_q.tasks import async_task

from portal.accounts.models import Account
from portal.core import clock, spreadsheets
from portal.core.exports import cells_response
from portal.core.form_fields import DayField
from portal.core.list_parameters import is_page, is_text, list_parameters, one_of
from portal.core.refusals import add_error, error_message
from portal.exchange.registries.jobs import NAME
from portal.exchange.registries.problems import problem_text, warning_text
from portal.exchange.registries.samples import registry_sample
from portal.exchange.registries.services import LARGEST, RECHECKED, recheck_registry, take_registry
from portal.office.common.forms import WithoutColons
from portal.office.common.views import StaffRequest, needs, page
from portal.payments.enums import FileState, LineState, ReportedReadingState
from portal.payments.exceptions import LineSettled, RegistryRefused
from portal.payments.messages import file_refusal
from portal.payments.models import RegistryFile, RegistryLine, RegistryTemplate
from portal.payments.selectors.guesses import guesses, unidentified
from portal.payments.selectors.registry_lines import DECIDED_IN, files_to_decide
from portal.payments.services.registries import begin_import
from portal.payments.services.repeats import asked_sum, decide_lines
from portal.payments.services.unknown_lines import dismiss_line, settle_line

IMPORT, SETTLE = "payments.import_registry", "payments.settle_line"
PAGE = 50
TO_LOOK_AT = (LineState.ASKED, LineState.BAD, LineState.UNKNOWN, LineState.REPEATED)


_FILE_HELP = gettext_lazy("Up to 30 MB; may be a ZIP. Where the bank sends two files, put both into one ZIP.")


class UploadForm(WithoutColons, forms.Form):
    """A bank's file and how to read it."""

    template = forms.ModelChoiceField(RegistryTemplate.objects.filter(active=True), label=gettext_lazy("Template"))
    file = forms.FileField(label=gettext_lazy("File of the bank"), help_text=_FILE_HELP)
    paid_on = DayField(
        label=gettext_lazy("Day of the payments"),
        required=False,
        help_text=gettext_lazy("Only for a file that has no dates of payments."),
    )

    def clean_paid_on(self) -> dt.date | None:
        """Not in the future, not older than a year: an older one is a slip."""
        day: dt.date | None = self.cleaned_data["paid_on"]
        if day is not None and not clock.today() - dt.timedelta(days=366) <= day <= clock.today():
            raise forms.ValidationError(_("A day of the last twelve months, not in the future."))
        return day


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IMPORT)
@list_parameters(q=is_text, waiting=one_of(["yes"]), p=is_page)
def overview(request: StaffRequest) -> HttpResponse:
    """Files so far, and the form for a new one: it is checked, nothing is credited yet."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            taken = take_registry(
                template=form.cleaned_data["template"],
                name=upload.name,
                data=upload.read(LARGEST + 1),
                by=request.user,
                now=clock.now(),
                today=clock.today(),
                paid_on=form.cleaned_data["paid_on"],
            )
        except RegistryRefused as refused:
            add_error(form, refused, for_staff=True, fields={"file": "paid_on"} if refused.code == "paid_on" else None)
        else:
            return redirect("office_registry", pk=taken.pk)
    waiting = request.GET.get("waiting", "")
    files = (files_to_decide() if waiting else RegistryFile.objects.all()).select_related("template", "uploaded_by")
    query = request.GET.get("q", "").strip()
    files = files.filter(name__icontains=query) if query else files
    return page(
        request,
        "office/payments/registries.html",
        title=_("Bank registries"),
        icon="upload",
        form=form,
        templates=RegistryTemplate.objects.filter(active=True),
        query=query,
        waiting=waiting,
        files=Paginator(files, PAGE).get_page(request.GET.get("p")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(IMPORT)
@list_parameters(state=one_of(LineState), reading_state=one_of(ReportedReadingState), p=is_page)
def registry(request: StaffRequest, pk: int) -> HttpResponse:
    """What was read of a file; import it."""
    file = get_object_or_404(RegistryFile.objects.select_related("template", "uploaded_by"), pk=pk)
    if request.method == "POST":
        try:
            _acted(request, file)
        except RegistryRefused as refused:
            messages.error(request, error_message(refused, for_staff=True))
        return redirect("office_registry", pk=pk)
    state, reading_state = request.GET.get("state", ""), request.GET.get("reading_state", "")
    lines = Paginator(_lines(file, state=state, reading_state=reading_state), PAGE).get_page(request.GET.get("p"))
    for one in lines:
        one.words = problem_text(one.problem, one.detail)  # type: ignore[attr-defined]  # for the template alone
    return page(
        request,
        "office/payments/registry.html",
        title=file.name,
        subtitle=file.template.name,
        icon="upload",
        file=file,
        lines=lines,
        state=state,
        states=LineState.choices,
        reading_state=reading_state,
        readings=[(one, ReportedReadingState(one).label, count) for one, count in _reading_state_counts(file)],
        refusal=file_refusal(file),
        may_import=file.state == FileState.CHECKED and not file.bad,
        running=file.state == FileState.IMPORTING,
        may_recheck=file.state in RECHECKED,
        may_decide=file.asked and file.state in DECIDED_IN,
        asked_sum=asked_sum(file) if file.asked else None,
        warnings=[warning_text(warning) for warning in file.warnings],
    )


def _lines(file: RegistryFile, *, state: str, reading_state: str) -> QuerySet[RegistryLine]:
    """Lines of one state, those whose readings have one, or those to be looked at."""
    lines = file.lines.select_related("account", "payment")
    if reading_state:
        return lines.filter(reading_state=reading_state)
    if state:
        return lines.filter(state=state)
    return lines.filter(Q(state__in=TO_LOOK_AT) | ~Q(problem="") | Q(reading_state=ReportedReadingState.REFUSED))


def _reading_state_counts(file: RegistryFile) -> QuerySet[RegistryLine, tuple[str, int]]:
    lines = file.lines.exclude(reading_state="").order_by("reading_state")
    return lines.values_list("reading_state").annotate(count=Count("pk"))


@require_safe
@needs(IMPORT)
@list_parameters()
def sample(request: StaffRequest, pk: int) -> HttpResponse:
    """An example of a bank's file as a template reads it."""
    template = get_object_or_404(RegistryTemplate.objects.prefetch_related("columns"), pk=pk)
    name, content = registry_sample(template, day=clock.today())
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def _acted(request: StaffRequest, file: RegistryFile) -> None:
    """Import or go on with it, read the file again by its template as it is now, or decide about lines."""
    if "recheck" in request.POST:
        recheck_registry(file=file, today=clock.today())
        messages.success(request, _("The file was read again."))
        return
    if "decide" in request.POST:
        _decided(request, file)
        return
    if file.state != FileState.IMPORTING:
        begin_import(file=file, by=request.user)
    async_task(NAME, file.pk)
    messages.success(request, _("The import has begun. This page shows how far it is."))


def _decided(request: StaffRequest, file: RegistryFile) -> None:
    """Decide about one line that is asked about, or about all of them."""
    one = request.POST.get("line", "")
    count = decide_lines(
        file=file,
        credit=request.POST["decide"] == "credit",
        now=clock.now(),
        by=request.user,
        line_id=int(one) if one.isdecimal() else None,
    )
    if file.state == FileState.IMPORTING:
        async_task(NAME, file.pk)
    messages.success(
        request, ngettext("Decided: %(count)s line.", "Decided: %(count)s lines.", count) % {"count": count}
    )


@require_safe
@needs(IMPORT)
@list_parameters(state=one_of(LineState))
def export(request: StaffRequest, pk: int) -> HttpResponse:
    """Every line of a file with what is wrong, to be sent back to the bank."""
    file = get_object_or_404(RegistryFile, pk=pk)
    heading = [
        _("Line"),
        _("State"),
        _("Problem"),
        _("Customer account"),
        _("Sum, ₽"),
        _("Paid on"),
        _("Operation"),
        _("Payer"),
        _("Readings told to the bank"),
        _("What became of the readings"),
        _("As written"),
    ]
    lines = file.lines.filter(state=request.GET["state"]) if request.GET.get("state") else file.lines.all()
    rows: Iterator[list[spreadsheets.Cell]] = (
        [
            one.number,
            one.get_state_display(),
            problem_text(one.problem, one.detail),
            one.account_text,
            one.amount,
            one.paid_on,
            one.operation,
            one.payer,
            one.readings,
            f"{one.get_reading_state_display()}. {one.reading_note}".strip(". ") if one.reading_state else "",
            one.raw,
        ]
        for one in lines.iterator(chunk_size=1000)
    )
    return cells_response(request, "xlsx", f"registry-{file.pk}", heading, rows)


@require_safe
@needs(SETTLE)
@list_parameters(q=is_text, p=is_page)
def unknown(request: StaffRequest) -> HttpResponse:
    """Payments without an account, the oldest first."""
    lines = Paginator(_waiting(request), PAGE).get_page(request.GET.get("p"))
    for one in lines:
        since = clock.date_of(one.file.imported_at or one.file.uploaded_at)
        one.days_open = (clock.today() - since).days  # type: ignore[attr-defined]  # for the template alone
    return page(
        request,
        "office/payments/unknown.html",
        title=_("Unidentified payments"),
        icon="help",
        lines=lines,
        query=request.GET.get("q", "").strip(),
    )


def _waiting(request: StaffRequest) -> QuerySet[RegistryLine]:
    """The queue and its export: by payer, account or address as written."""
    waiting, query = unidentified(), request.GET.get("q", "").strip()
    if query:
        waiting = waiting.filter(
            Q(payer__icontains=query) | Q(account_text__icontains=query) | Q(address__icontains=query)
        )
    return waiting.order_by("paid_on", "pk")


@require_safe
@needs(SETTLE)
@list_parameters(q=is_text, p=is_page)
def export_unknown(request: StaffRequest) -> HttpResponse:
    """The queue as XLSX, to ask the bank about it."""
    heading = [
        _("Paid on"),
        _("Sum, ₽"),
        _("Account as written"),
        _("Payer"),
        _("Address"),
        _("Purpose of payment"),
        _("Operation"),
        _("Registry"),
        _("Line"),
    ]
    rows: Iterator[list[spreadsheets.Cell]] = (
        [
            one.paid_on,
            one.amount,
            one.account_text,
            one.payer,
            one.address,
            one.purpose,
            one.operation,
            one.file.name,
            one.number,
        ]
        for one in _waiting(request).iterator(chunk_size=1000)
    )
    return cells_response(request, "xlsx", "unidentified", heading, rows)


class SettleForm(WithoutColons, forms.Form):
    """Whose payment it is, or that it is nobody's."""

    account = forms.CharField(label=gettext_lazy("Account number"), max_length=20, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=250, required=False)
    remember = forms.BooleanField(label=gettext_lazy("Do the same with this payer next time"), required=False)

    def clean(self) -> dict[str, object]:
        """An account for crediting, a reason for dismissing."""
        data = super().clean() or {}
        if "dismiss" in self.data:
            if not str(data.get("note", "")).strip():
                self.add_error("note", _("Say why."))
        else:
            data["found"] = Account.objects.filter(number=str(data.get("account", "")).strip()).first()
            if data["found"] is None:
                self.add_error("account", _("There is no such account."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SETTLE)
def line(request: StaffRequest, pk: int) -> HttpResponse:
    """One unidentified payment with guesses: give it an account, or say that it is no resident's."""
    found = get_object_or_404(RegistryLine.objects.select_related("file__template"), pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        common = {
            "line": found,
            "by": request.user,
            "now": clock.now(),
            "remember": form.cleaned_data["remember"],
            "note": form.cleaned_data["note"],
        }
        try:
            if "dismiss" in request.POST:
                dismiss_line(**common)
            else:
                settle_line(account=form.cleaned_data["found"], **common)
        except LineSettled as refused:
            messages.error(request, error_message(refused, for_staff=True))
        except RegistryRefused as refused:
            messages.error(request, error_message(refused, for_staff=True))
        else:
            messages.success(request, _("Settled."))
        return redirect("office_unknown")
    return page(
        request,
        "office/payments/line.html",
        title=_("Unidentified payment"),
        icon="help",
        line=found,
        form=form,
        guesses=guesses(found),
    )

"""Tampering reports: filled in with their document, previewed in ₽, entered; the resident is notified."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.billing.calculation.exceptions import NotComputable
from portal.billing.services import TamperingReportPreview, enter_report, preview_report
from portal.core import clock
from portal.core.files.checking import CheckedFile, check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.models import PrivateFile
from portal.core.refusals import error_message
from portal.office.accounts.selectors import number_in, whose
from portal.office.audit.viewing import log_added
from portal.office.charges.forms import TamperingReportForm
from portal.office.closing.failures import not_computable_text
from portal.office.common import uploads
from portal.office.common.preview_tokens import preview_token, was_previewed
from portal.office.common.views import StaffRequest, needs, page


@require_http_methods(["GET", "HEAD", "POST"])
@needs("billing.add_tamperingreport")
def new(request: StaffRequest) -> HttpResponse:
    """Write a report, look at what it costs, enter it. Entered only by the button under what was shown."""
    initial = {**request.GET.dict(), "account": number_in(request)}
    form = TamperingReportForm(request.POST or None, request.FILES or None, initial=initial)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if was_previewed(request, data):
            if (answer := _enter(request, form)) is not None:
                return answer
        elif (preview := _preview(form)) is not None:
            context = {
                "preview": preview,
                "preview_token": preview_token(data),
                "changed": "preview_token" in request.POST,
            }
    if request.method == "POST":
        context["stored_file"] = _keep(request, form)
    return page(
        request,
        "office/preview_form.html",
        title=gettext_lazy("Tampering report"),
        icon="lock-open",
        form=form,
        subtitle=whose(form["account"].value()),
        effect="office/numbers/_tampering_report.html",
        index="billing_tamperingreport_modeladmin_index",
        intro=_("Norm × 10 for the days of the report, at most three months back (Rules 354, cl. 62)."),
        **context,
    )


def _keep(request: StaffRequest, form: TamperingReportForm) -> PrivateFile | None:
    """The document waits, whatever is still changed or wrong: browsers do not send a file again."""
    checked: CheckedFile | None = form.cleaned_data.get("file")
    if checked is not None:
        return uploads.store(checked.content, user=request.user)
    return uploads.find(request.POST.get("stored_file", ""), user=request.user)


def _document(request: StaffRequest, form: TamperingReportForm) -> CheckedFile | None:
    """The file of this step, or the one kept from the step before."""
    checked: CheckedFile | None = form.cleaned_data["file"]
    if checked is not None or not request.POST.get("stored_file"):
        return checked
    data = uploads.content(request.POST["stored_file"], user=request.user)
    return check_upload(BytesIO(data), f"act-{form.cleaned_data['number']}") if data else None


def _preview(form: TamperingReportForm) -> TamperingReportPreview | None:
    try:
        return preview_report(form.report())
    except NotComputable as reason:
        form.add_error(None, not_computable_text(form.cleaned_data["account"], reason))
    return None


def _enter(request: StaffRequest, form: TamperingReportForm) -> HttpResponse | None:
    try:
        report = enter_report(
            form.report(),
            by=request.user,
            today=clock.today(),
            file=_document(request, form),
        )
    except NotComputable as reason:
        form.add_error(None, not_computable_text(form.cleaned_data["account"], reason))
        return None
    except FileRefused as refusal:
        form.add_error("file", f"{_('The file')} {error_message(refusal, for_staff=True)}")
        return None
    except IntegrityError:
        form.add_error("number", _("A report with this number has just been entered."))
        return None
    log_added(request, report)
    messages.success(
        request, _("Report No. %(number)s is entered and the resident is notified.") % {"number": report.number}
    )
    return redirect("office_account", pk=report.account_id)

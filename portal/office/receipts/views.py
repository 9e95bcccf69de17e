"""Receipts: the PDF of one, and the annulment of a wrong one by a new one that names it and says why."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal.core import clock
from portal.core.files.exceptions import FileRefused
from portal.core.formatting import money_text
from portal.core.periods import Period
from portal.core.refusals import error_message
from portal.office.audit.viewing import log_added, log_printed
from portal.office.common.views import found_or_404, needs, page
from portal.office.receipts.forms import ReplacementForm
from portal.office.receipts.selectors import receipt_of
from portal.receipts.exceptions import CannotIssue, ReceiptReplaced
from portal.receipts.models import Receipt
from portal.receipts.selectors import closed_later
from portal.receipts.services import ensure_receipt_pdf, replace_receipt


@require_safe
@needs("receipts.view_receipt")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF of a receipt: the stored one, or made now."""
    shown_receipt = found_or_404(receipt_of(pk))
    try:
        stored = ensure_receipt_pdf(receipt=shown_receipt)
    except (CannotIssue, FileRefused):
        messages.error(request, _("The receipt could not be made. Look at the closing's page."))
        return redirect("office_account", pk=shown_receipt.account_id)
    log_printed(request, shown_receipt, f"Квитанция {shown_receipt.number}")
    return redirect("core:private-file", file_id=stored.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("office.close_month")
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a new receipt instead of one; a second click finds it annulled and says by which."""
    receipt = found_or_404(receipt_of(pk))
    form = ReplacementForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _replaced(request, receipt, form):
        return redirect("office_account", pk=receipt.account_id)
    return page(
        request,
        "office/form.html",
        title=gettext_lazy("Issue a receipt anew"),
        subtitle=receipt.number,
        icon="doc-full-inverse",
        form=form,
        button=_("Issue a new one"),
        intro=_intro(receipt) % {"sum": money_text(receipt.to_pay)},
    )


def _intro(receipt: Receipt) -> str:
    if closed_later([receipt.account_id], Period.of(receipt.period)):
        return _(
            "A later month is closed: the new receipt asks for the same sum (%(sum)s) and names this one as "
            "annulled. Corrections and payments booked since are on the receipt of the later month. The resident "
            "is notified and sees both."
        )
    return _(
        "The new receipt is made from what the portal knows now and names this one (to pay %(sum)s) as "
        "annulled. The resident is notified and sees both. Sums change only by corrections and "
        "recalculations: book them first."
    )


def _replaced(request: HttpRequest, receipt: Receipt, form: ReplacementForm) -> bool:
    try:
        fresh = replace_receipt(receipt=receipt, reason=form.cleaned_data["reason"], issued_on=clock.today())
    except ReceiptReplaced as refusal:
        messages.warning(request, error_message(refusal, for_staff=True))
        return True
    except CannotIssue as refusal:
        form.add_error(None, error_message(refusal, for_staff=True))
        return False
    log_added(request, fresh)
    messages.success(
        request,
        _("Issued: %(new)s, to pay %(sum)s. It annuls %(old)s.")
        % {"new": fresh.number, "sum": money_text(fresh.to_pay), "old": receipt.number},
    )
    return True

"""Corrections: a sum with a reason and a document; nothing computed is edited."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.billing.services import correct
from portal.core import clock
from portal.office.forms import CorrectionForm
from portal.office.once import first_time, new_key
from portal.office.views.base import needs, page


@require_http_methods(["GET", "HEAD", "POST"])
@needs("office.book_correction")
def correction(request: HttpRequest) -> HttpResponse:
    """Book a correction; the same form sent twice books it once."""
    if request.method != "POST":
        initial = {"account": request.GET.get("account", ""), "key": new_key()}
        return _form_page(request, CorrectionForm(initial=initial))
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form)
    data = form.cleaned_data
    if first_time(request, data["key"]):
        correct(
            account=data["account"], amount=data["amount"], for_period=data["for_period"], reason=data["reason"],
            document=data["document"], on=clock.today(), by=request.user, service=data["service"],  # type: ignore[arg-type]  # logged in
        )  # fmt: skip
        messages.success(request, _("The correction is booked."))
    return redirect("office_account", number=data["account"].number)


def _form_page(request: HttpRequest, form: CorrectionForm) -> HttpResponse:
    return page(request, "office/form.html", title=gettext_lazy("Correction"), icon="edit", form=form)

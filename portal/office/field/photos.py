"""Photos of a visit: stored at once, so that an error elsewhere on the form loses none."""

from django import forms

from portal.core.models import PrivateFile
from portal.office.common.views import StaffRequest
from portal.service_requests.permissions import METER_DOCUMENT
from portal.service_requests.uploads import gather


def gathered(request: StaffRequest, form: forms.Form) -> tuple[list[PrivateFile], bool]:
    """The new and the stored photos of a form, and whether the whole form is valid."""
    if request.method != "POST":
        return [], False
    photos, errors = gather(
        stored_ids=request.POST.getlist("photos-stored"),
        uploads=request.FILES.getlist("photos"),
        kind=METER_DOCUMENT,
        by=request.user,
        pdf=False,
    )
    valid = form.is_valid()
    for text in errors:
        form.add_error("photos", text)
    return photos, valid and not errors

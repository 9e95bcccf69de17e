"""Permissions to see the files of requests, and which rights staff need."""

from django.contrib.auth.models import PermissionsMixin

from portal.accounts.own_time import record_in_own_time
from portal.core.files.services import Viewer, register_kind
from portal.core.models import PrivateFile
from portal.service_requests.commissioning.models import ApplicationFile, CommissioningCertificate, VisitPhoto
from portal.service_requests.dispatch.models import DispatchPhoto
from portal.service_requests.replacement.models import Verification

DISPATCH = "service_requests.dispatch_requests"
OUTAGES = "service_requests.publish_outage"
METERS = "service_requests.commission_meters"

PHOTO = "dispatch-photo"
METER_DOCUMENT = "meter-paper"
COMMISSIONING_CERTIFICATE = "meter-act"


def own_upload(user_id: int) -> str:
    """The owner's mark of a file that a login has just sent up and no request holds yet."""
    return f"user:{user_id}"


def _is_own_upload(user: Viewer, stored: PrivateFile) -> bool:
    return user.is_authenticated and user.pk is not None and stored.owner == own_upload(user.pk)


def _staff(user: Viewer, permission: str) -> bool:
    return isinstance(user, PermissionsMixin) and user.has_perm(permission)


def may_see_photo(user: Viewer, stored: PrivateFile) -> bool:
    """Holders of the account at the time of the request, whoever sent it up, and dispatchers."""
    if _staff(user, DISPATCH) or _is_own_upload(user, stored):
        return True
    photo = DispatchPhoto.objects.select_related("request").filter(file=stored).first()
    return photo is not None and record_in_own_time(user, photo.request, moment="received_at", author="author")


def may_see_meter_document(user: Viewer, stored: PrivateFile) -> bool:
    """Holders of the account at the time of the application, whoever sent it up, and engineers."""
    if _staff(user, METERS) or _is_own_upload(user, stored):
        return True
    application_file = ApplicationFile.objects.select_related("application").filter(file=stored).first()
    if application_file is not None:
        return record_in_own_time(user, application_file.application, moment="submitted_at", author="author")
    photo = VisitPhoto.objects.select_related("visit__application", "visit__order__meter").filter(file=stored).first()
    if photo is not None:
        path = "application__account" if photo.visit.application is not None else "order__meter__account"
        return record_in_own_time(user, photo.visit, day="slot__day", account=path)
    verification = Verification.objects.select_related("meter").filter(certificate=stored).first()
    return verification is not None and record_in_own_time(
        user, verification, moment="sent_at", account="meter__account", author="sent_by"
    )


def may_see_certificate(user: Viewer, stored: PrivateFile) -> bool:
    """Holders of the account at the time of the certificate, and engineers; the certificate and its signed copy."""
    if _staff(user, METERS):
        return True
    certificate = (
        CommissioningCertificate.objects.filter(file=stored).first()
        or CommissioningCertificate.objects.filter(signed=stored).first()
    )
    return certificate is not None and record_in_own_time(
        user, certificate, day="made_on", author="application__author"
    )


def register_files() -> None:
    """Answer for our kinds of private files."""
    register_kind(PHOTO, may_see_photo, waits_for_record=True)
    register_kind(METER_DOCUMENT, may_see_meter_document, waits_for_record=True)
    register_kind(COMMISSIONING_CERTIFICATE, may_see_certificate)

"""Who may see the files of requests, and which rights staff need."""

from django.contrib.auth.models import PermissionsMixin

from portal.accounts.models import Account
from portal.core.files.services import Viewer, register_kind
from portal.core.models import PrivateFile
from portal.service_requests.commissioning.models import Act, ApplicationFile, VisitPhoto
from portal.service_requests.dispatch.models import DispatchPhoto
from portal.service_requests.replacement.models import Verification

DISPATCH = "service_requests.dispatch_requests"
OUTAGES = "service_requests.publish_outage"
METERS = "service_requests.commission_meters"

PHOTO = "dispatch-photo"
METER_PAPER = "meter-paper"
ACT = "meter-act"


def own_upload(user_id: int) -> str:
    """The owner's mark of a file that a login has just sent up and no request holds yet."""
    return f"user:{user_id}"


def _holds(user: Viewer, account_id: int | None) -> bool:
    return account_id is not None and Account.objects.visible_to(user).filter(pk=account_id).exists()


def _is_own_upload(user: Viewer, stored: PrivateFile) -> bool:
    return user.is_authenticated and user.pk is not None and stored.owner == own_upload(user.pk)


def _staff(user: Viewer, permission: str) -> bool:
    return isinstance(user, PermissionsMixin) and user.has_perm(permission)


def may_see_photo(user: Viewer, stored: PrivateFile) -> bool:
    """Holders of the request's account, whoever sent it up, and dispatchers."""
    if _staff(user, DISPATCH) or _is_own_upload(user, stored):
        return True
    photo = DispatchPhoto.objects.select_related("request").filter(file=stored).first()
    return photo is not None and _holds(user, photo.request.account_id)


def may_see_meter_paper(user: Viewer, stored: PrivateFile) -> bool:
    """Holders of the account, whoever sent it up, and engineers."""
    if _staff(user, METERS) or _is_own_upload(user, stored):
        return True
    paper = ApplicationFile.objects.select_related("application").filter(file=stored).first()
    if paper is not None:
        return _holds(user, paper.application.account_id)
    photo = VisitPhoto.objects.select_related("visit__application", "visit__order__meter").filter(file=stored).first()
    if photo is not None:
        return _holds(user, photo.visit.account_id)
    verification = Verification.objects.select_related("meter").filter(certificate=stored).first()
    return verification is not None and _holds(user, verification.meter.account_id)


def may_see_act(user: Viewer, stored: PrivateFile) -> bool:
    """Holders of the account and engineers; the act and its signed copy."""
    if _staff(user, METERS):
        return True
    act = Act.objects.filter(file=stored).first() or Act.objects.filter(signed=stored).first()
    return act is not None and _holds(user, act.account_id)


def register_files() -> None:
    """Answer for our kinds of private files."""
    register_kind(PHOTO, may_see_photo, waits_for_record=True)
    register_kind(METER_PAPER, may_see_meter_paper, waits_for_record=True)
    register_kind(ACT, may_see_act)

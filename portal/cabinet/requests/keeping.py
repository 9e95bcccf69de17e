"""Files of a form: what came is kept at once, so that an error elsewhere on the form loses none."""

from django.http import HttpRequest

from portal.accounts.models import User
from portal.cabinet.requests.words import file_refused
from portal.core.files.exceptions import FileRefused
from portal.core.models import PrivateFile
from portal.service_requests.uploads import keep, kept


def gather(
    request: HttpRequest, *, name: str, kind: str, user: User, pdf: bool, most: int = 10
) -> tuple[list[PrivateFile], list[str]]:
    """The files kept before (`NAME-kept`) with those that came now, and what is wrong with the others, in words."""
    files = kept(ids=request.POST.getlist(f"{name}-kept"), kind=kind, by=user)
    errors = []
    for upload in request.FILES.getlist(name)[:most]:
        try:
            files.append(keep(upload=upload, kind=kind, by=user, pdf=pdf))
        except FileRefused as refusal:
            errors.append(file_refused(upload.name or "", refusal))
    return files, errors

"""Files of a form: what came is kept at once, so that an error elsewhere on the form loses none."""

from django.http import HttpRequest

from portal.accounts.models import User
from portal.core.models import PrivateFile
from portal.service_requests import uploads


def gather(
    request: HttpRequest, *, name: str, kind: str, user: User, pdf: bool, most: int = uploads.MOST_FILES
) -> tuple[list[PrivateFile], list[str]]:
    """The files kept before (`NAME-kept`) with those that came now, and what is wrong with the others, in words."""
    return uploads.gather(
        kept_ids=request.POST.getlist(f"{name}-kept"), uploads=request.FILES.getlist(name)[:most], kind=kind, by=user,
        pdf=pdf,
    )  # fmt: skip

"""Files of a form: what came is kept at once, so that an error elsewhere on the form loses none."""

from functools import partial

from django.http import HttpRequest

from portal.accounts.client_ip import sender_of
from portal.accounts.models import User
from portal.core.models import PrivateFile
from portal.core.rate_limits.edge import mark_limited
from portal.service_requests import uploads

COUNTED = "uploads_seen"


def gather(
    request: HttpRequest, *, name: str, kind: str, user: User, pdf: bool, most: int = uploads.MAX_FILES
) -> tuple[list[PrivateFile], list[str]]:
    """The files kept before (`NAME-stored`) with those that came now, and what is wrong with the others, in words.

    Ten files of one request are looked into, whatever fields they are in; the login's limits are counted.
    """
    files = request.FILES.getlist(name)
    counted = getattr(request, COUNTED, 0)
    setattr(request, COUNTED, counted + len(files))
    return uploads.gather(
        stored_ids=request.POST.getlist(f"{name}-stored"),
        uploads=files,
        kind=kind,
        by=user,
        pdf=pdf,
        sender=sender_of(request),
        most=min(most, max(uploads.MAX_FILES - counted, 0)),
        on_limit=partial(mark_limited, request),
    )

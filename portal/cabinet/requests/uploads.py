"""Files of a form: what came is kept at once, so that an error elsewhere on the form loses none."""

from functools import partial

from django.http import HttpRequest

from portal.accounts.client_ip import sender_of
from portal.accounts.models import User
from portal.core.models import PrivateFile
from portal.core.rate_limits.edge import mark_limited
from portal.service_requests import uploads

SEEN = "uploads_seen"


def gather(
    request: HttpRequest, *, name: str, kind: str, user: User, pdf: bool, most: int = uploads.MAX_FILES
) -> tuple[list[PrivateFile], list[str]]:
    """The files kept before (`NAME-kept`) with those that came now, and what is wrong with the others, in words.

    Ten files of one request are looked into, whatever fields they are in; the login's limits are counted.
    """
    given = request.FILES.getlist(name)
    seen = getattr(request, SEEN, 0)
    setattr(request, SEEN, seen + len(given))
    return uploads.gather(
        kept_ids=request.POST.getlist(f"{name}-kept"),
        uploads=given,
        kind=kind,
        by=user,
        pdf=pdf,
        sender=sender_of(request),
        most=min(most, max(uploads.MAX_FILES - seen, 0)),
        on_limit=partial(mark_limited, request),
    )

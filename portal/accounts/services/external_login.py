"""LiveJournal identities of a login: linked after the password, unlinked at will; both in the audit and by mail."""

import datetime as dt

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.notifications import LIVEJOURNAL_LINKED, LIVEJOURNAL_UNLINKED, notify_profile_changed

PROVIDER = "openid"


@transaction.atomic
def note_linked(*, user: User, identity: str, moment: dt.datetime) -> None:
    """Put the new way in into the audit and tell its owner."""
    audit.changed(user, by=user, what="LiveJournal", before="", after=identity)
    notify_profile_changed(
        LIVEJOURNAL_LINKED,
        user=user,
        event=f"journal-linked:{user.pk}:{int(moment.timestamp())}",
    )


@transaction.atomic
def unlink(*, user: User, moment: dt.datetime) -> int:
    """Take every journal from the login; returns how many there were."""
    linked = SocialAccount.objects.filter(user=user, provider=PROVIDER)
    identities = ", ".join(linked.values_list("uid", flat=True))
    count = linked.delete()[0]
    if count:
        audit.changed(user, by=user, what="LiveJournal", before=identities, after="")
        notify_profile_changed(
            LIVEJOURNAL_UNLINKED,
            user=user,
            event=f"journal-unlinked:{user.pk}:{int(moment.timestamp())}",
        )
    return count

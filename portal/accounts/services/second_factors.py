"""Second factors (TOTP, recovery codes): their secrets are encrypted, changes are audited and told to the owner."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import pgettext_lazy

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.notifications import SECOND_FACTOR_CHANGED, notify_profile_changed
from portal.core import clock, encryption

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECRETS = ("secret", "seed")
"""Where allauth keeps what opens a login: the TOTP secret and the seed of the recovery codes."""


def reencrypt_secrets() -> int:
    """Encrypt every stored secret with the first of FIELD_ENCRYPTION_KEYS; returns how many rows. Safe to repeat.

    Raises CannotDecrypt when a row was encrypted with a key that is no longer in the list; then nothing is changed.
    """
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().order_by("pk")
        return sum(_reencrypt(row) for row in rows)


def _reencrypt(row: Authenticator) -> int:
    data: dict[str, Any] = row.data
    for name in SECRETS:
        if name in data:
            data[name] = encryption.reencrypt(data[name])
    if "migrated_codes" in data:
        data["migrated_codes"] = [encryption.reencrypt(code) for code in data["migrated_codes"]]
    row.save(update_fields=["data"])
    return 1


FACTORS = {Authenticator.Type.TOTP: "второй фактор", Authenticator.Type.RECOVERY_CODES: "запасные коды"}

_FACTOR_NAMES: "dict[str, StrOrPromise]" = {
    Authenticator.Type.TOTP: pgettext_lazy("factor", "second factor"),
    Authenticator.Type.RECOVERY_CODES: pgettext_lazy("factor", "recovery codes"),
}
_CHANGES: "dict[str, StrOrPromise]" = {
    "включён": pgettext_lazy("factor", "switched on"),
    "отключён": pgettext_lazy("factor", "switched off"),
    "созданы заново": pgettext_lazy("factor", "created anew"),
}


@transaction.atomic
def log_changed(*, user: User, factor: Authenticator, what: str, moment: dt.datetime) -> None:
    """Put a change of a second factor («включён», «отключён») into the audit and tell the owner by letter and inbox."""
    name = FACTORS.get(Authenticator.Type(factor.type), str(factor.type))
    audit.access(user, by=user, what=f"{name.capitalize()}: {what}")
    notify_profile_changed(
        SECOND_FACTOR_CHANGED,
        user=user,
        factor=_FACTOR_NAMES.get(Authenticator.Type(factor.type), str(factor.type)),
        change=_CHANGES.get(what, what),
        event=f"factor:{user.pk}:{factor.type}:{what}:{int(moment.timestamp())}",
    )


def factor_added(authenticator: Authenticator, user: User, **_sent: Any) -> None:
    """allauth's signal; recovery codes come with the first factor and are not told apart."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        log_changed(user=user, factor=authenticator, what="включён", moment=clock.real_now())


def factor_removed(authenticator: Authenticator, user: User, **_sent: Any) -> None:
    """allauth's signal; recovery codes go with the last factor and are not told apart."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        log_changed(user=user, factor=authenticator, what="отключён", moment=clock.real_now())


def factor_reset(authenticator: Authenticator, user: User, **_sent: Any) -> None:
    """allauth's signal: recovery codes were made anew."""
    log_changed(user=user, factor=authenticator, what="созданы заново", moment=clock.real_now())

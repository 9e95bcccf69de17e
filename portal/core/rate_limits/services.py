"""Counting. A refused attempt is not counted, and counts nowhere else: all limits of an action, or none."""

import datetime as dt
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.core.mailboxes import canonical_mailbox
from portal.core.networks import parse_address
from portal.core.rate_limits.declared import Action, Per, RateLimit, limits_of
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.models import RateCounter, RateLimits

SALT = "portal.core.rate_limits"
ONCE = "once"


@dataclass(frozen=True, slots=True)
class Sender:
    """Sender: the login's primary key ("" for nobody) and the client's address."""

    login: str = ""
    address: str = ""


def address_group(address: str) -> str:
    """Return what one subscriber of a network has: an IPv4 address, or the /64 of an IPv6 address."""
    parsed = parse_address(address)
    if parsed is None:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def spend(action: Action, *, sender: Sender | None = None, mailbox: str = "", amount: int = 1) -> None:
    """Count one thing (or `amount` bytes) for everybody whom the action's limits name.

    Real time. Limits whose subject is unknown (no login, no mailbox) do not count. Inside a caller's transaction
    the count stands exactly when the rest does. Raises RateLimited; then nothing is counted.
    """
    subjects = _subjects(sender or Sender(), mailbox)
    limits = [limit for limit in limits_of(action) if subjects[limit.per]]
    if not limits:
        return
    settings, now = RateLimits.load(), timezone.now()
    with transaction.atomic():
        for limit in sorted(limits, key=lambda limit: limit.code):
            allowed = settings.allowed(limit)
            wait = _take(limit.code, subjects[limit.per], amount, allowed, limit.window.length, now)
            if wait is not None:
                raise RateLimited(limit=limit, allowed=allowed // limit.unit, wait=wait)


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of a limit to one subject, in the limit's single things; `resets_in` whole seconds, rounded up."""

    limit: RateLimit
    allowed: int
    left: int
    resets_in: int


def quotas(action: Action, *, sender: Sender, mailbox: str = "") -> list[Quota]:
    """What is left of the action's limits to whom they count, after what was counted so far (two queries a limit)."""
    settings, now, subjects = RateLimits.load(), timezone.now(), _subjects(sender, mailbox)
    left = []
    for limit in limits_of(action):
        if not subjects[limit.per]:
            continue
        subject, allowed = _digest(limit.code, subjects[limit.per]), settings.allowed(limit)
        counter = RateCounter.objects.filter(limit=limit.code, subject=subject, ends_at__gt=now).first()
        used, ends_at = (counter.used, counter.ends_at) if counter is not None else (0, now + limit.window.length)
        resets_in = -int(-(ends_at - now).total_seconds() // 1)
        left.append(Quota(limit, allowed, max(0, allowed - used), max(1, resets_in)))
    return left


def _subjects(sender: Sender, mailbox: str) -> Mapping[Per, str]:
    return {
        Per.LOGIN: sender.login,
        Per.ADDRESS: address_group(sender.address),
        Per.MAILBOX: canonical_mailbox(mailbox),
        Per.EVERYONE: "*",
    }


def _digest(code: str, subject: str) -> str:
    return salted_hmac(f"{SALT}.{code}", subject, algorithm="sha256").hexdigest()


def _take(
    code: str, subject: str, amount: int, allowed: int, length: dt.timedelta, now: dt.datetime
) -> dt.timedelta | None:
    """Count, each time by one conditional UPDATE; None when there was room, otherwise how long to wait."""
    key = _digest(code, subject)
    counters = RateCounter.objects.filter(limit=code, subject=key)
    if amount > allowed:
        return length
    for _attempt in range(3):
        if counters.filter(ends_at__gt=now, used__lte=allowed - amount).update(used=F("used") + amount):
            return None
        if counters.filter(ends_at__lte=now).update(used=amount, ends_at=now + length):
            return None
        existing = counters.first()
        if existing is None:
            RateCounter.objects.bulk_create(
                [RateCounter(limit=code, subject=key, ends_at=now + length)], ignore_conflicts=True
            )
        elif existing.used + amount > allowed:
            return existing.ends_at - now
    return length


def claim_once(purpose: str, token: str, *, lasts: dt.timedelta) -> bool:
    """Whether this is the first use of a token: True once, exact under parallel requests.

    `lasts` is how long the use is remembered; the token itself must be refused by its age after that.
    """
    now = timezone.now()
    with transaction.atomic():
        return _take(f"{ONCE}:{purpose}"[:60], token, 1, 1, lasts, now) is None


def sweep(*, moment: dt.datetime) -> int:
    """Delete counters whose window is over; returns how many."""
    return RateCounter.objects.filter(ends_at__lte=moment).delete()[0]

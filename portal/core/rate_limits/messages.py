"""A refusal in words: what was sent, how long to wait, what to do at once."""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from portal.core.models import CompanySettings
from portal.core.rate_limits.declared import Action, CountWindow, Per
from portal.core.rate_limits.exceptions import RateLimited

SENT: dict[Action, Callable[[int], str]] = {
    Action.DISPATCH: lambda n: ngettext(
        "You have sent %(n)d request within %(window)s.", "You have sent %(n)d requests within %(window)s.", n
    ),
    Action.COMMISSIONING: lambda n: ngettext(
        "You have sent %(n)d application within %(window)s.", "You have sent %(n)d applications within %(window)s.", n
    ),
    Action.FOLLOW_UP: lambda n: ngettext(
        "You have sent %(n)d message within %(window)s.", "You have sent %(n)d messages within %(window)s.", n
    ),
    Action.COMPLAINT: lambda n: ngettext(
        "You have sent %(n)d entry within %(window)s.", "You have sent %(n)d entries within %(window)s.", n
    ),
    Action.EMAIL_CHANGE: lambda n: ngettext(
        "You have asked for %(n)d letter within %(window)s.", "You have asked for %(n)d letters within %(window)s.", n
    ),
    Action.UPLOAD: lambda n: ngettext(
        "You have sent %(n)d file within %(window)s.", "You have sent %(n)d files within %(window)s.", n
    ),
    Action.UPLOAD_SIZE: lambda n: ngettext(
        "You have sent %(n)d MB of files within %(window)s.", "You have sent %(n)d MB of files within %(window)s.", n
    ),
    Action.PAYMENT: lambda n: ngettext(
        "You have begun %(n)d payment within %(window)s.", "You have begun %(n)d payments within %(window)s.", n
    ),
}

SENT |= {Action.EDITOR_UPLOAD: SENT[Action.UPLOAD], Action.EDITOR_UPLOAD_SIZE: SENT[Action.UPLOAD_SIZE]}

FROM_MAILBOX: dict[Action, Callable[[int], str]] = {
    Action.SUPPORT: lambda n: ngettext(
        "%(n)d question came from this e-mail address within %(window)s.",
        "%(n)d questions came from this e-mail address within %(window)s.",
        n,
    ),
}
FROM_NETWORK: dict[Action, Callable[[int], str]] = {
    Action.SUPPORT: lambda n: ngettext(
        "%(n)d question came from your network within %(window)s.",
        "%(n)d questions came from your network within %(window)s.",
        n,
    ),
}


def _window(window: CountWindow) -> str:
    return {
        CountWindow.MINUTE: pgettext("limit", "a minute"),
        CountWindow.HOUR: pgettext("limit", "an hour"),
        CountWindow.DAY: pgettext("limit", "a day"),
    }[window]


def waiting_time(wait: dt.timedelta) -> str:
    """«23 минуты»: rounded up; seconds under a minute, hours from two on."""
    seconds = max(1, -int(-wait.total_seconds() // 1))
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def _what(refusal: RateLimited) -> str:
    limit, number = refusal.limit, refusal.allowed
    values = {"n": number, "window": _window(limit.window)}
    if limit.per == Per.MAILBOX and limit.action == Action.RECOVERY:
        return _("Recovery of this login has already been requested: check the mailbox and its spam folder.")
    own_text = {Per.MAILBOX: FROM_MAILBOX, Per.ADDRESS: FROM_NETWORK}.get(limit.per, {}).get(limit.action)
    if own_text is not None:
        return own_text(number) % values
    if limit.per == Per.MAILBOX:
        return _("Too many letters for this e-mail address within %(window)s.") % values
    if limit.per == Per.ADDRESS:
        return _("Too much was sent from your network within %(window)s.") % values
    if limit.per == Per.EVERYONE:
        return _("We are receiving too many messages right now.")
    message = SENT.get(limit.action)
    if message is None:
        return _("You have done this too many times within %(window)s.") % values
    return message(number) % values


def limit_message(refusal: RateLimited) -> str:
    """«Вы отправили 10 заявок за час. Снова можно через 23 минуты. При аварии звоните …»."""
    wait = {"wait": waiting_time(refusal.wait)}
    if refusal.limit.action == Action.SUPPORT:
        again = _("You can send the next one in %(wait)s; your text is saved below.") % wait
    else:
        again = _("You can go on in %(wait)s.") % wait
    text = f"{_what(refusal)} {again}"
    if refusal.limit.action == Action.DISPATCH:
        phone = CompanySettings.shown().emergency_phone
        if phone:
            text += " " + _("In an emergency call %(phone)s, 24/7.") % {"phone": phone}
    return text

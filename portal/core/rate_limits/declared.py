"""Every rate limit with its default. Staff change the numbers in the admin (RateLimits)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """Actions that are limited."""

    DISPATCH = "dispatch"
    COMMISSIONING = "commissioning"
    REPLACEMENT = "replacement"
    FOLLOW_UP = "follow_up"
    COMPLAINT = "complaint"
    SUPPORT = "support"
    SUPPORT_LETTER = "support_letter"
    EMAIL_CHANGE = "email_change"
    UPLOAD = "upload"
    UPLOAD_SIZE = "upload_size"
    EDITOR_UPLOAD = "editor_upload"
    EDITOR_UPLOAD_SIZE = "editor_upload_size"
    RECOVERY = "recovery"
    RECOVERY_LETTER = "recovery_letter"
    APPLICATION = "application"
    PERSONAL_REQUEST = "personal_request"
    PAYMENT = "payment"
    LIVEJOURNAL = "livejournal"
    CAPTCHA = "captcha"
    CABINET_FORM = "cabinet_form"
    API = "api"


class Per(StrEnum):
    """Subjects that are counted: a login, a client address (IPv6: its /64), a mailbox or typed name, or everybody
    together.
    """

    LOGIN = "login"
    ADDRESS = "address"
    MAILBOX = "mailbox"
    EVERYONE = "everyone"


class CountWindow(StrEnum):
    """Length of a counting window; it begins with the first thing that is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> dt.timedelta:
        """The window as a duration."""
        return {CountWindow.MINUTE: dt.timedelta(minutes=1), CountWindow.HOUR: dt.timedelta(hours=1)}.get(
            self, dt.timedelta(days=1)
        )


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `default` of an action per subject and window; `unit` is what one of the setting's number is."""

    action: Action
    per: Per
    window: CountWindow
    default: int
    unit: int = 1

    @property
    def code(self) -> str:
        """The name of the limit, of its setting and of its counters: «dispatch_login_hour»."""
        return f"{self.action}_{self.per}_{self.window}"


MEGABYTE = 1024 * 1024

LIMITS: tuple[RateLimit, ...] = (
    RateLimit(Action.DISPATCH, Per.LOGIN, CountWindow.HOUR, 10),
    RateLimit(Action.DISPATCH, Per.LOGIN, CountWindow.DAY, 30),
    RateLimit(Action.DISPATCH, Per.ADDRESS, CountWindow.HOUR, 60),
    RateLimit(Action.COMMISSIONING, Per.LOGIN, CountWindow.HOUR, 6),
    RateLimit(Action.COMMISSIONING, Per.LOGIN, CountWindow.DAY, 12),
    RateLimit(Action.COMMISSIONING, Per.ADDRESS, CountWindow.HOUR, 40),
    RateLimit(Action.REPLACEMENT, Per.LOGIN, CountWindow.HOUR, 10),
    RateLimit(Action.REPLACEMENT, Per.LOGIN, CountWindow.DAY, 20),
    RateLimit(Action.REPLACEMENT, Per.ADDRESS, CountWindow.HOUR, 60),
    RateLimit(Action.FOLLOW_UP, Per.LOGIN, CountWindow.HOUR, 30),
    RateLimit(Action.FOLLOW_UP, Per.ADDRESS, CountWindow.HOUR, 150),
    RateLimit(Action.COMPLAINT, Per.LOGIN, CountWindow.HOUR, 20),
    RateLimit(Action.COMPLAINT, Per.LOGIN, CountWindow.DAY, 60),
    RateLimit(Action.COMPLAINT, Per.ADDRESS, CountWindow.HOUR, 100),
    RateLimit(Action.SUPPORT, Per.ADDRESS, CountWindow.HOUR, 30),
    RateLimit(Action.SUPPORT, Per.MAILBOX, CountWindow.HOUR, 5),
    RateLimit(Action.SUPPORT_LETTER, Per.MAILBOX, CountWindow.DAY, 5),
    RateLimit(Action.SUPPORT_LETTER, Per.EVERYONE, CountWindow.HOUR, 100),
    RateLimit(Action.EMAIL_CHANGE, Per.LOGIN, CountWindow.HOUR, 3),
    RateLimit(Action.EMAIL_CHANGE, Per.LOGIN, CountWindow.DAY, 6),
    RateLimit(Action.EMAIL_CHANGE, Per.MAILBOX, CountWindow.DAY, 3),
    RateLimit(Action.EMAIL_CHANGE, Per.ADDRESS, CountWindow.HOUR, 20),
    RateLimit(Action.UPLOAD, Per.LOGIN, CountWindow.HOUR, 60),
    RateLimit(Action.UPLOAD_SIZE, Per.LOGIN, CountWindow.HOUR, 200, unit=MEGABYTE),
    RateLimit(Action.EDITOR_UPLOAD, Per.LOGIN, CountWindow.HOUR, 300),
    RateLimit(Action.EDITOR_UPLOAD_SIZE, Per.LOGIN, CountWindow.HOUR, 2000, unit=MEGABYTE),
    RateLimit(Action.RECOVERY, Per.ADDRESS, CountWindow.HOUR, 20),
    RateLimit(Action.RECOVERY, Per.MAILBOX, CountWindow.HOUR, 3),
    RateLimit(Action.RECOVERY_LETTER, Per.MAILBOX, CountWindow.HOUR, 3),
    RateLimit(Action.RECOVERY_LETTER, Per.LOGIN, CountWindow.DAY, 6),
    RateLimit(Action.APPLICATION, Per.ADDRESS, CountWindow.HOUR, 10),
    RateLimit(Action.PERSONAL_REQUEST, Per.LOGIN, CountWindow.DAY, 10),
    RateLimit(Action.PERSONAL_REQUEST, Per.ADDRESS, CountWindow.DAY, 60),
    RateLimit(Action.PAYMENT, Per.LOGIN, CountWindow.HOUR, 30),
    RateLimit(Action.LIVEJOURNAL, Per.ADDRESS, CountWindow.HOUR, 20),
    RateLimit(Action.LIVEJOURNAL, Per.EVERYONE, CountWindow.MINUTE, 30),
    RateLimit(Action.CAPTCHA, Per.ADDRESS, CountWindow.HOUR, 300),
    RateLimit(Action.CABINET_FORM, Per.LOGIN, CountWindow.HOUR, 400),
    RateLimit(Action.API, Per.LOGIN, CountWindow.MINUTE, 120),
)


def limits_of(action: Action) -> tuple[RateLimit, ...]:
    """The limits of an action."""
    return tuple(limit for limit in LIMITS if limit.action == action)

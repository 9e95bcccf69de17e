"""Every rate limit with its default. Staff change the numbers in the admin (RateLimits)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a person sends, or has the server do."""

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
    """Who is counted: a login, a client address (IPv6: its /64), a mailbox or typed name, or everybody together."""

    LOGIN = "login"
    ADDRESS = "address"
    MAILBOX = "mailbox"
    EVERYONE = "everyone"


class Window(StrEnum):
    """How long one count lasts; it begins with the first thing that is counted."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> dt.timedelta:
        """The window as a duration."""
        return {Window.MINUTE: dt.timedelta(minutes=1), Window.HOUR: dt.timedelta(hours=1)}.get(
            self, dt.timedelta(days=1)
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `default` of an action per subject and window; `unit` is what one of the setting's number is."""

    action: Action
    per: Per
    window: Window
    default: int
    unit: int = 1

    @property
    def code(self) -> str:
        """The name of the limit, of its setting and of its counters: «dispatch_login_hour»."""
        return f"{self.action}_{self.per}_{self.window}"


MEGABYTE = 1024 * 1024

LIMITS: tuple[Limit, ...] = (
    Limit(Action.DISPATCH, Per.LOGIN, Window.HOUR, 10),
    Limit(Action.DISPATCH, Per.LOGIN, Window.DAY, 30),
    Limit(Action.DISPATCH, Per.ADDRESS, Window.HOUR, 60),
    Limit(Action.COMMISSIONING, Per.LOGIN, Window.HOUR, 6),
    Limit(Action.COMMISSIONING, Per.LOGIN, Window.DAY, 12),
    Limit(Action.COMMISSIONING, Per.ADDRESS, Window.HOUR, 40),
    Limit(Action.REPLACEMENT, Per.LOGIN, Window.HOUR, 10),
    Limit(Action.REPLACEMENT, Per.LOGIN, Window.DAY, 20),
    Limit(Action.REPLACEMENT, Per.ADDRESS, Window.HOUR, 60),
    Limit(Action.FOLLOW_UP, Per.LOGIN, Window.HOUR, 30),
    Limit(Action.FOLLOW_UP, Per.ADDRESS, Window.HOUR, 150),
    Limit(Action.COMPLAINT, Per.LOGIN, Window.HOUR, 20),
    Limit(Action.COMPLAINT, Per.LOGIN, Window.DAY, 60),
    Limit(Action.COMPLAINT, Per.ADDRESS, Window.HOUR, 100),
    Limit(Action.SUPPORT, Per.ADDRESS, Window.HOUR, 30),
    Limit(Action.SUPPORT, Per.MAILBOX, Window.HOUR, 5),
    Limit(Action.SUPPORT_LETTER, Per.MAILBOX, Window.DAY, 5),
    Limit(Action.SUPPORT_LETTER, Per.EVERYONE, Window.HOUR, 100),
    Limit(Action.EMAIL_CHANGE, Per.LOGIN, Window.HOUR, 3),
    Limit(Action.EMAIL_CHANGE, Per.LOGIN, Window.DAY, 6),
    Limit(Action.EMAIL_CHANGE, Per.MAILBOX, Window.DAY, 3),
    Limit(Action.EMAIL_CHANGE, Per.ADDRESS, Window.HOUR, 20),
    Limit(Action.UPLOAD, Per.LOGIN, Window.HOUR, 60),
    Limit(Action.UPLOAD_SIZE, Per.LOGIN, Window.HOUR, 200, unit=MEGABYTE),
    Limit(Action.RECOVERY, Per.ADDRESS, Window.HOUR, 20),
    Limit(Action.RECOVERY, Per.MAILBOX, Window.HOUR, 3),
    Limit(Action.RECOVERY_LETTER, Per.MAILBOX, Window.HOUR, 3),
    Limit(Action.RECOVERY_LETTER, Per.LOGIN, Window.DAY, 6),
    Limit(Action.APPLICATION, Per.ADDRESS, Window.HOUR, 10),
    Limit(Action.PERSONAL_REQUEST, Per.LOGIN, Window.DAY, 10),
    Limit(Action.PERSONAL_REQUEST, Per.ADDRESS, Window.DAY, 60),
    Limit(Action.PAYMENT, Per.LOGIN, Window.HOUR, 30),
    Limit(Action.LIVEJOURNAL, Per.ADDRESS, Window.HOUR, 20),
    Limit(Action.LIVEJOURNAL, Per.EVERYONE, Window.MINUTE, 30),
    Limit(Action.CAPTCHA, Per.ADDRESS, Window.HOUR, 300),
    Limit(Action.CABINET_FORM, Per.LOGIN, Window.HOUR, 400),
    Limit(Action.API, Per.LOGIN, Window.MINUTE, 120),
)


def limits_of(action: Action) -> tuple[Limit, ...]:
    """The limits of an action."""
    return tuple(limit for limit in LIMITS if limit.action == action)

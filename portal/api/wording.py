"""Refusals of readings as a code and words."""

import re

from django.utils.translation import gettext as _

from portal.core.formatting import date_text, volume_text
from portal.metering import exceptions as refused


def refusal(error: refused.ReadingRefused) -> tuple[str, str]:
    """A code for programs (the exception's name in snake case) and words for people."""
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
    match error:
        case refused.ReadingWindowClosed():
            words = _("Readings are accepted from %(opens)s to %(closes)s.") % {
                "opens": date_text(error.opens_on),
                "closes": date_text(error.closes_on),
            }
        case refused.TooManyDigits():
            words = _("The meter has %(digits)s digits before the decimal point.") % {"digits": error.digits}
        case refused.LowerThanPrevious():
            words = _("Lower than %(previous)s of %(day)s.") % {
                "previous": volume_text(error.previous),
                "day": date_text(error.taken_on),
            }
        case refused.AboveMaximumFlow():
            words = _("%(volume)s since %(day)s: at most %(possible)s can pass the meter.") % {
                "volume": volume_text(error.volume),
                "day": date_text(error.since),
                "possible": volume_text(error.possible),
            }
        case refused.HighWithoutHistory():
            words = _("%(volume)s by a meter without a history. Send again with confirmed_high if it is right.") % {
                "volume": volume_text(error.volume)
            }
        case refused.UnusuallyHigh():
            words = _("%(volume)s, while %(usual)s is usual. Send again with confirmed_high if it is right.") % {
                "volume": volume_text(error.volume),
                "usual": volume_text(error.usual),
            }
        case refused.TooManyDecimals():
            words = _("Three digits after the decimal point at most.")
        case refused.MeterClosed():
            words = _("This meter was closed.")
        case _:
            words = _("The reading is not accepted.")
    return code, words

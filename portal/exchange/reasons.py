"""Why a row of a file, or a reading, is not taken: in words for staff."""

from django.utils.translation import gettext as _

from portal.core.formatting import date_text, volume_text
from portal.metering import exceptions as metering


def reading_words(refusal: metering.ReadingRefused) -> str:
    """What is wrong with a reading and what to do."""
    if isinstance(refusal, metering.LowerThanPrevious):
        words = _("Less than the former reading %(value)s of %(day)s. Check the first digits.") % {
            "value": volume_text(refusal.previous),
            "day": date_text(refusal.taken_on, year=True),
        }
        if refusal.may_be_rollover:
            words += " " + _("If the meter turned past its last digit, tick it.")
        return words
    if isinstance(refusal, metering.AboveMaximumFlow | metering.UnusuallyHigh):
        return _high_words(refusal)
    if isinstance(refusal, metering.TooManyDigits):
        return _("The meter has %(digits)s digits before the point.") % {"digits": refusal.digits}
    if isinstance(refusal, metering.TooManyDecimals):
        return _("Three digits after the point at most.")
    if isinstance(refusal, metering.NegativeValue):
        return _("A reading is not below zero.")
    if isinstance(refusal, metering.MeterClosed):
        return _("The meter was closed before this day.")
    if isinstance(refusal, metering.ReadingWindowClosed):
        return _("The window was closed on that day: readings of residents are taken from %(day)s.") % {
            "day": date_text(refusal.opens_on)
        }
    if isinstance(refusal, metering.HigherThanNext):
        return _("More than the reading %(value)s of %(day)s. Check the digits.") % {
            "value": volume_text(refusal.following),
            "day": date_text(refusal.taken_on, year=True),
        }
    if isinstance(refusal, metering.ControlReadingStands | metering.LaterReadingStands):
        return _("The reading %(value)s of %(day)s stands.") % {
            "value": volume_text(refusal.value),
            "day": date_text(refusal.taken_on, year=True),
        }
    if isinstance(refusal, metering.NotCountingYet):
        return _("The meter did not count on this day yet.")
    return _("Refused: %(reason)s") % {"reason": refusal}


def _high_words(refusal: metering.AboveMaximumFlow | metering.UnusuallyHigh) -> str:
    """Too much water, impossible or unusual."""
    if isinstance(refusal, metering.AboveMaximumFlow):
        return _(
            "%(volume)s since %(day)s: the meter passes %(possible)s at most (%(flow)s an hour, day and night). "
            "Check the digits and the comma."
        ) % {
            "volume": volume_text(refusal.volume),
            "day": date_text(refusal.since, year=True),
            "possible": volume_text(refusal.possible),
            "flow": volume_text(refusal.flow),
        }
    if isinstance(refusal, metering.HighWithoutHistory):
        return _(
            "%(volume)s by a meter without a history, where up to %(limit)s is plausible. "
            "If it is right, tick that it was checked."
        ) % {"volume": volume_text(refusal.volume), "limit": volume_text(refusal.usual)}
    return _("%(volume)s where %(usual)s is usual. If it is right, tick that it was checked.") % {
        "volume": volume_text(refusal.volume),
        "usual": volume_text(refusal.usual),
    }

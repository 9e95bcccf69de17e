"""Refusals of the business in words that say what to do."""

from decimal import Decimal

from django.utils.translation import gettext as _

from portal.core.formatting import date_text, volume_text
from portal.metering import exceptions as why
from portal.metering.exceptions import ReadingRefused


def refusal_words(refusal: ReadingRefused, *, written: str) -> str:
    """What is wrong with a reading and what to do about it."""
    match refusal:
        case why.TooManyDigits():
            return _(
                "Too many digits: the meter has %(digits)s before the comma. Put the comma before the red digits."
            ) % {"digits": refusal.digits}
        case why.TooManyDecimals():
            return _("Three digits after the comma at most, as on the meter.")
        case why.NegativeValue():
            return _("A reading is not below zero. Write the digits of the meter.")
        case why.LowerThanPrevious():
            return _(
                "Lower than the last reading (%(previous)s of %(day)s). Check the first digits; if the meter was "
                "replaced, call the subscriber office."
            ) % {"previous": volume_text(refusal.previous), "day": date_text(refusal.taken_on)}
        case why.AboveMaximumFlow():
            return _(
                "So much water cannot pass the meter: %(volume)s since %(day)s, and %(possible)s is possible at most. "
                "Check the digits; the red ones stand after the comma."
            ) % {
                "volume": volume_text(refusal.volume),
                "day": date_text(refusal.since),
                "possible": volume_text(refusal.possible),
            }
        case why.HighWithoutHistory():
            return _("A lot for a new meter: %(volume)s. Check the digits and the comma. Is everything right?") % {
                "volume": volume_text(refusal.volume)
            }
        case why.UnusuallyHigh():
            words = _("Far more than usual: %(volume)s, in such a time usually about %(usual)s. Is everything right?")
            return words % {
                "volume": volume_text(refusal.volume),
                "usual": volume_text(refusal.usual),
            }
        case why.ControlReadingStands():
            return _("Our engineer took a control reading today: %(value)s. Nothing needs to be sent.") % {
                "value": volume_text(refusal.value)
            }
        case why.NotCountingYet():
            return _("This meter counts from %(day)s. Send its reading in the window after that day.") % {
                "day": date_text(refusal.counts_from)
            }
        case why.MeterClosed():
            return _("This meter was removed. Reload the page to see the meters that stand now.")
    return _("The reading %(written)s was not accepted. Check the digits.") % {"written": written}


def not_a_number() -> str:
    """Words for a field that holds no number."""
    return _("This is not a number. Write digits and one comma, for example 424,190.")


def example_value(value: Decimal) -> str:
    """A reading as it is typed: «424,190»."""
    return f"{value:.3f}".replace(".", ",")

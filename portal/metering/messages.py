"""Messages of refusals about meters and readings."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formatting import date_text, volume_text
from portal.core.refusals import RefusalMessage, declare
from portal.metering import exceptions


def _lower_for_staff(refusal: exceptions.LowerThanPrevious) -> str:
    text = _("Less than the previous reading, %(value)s of %(day)s. Check the first digits.") % {
        "value": volume_text(refusal.previous),
        "day": date_text(refusal.taken_on),
    }
    if refusal.may_be_rollover:
        text += " " + _("If the meter turned past its last digit, tick it.")
    return text


def _serial_taken(refusal: exceptions.SerialNumberTaken) -> str:
    if refusal.same_account:
        return _("You already have a meter with this number.")
    return _("A meter with this number belongs to another account. Check the digits, or call us.")


ACTIVE_READING = gettext_lazy("The reading %(value)s of %(taken_on)s is in force.")

declare(
    {
        exceptions.ReadingWindowClosed: RefusalMessage(
            gettext_lazy("Readings are accepted from %(opens_on)s to %(closes_on)s."),
            staff=gettext_lazy("The window was closed on that day: residents' readings are taken from %(opens_on)s."),
        ),
        exceptions.TooManyDecimals: RefusalMessage(
            gettext_lazy("At most three digits after the comma, as on the meter."), field="value"
        ),
        exceptions.TooManyDigits: RefusalMessage(
            gettext_lazy(
                "Too many digits: the meter has %(digits)s before the comma. The comma goes before the red digits."
            ),
            field="value",
        ),
        exceptions.NegativeValue: RefusalMessage(
            gettext_lazy("A reading cannot be below zero. Enter the digits on the meter."), field="value"
        ),
        exceptions.LowerThanPrevious: RefusalMessage(
            gettext_lazy(
                "Lower than the last reading (%(previous)s of %(taken_on)s). Check the first digits; if the meter was "
                "replaced, call the subscriber office."
            ),
            staff=_lower_for_staff,
            field="value",
        ),
        exceptions.HigherThanNext: RefusalMessage(
            gettext_lazy("Above the later reading, %(following)s of %(taken_on)s. Check the digits and the day."),
            field="value",
        ),
        exceptions.UnusuallyHigh: RefusalMessage(
            gettext_lazy(
                "Far more than usual: %(volume)s, usually about %(usual)s over the same time. Is everything right?"
            ),
            staff=gettext_lazy(
                "%(volume)s where %(usual)s is usual. Ask the resident; if it is right, tick that it was checked."
            ),
            field="value",
        ),
        exceptions.HighWithoutHistory: RefusalMessage(
            gettext_lazy("A lot for a new meter: %(volume)s. Check the digits and the comma. Is everything right?"),
            staff=gettext_lazy(
                "%(volume)s by a meter without a history, where up to %(usual)s is plausible. Ask the resident; if it "
                "is right, tick that it was checked."
            ),
            field="value",
        ),
        exceptions.AboveMaximumFlow: RefusalMessage(
            gettext_lazy(
                "That much water cannot pass through the meter: %(volume)s since %(since)s, at most "
                "%(possible)s is possible. Check the digits; the red ones go after the comma."
            ),
            staff=gettext_lazy(
                "%(volume)s since %(since)s: the meter passes %(possible)s at most (%(flow)s an hour, day and night). "
                "Check the digits and the comma; if it is right, enter a control reading with a reason."
            ),
            field="value",
        ),
        exceptions.ControlReadingStands: RefusalMessage(
            gettext_lazy("Our engineer took a control reading today: %(value)s. Nothing needs to be sent."),
            staff=ACTIVE_READING,
            field="value",
        ),
        exceptions.LaterReadingStands: RefusalMessage(
            gettext_lazy("You sent %(value)s on %(taken_on)s, later than this one: that reading counts."),
            staff=ACTIVE_READING,
            field="value",
        ),
        exceptions.MeterClosed: RefusalMessage(
            gettext_lazy("This meter was closed meanwhile. Open the page again; if that is not right, call us."),
            staff=gettext_lazy("The meter was closed before this day."),
        ),
        exceptions.NotCountingYet: RefusalMessage(
            gettext_lazy("This meter counts from %(counts_from)s. Send its reading in the window after that day."),
            staff=gettext_lazy("The meter did not count on this day yet: it counts from %(counts_from)s."),
            field="value",
        ),
        exceptions.MonthPassed: RefusalMessage(
            gettext_lazy("Its month has passed: book a correction or enter a control reading.")
        ),
        exceptions.ServiceNotMetered: RefusalMessage(gettext_lazy("No meter measures this service."), field="service"),
        exceptions.SerialNumberTaken: RefusalMessage(
            _serial_taken,
            staff=gettext_lazy("There is already an active meter with this serial number."),
            field="serial_number",
        ),
        exceptions.FinalReadingLower: RefusalMessage(
            gettext_lazy("Below the last reading, %(previous)s of %(taken_on)s."),
            staff=gettext_lazy("The old meter's reading is below the last one, %(previous)s of %(taken_on)s."),
            field="final_value",
        ),
        exceptions.ClosedBeforeLastReading: RefusalMessage(
            gettext_lazy("The meter was read later, on %(taken_on)s."),
            staff=gettext_lazy("The old meter was read later, on %(taken_on)s: choose that day or a later one."),
        ),
        exceptions.VerificationExpired: RefusalMessage(
            gettext_lazy("This verification has expired. Check the date in the data sheet or the certificate."),
            staff=gettext_lazy("The verification has ended by this day."),
            field="verified_until",
        ),
        exceptions.StartReadingRefused: RefusalMessage(
            gettext_lazy("It cannot be below the reading in the certificate, and is taken around the 1st."),
            field="value",
        ),
    },
    number=volume_text,
)

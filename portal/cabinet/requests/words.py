"""Refusals in words, and the field that each belongs to."""

import logging
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from portal.core.formatting import date_text, time_text, volume_text
from portal.metering import exceptions as metering
from portal.metering.exceptions import (
    AboveMaximumFlow,
    HigherThanNext,
    MeterClosed,
    NegativeValue,
    NotCountingYet,
    TooManyDecimals,
    TooManyDigits,
)
from portal.service_requests import exceptions as general
from portal.service_requests.commissioning import exceptions as steps
from portal.service_requests.dispatch import exceptions as dispatch
from portal.service_requests.replacement import exceptions as replacement

logger = logging.getLogger(__name__)

Words = Callable[[Any], tuple[str, str]]

REFUSALS: dict[type[Exception], Words] = {
    general.PhoneNotUnderstood: lambda _e: ("phone", _("We cannot read this number. Write it as +7 916 123-45-67.")),
    steps.VisitNotOver: lambda _e: ("", _("The agreed hours have not passed yet. Wait for us, or call.")),
    general.SlotTaken: lambda _e: ("slot", _("This time was taken a moment ago. Choose another.")),
    general.WrongState: lambda _e: ("", _("It has changed meanwhile. Look at what stands now.")),
    general.ChangedMeanwhile: lambda _e: ("", _("It has changed meanwhile. Look at what stands now.")),
    dispatch.TooManyPhotos: lambda _e: ("photos", _("Five photos at most. Remove some.")),
    dispatch.SimilarStanding: lambda e: (
        "another",
        _("You sent request No. %(number)s about this at %(time)s: it is at work. Open it, or tick that it is another.")
        % {"number": e.existing.number, "time": time_text(e.existing.received_at)},
    ),
    dispatch.ReopenedAlready: lambda _e: ("", _("A request is reopened once. Call us, please.")),
    steps.PlacePending: lambda e: (
        "place",
        _("Application No. %(number)s for this place is under way already.") % {"number": e.number},
    ),
    steps.SerialPending: lambda _e: (
        "serial_number",
        _("A meter with this number is in another application already. Check the digits, or call us."),
    ),
    steps.PassportMissing: lambda _e: ("passport", _("Add the passport of the meter: photos or a PDF.")),
    steps.MountedInFuture: lambda _e: ("mounted_on", _("This day has not come yet.")),
    steps.DayUnsuitable: lambda e: (
        "wanted_on",
        _("Choose a day from %(first)s to %(last)s.") % {"first": date_text(e.first), "last": date_text(e.last)},
    ),
    steps.NotOffered: lambda _e: ("slot", _("Choose one of the offered times.")),
    steps.MovedAlready: lambda _e: ("slot", _("The visit was moved once already. Call us, please.")),
    steps.TooLateToMove: lambda _e: ("slot", _("The day of the visit has come. Call us, please.")),
    replacement.PriceUnknown: lambda _e: ("", _("No price of a replacement is published yet. Call us, please.")),
    replacement.CertificateMissing: lambda _e: ("certificate", _("Add the certificate: a photo or a PDF.")),
    replacement.CertificatePending: lambda _e: ("", _("A certificate of this meter is being checked already.")),
    replacement.VerifiedInFuture: lambda _e: ("verified_on", _("This day has not come yet.")),
    metering.SerialNumberTaken: lambda e: (
        "serial_number",
        _("A meter with this number counts for you already.")
        if e.same_account
        else _("A meter with this number belongs to another account. Check the digits, or call us."),
    ),
    metering.VerificationExpired: lambda _e: (
        "verified_until",
        _("This verification has ended. Check the date in the passport or the certificate."),
    ),
    metering.FinalReadingLower: lambda e: (
        "final_value",
        _("Below the last reading, %(value)s of %(day)s.")
        % {"value": volume_text(e.previous), "day": date_text(e.taken_on)},
    ),
    metering.ClosedBeforeLastReading: lambda e: (
        "",
        _("The meter was read later, on %(day)s.") % {"day": date_text(e.taken_on)},
    ),
    metering.StartReadingRefused: lambda _e: (
        "value",
        _("It cannot be below the reading in the act, and is taken around the 1st."),
    ),
    MeterClosed: lambda _e: ("", _("The meter that you replace was closed meanwhile. Call us, please.")),
    NotCountingYet: lambda e: ("value", _("The meter counts from %(day)s.") % {"day": date_text(e.counts_from)}),
    HigherThanNext: lambda e: (
        "value",
        _("Above the reading that you sent later, %(value)s of %(day)s. Check the certificate.")
        % {"value": volume_text(e.following), "day": date_text(e.taken_on)},
    ),
    AboveMaximumFlow: lambda e: (
        "value",
        _("So much cannot pass the meter: %(volume)s since %(day)s, %(possible)s at most. Check the digits.")
        % {
            "volume": volume_text(e.volume),
            "day": date_text(e.since, year=True),
            "possible": volume_text(e.possible),
        },
    ),
    NegativeValue: lambda _e: ("value", _("A reading is not below zero.")),
    TooManyDecimals: lambda _e: ("value", _("Three digits after the comma at most.")),
    TooManyDigits: lambda e: ("value", _("The meter has %(digits)d digits before the comma.") % {"digits": e.digits}),
}


def in_words(refusal: Exception) -> tuple[str, str]:
    """The field's name ("" for none) and the words of a refusal; general words, and a log entry, for an unknown one."""
    for kind, words in REFUSALS.items():
        if isinstance(refusal, kind):
            return words(refusal)
    logger.error("No words for the refusal %s", type(refusal).__name__, exc_info=refusal)
    return "", _("This cannot be done as it stands now. Open the page again, or call us.")

"""Refusals in words for staff."""

import logging
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from portal.core.formatting import date_text, volume_text
from portal.metering import exceptions as metering
from portal.metering.exceptions import (
    AboveMaximumFlow,
    HigherThanNext,
    MeterClosed,
    NegativeValue,
    TooManyDecimals,
    TooManyDigits,
)
from portal.service_requests import exceptions as general
from portal.service_requests.commissioning import exceptions as steps
from portal.service_requests.dispatch import exceptions as dispatch
from portal.service_requests.outages import exceptions as outages
from portal.service_requests.replacement import exceptions as replacement

logger = logging.getLogger(__name__)


def _meanwhile(refusal: general.ChangedMeanwhile) -> str:
    if refusal.by:
        return _("%(login)s was quicker: the request has changed. Look at what stands now.") % {"login": refusal.by}
    return _("The request has changed meanwhile. Look at what stands now.")


def _failing(points: list[str]) -> str:
    names = {
        "passport_matches": _("the passport does not match"),
        "serial_seen": _("the serial number differs from the application"),
        "scheme_right": _("mounted against the scheme"),
        "working": _("the meter does not turn"),
    }
    return ", ".join(names[point] for point in points) or "—"


WORDS: dict[type[Exception], Callable[[Any], str]] = {
    general.ChangedMeanwhile: _meanwhile,
    general.WrongState: lambda _e: _("This step does not follow from the present state."),
    dispatch.PhoneMissing: lambda _e: _("A request from the cabinet has a phone number."),
    general.PhoneNotUnderstood: lambda _e: _("This phone number cannot be read."),
    general.SlotTaken: lambda _e: _("The slot was filled a moment ago. Choose another."),
    dispatch.CrewMissing: lambda _e: _("Choose a crew."),
    dispatch.ReasonMissing: lambda _e: _("Write why: the resident reads it."),
    dispatch.NothingCorrected: lambda _e: _("Nothing was changed."),
    dispatch.MomentMissing: lambda _e: _("Give a day and hour that are still ahead."),
    dispatch.WordsMissing: lambda _e: _("Write the words first."),
    outages.EndInFuture: lambda _e: _("This moment has not come. Note the end when the water is back."),
    outages.NobodyHit: lambda _e: _("No house of ours lies there. Check the streets and houses."),
    outages.NothingChanged: lambda _e: _("The time is the same: nobody was told."),
    outages.EndBeforeStart: lambda _e: _("The end must be later than the beginning."),
    steps.ReasonsMissing: lambda e: (
        _("Choose the reasons of the refusal: %(points)s.") % {"points": _failing(e.points)}
    ),
    replacement.NotInOrder: lambda e: _("Put it right first: %(points)s.") % {"points": _failing(e.points)},
    replacement.VerifiedInFuture: lambda _e: _("The day of the verification has not come yet."),
    steps.BelowMounting: lambda e: (
        _("Below the reading at mounting, %(value)s. If it is so, say why in the note.")
        % {"value": volume_text(e.mounting)}
    ),
    steps.SealMissing: lambda _e: _("Write the seal number."),
    steps.VisitOver: lambda _e: _("The agreed hours have passed: enter what came of the visit."),
    steps.VisitReasonMissing: lambda _e: _("Write why: the resident reads it."),
    steps.BeforeVisitDay: lambda e: (
        _("The visit is agreed for %(day)s. If it took place earlier, tick that, or move it.")
        % {"day": date_text(e.day)}
    ),
    steps.VisitNotOver: lambda _e: _("The agreed hours have not passed yet."),
    steps.AlreadySigned: lambda _e: _("The signed copy is there already."),
    metering.SerialNumberTaken: lambda _e: _("A standing meter has this serial number."),
    metering.VerificationExpired: lambda _e: _("The verification has ended by this day."),
    metering.FinalReadingLower: lambda e: (
        _("The old meter's reading is below the last one, %(value)s of %(day)s.")
        % {"value": volume_text(e.previous), "day": date_text(e.taken_on)}
    ),
    metering.ClosedBeforeLastReading: lambda e: (
        _("The old meter was read later, on %(day)s: choose that day or a later one.") % {"day": date_text(e.taken_on)}
    ),
    HigherThanNext: lambda e: (
        _("Above the later reading, %(value)s of %(day)s.")
        % {"value": volume_text(e.following), "day": date_text(e.taken_on)}
    ),
    AboveMaximumFlow: lambda e: (
        _(
            "%(volume)s since %(day)s: the meter passes %(possible)s at most. Check the digits; if it is right, enter "
            "a control reading with a reason first."
        )
        % {"volume": volume_text(e.volume), "day": date_text(e.since, year=True), "possible": volume_text(e.possible)}
    ),
    NegativeValue: lambda _e: _("A reading is not below zero."),
    TooManyDecimals: lambda _e: _("Three digits after the comma at most."),
    TooManyDigits: lambda _e: _("More digits than the meter has."),
    MeterClosed: lambda _e: _("The meter is closed already."),
}


def in_words(refusal: Exception) -> str:
    """What a refusal says; general words, and a log entry, for an unknown one."""
    for kind, words in WORDS.items():
        if isinstance(refusal, kind):
            return words(refusal)
    logger.error("No words for the refusal %s", type(refusal).__name__, exc_info=refusal)
    return _("This cannot be done as it stands now (%(code)s). Open the page again.") % {"code": type(refusal).__name__}

"""Messages of refusals about requests: dispatch, commissioning, replacement, outages, questions."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.formatting import time_text, volume_text
from portal.core.refusals import RefusalMessage, declare
from portal.service_requests import exceptions
from portal.service_requests.commissioning import exceptions as commissioning
from portal.service_requests.dispatch import exceptions as dispatch
from portal.service_requests.outages import exceptions as outages
from portal.service_requests.replacement import exceptions as replacement
from portal.service_requests.support import exceptions as support

CHANGED = gettext_lazy("It has changed in the meantime. Look at the current state.")


def _changed_by(refusal: exceptions.ChangedMeanwhile) -> str:
    if refusal.by:
        return _("%(login)s was quicker: the request has changed. Look at the current state.") % {"login": refusal.by}
    return _("The request has changed in the meantime. Look at the current state.")


def _similar(refusal: dispatch.SimilarRequestExists) -> str:
    text = _(
        "You sent request No. %(number)s about this at %(time)s: it is in progress. Open it, or tick "
        "that this is another one."
    )
    return text % {"number": refusal.existing.number, "time": time_text(refusal.existing.received_at)}


def _failing(points: Sequence[str]) -> str:
    names = {
        "passport_matches": _("the data sheet does not match"),
        "serial_seen": _("the serial number differs from the application"),
        "scheme_right": _("not installed according to the diagram"),
        "working": _("the meter does not turn"),
    }
    return ", ".join(names[point] for point in points) or "—"


def _reasons_missing(refusal: commissioning.ReasonsMissing) -> str:
    return _("Choose the reasons for the refusal: %(points)s.") % {"points": _failing(refusal.points)}


def _not_in_order(refusal: replacement.NotInOrder) -> str:
    return _("Fix it first: %(points)s.") % {"points": _failing(refusal.points)}


declare(
    {
        exceptions.WrongState: RefusalMessage(
            CHANGED, staff=gettext_lazy("This step does not follow from the present state.")
        ),
        exceptions.ChangedMeanwhile: RefusalMessage(CHANGED, staff=_changed_by),
        exceptions.PhoneNotUnderstood: RefusalMessage(
            gettext_lazy("We cannot read this number. Write it as +7 916 123-45-67."), field="phone"
        ),
        exceptions.SlotOver: RefusalMessage(
            gettext_lazy("This time has already passed. Choose another."), field="slot"
        ),
        exceptions.SlotTaken: RefusalMessage(
            gettext_lazy("This time has just been taken. Choose another."), field="slot"
        ),
    }
)
declare(
    {
        dispatch.TooManyPhotos: RefusalMessage(gettext_lazy("At most five photos. Remove some."), field="photos"),
        dispatch.SimilarRequestExists: RefusalMessage(_similar, field="another"),
        dispatch.ReasonMissing: RefusalMessage(gettext_lazy("Write why: the resident reads it."), field="reason"),
        dispatch.NothingCorrected: RefusalMessage(gettext_lazy("Nothing was changed.")),
        dispatch.PhoneMissing: RefusalMessage(
            gettext_lazy("Write a phone number: we call back about the request."),
            staff=gettext_lazy("A request from My account has a phone number."),
            field="phone",
        ),
        dispatch.CrewMissing: RefusalMessage(gettext_lazy("Choose a crew."), field="crew"),
        dispatch.ReopenedAlready: RefusalMessage(
            gettext_lazy("A request can be reopened once. Please call us."),
            staff=gettext_lazy("A request can be reopened only once. Record a new one."),
        ),
        dispatch.MomentMissing: RefusalMessage(gettext_lazy("Enter a day and hour in the future.")),
        dispatch.WordsMissing: RefusalMessage(gettext_lazy("Write the message first."), field="text"),
    }
)
declare(
    {
        outages.NobodyHit: RefusalMessage(gettext_lazy("None of our houses is there. Check the streets and houses.")),
        outages.OutageEndUnchanged: RefusalMessage(gettext_lazy("The time is the same: nobody was notified.")),
        outages.EndBeforeStart: RefusalMessage(
            gettext_lazy("The end must be later than the beginning."), field="ends_at"
        ),
        outages.BeganTooLongAgo: RefusalMessage(
            gettext_lazy("It began more than three months ago: check the day and the year."), field="starts_at"
        ),
        outages.EndsTooLate: RefusalMessage(
            gettext_lazy("It would end more than a year from now: check the day and the year."), field="ends_at"
        ),
        outages.EndInFuture: RefusalMessage(
            gettext_lazy("This moment is in the future. Record the end when the water is back."), field="ends_at"
        ),
    }
)
declare(
    {
        commissioning.PlacePending: RefusalMessage(
            gettext_lazy("Application No. %(number)s for this place is already in progress."), field="place"
        ),
        commissioning.SerialPending: RefusalMessage(
            gettext_lazy("A meter with this number is in another application already. Check the digits, or call us."),
            staff=gettext_lazy("A meter with this number is in another application already."),
            field="serial_number",
        ),
        commissioning.PassportMissing: RefusalMessage(
            gettext_lazy("Add the meter's data sheet: photos or a PDF."), field="passport"
        ),
        commissioning.MountedInFuture: RefusalMessage(gettext_lazy("This day has not come yet."), field="mounted_on"),
        commissioning.DayUnsuitable: RefusalMessage(
            gettext_lazy("Choose a day from %(first)s to %(last)s."), field="wanted_on"
        ),
        commissioning.NotOffered: RefusalMessage(gettext_lazy("Choose one of the offered times."), field="slot"),
        commissioning.MovedAlready: RefusalMessage(
            gettext_lazy("The visit has already been moved once. Please call us."),
            staff=gettext_lazy("The resident has moved this visit once already."),
            field="slot",
        ),
        commissioning.TooLateToMove: RefusalMessage(
            gettext_lazy("The day of the visit has come. Please call us."),
            staff=gettext_lazy("The day of the visit has come: the resident cannot move it any more."),
            field="slot",
        ),
        commissioning.VisitOver: RefusalMessage(
            gettext_lazy("The agreed hours have passed. Tell us if nobody came, or call us."),
            staff=gettext_lazy("The agreed hours have passed: enter the result of the visit."),
        ),
        commissioning.VisitReasonMissing: RefusalMessage(
            gettext_lazy("Write why: the resident reads it."), field="reason"
        ),
        commissioning.BeforeVisitDay: RefusalMessage(
            gettext_lazy("The visit is agreed for %(day)s. If it took place earlier, tick that, or move it.")
        ),
        commissioning.VisitNotOver: RefusalMessage(
            gettext_lazy("The agreed hours have not passed yet. Wait for us, or call."),
            staff=gettext_lazy("The agreed hours have not passed yet."),
        ),
        commissioning.ReasonsMissing: RefusalMessage(_reasons_missing, field="reasons"),
        commissioning.BelowMounting: RefusalMessage(
            gettext_lazy("Below the reading at mounting, %(mounting)s. If it is so, say why in the note."),
            field="value",
        ),
        commissioning.SealMissing: RefusalMessage(gettext_lazy("Write the seal number."), field="seal_number"),
        commissioning.AlreadySigned: RefusalMessage(gettext_lazy("The signed copy is there already.")),
    },
    number=volume_text,
)
declare(
    {
        replacement.PriceUnknown: RefusalMessage(
            gettext_lazy("No replacement price is published yet. Please call us."),
            staff=gettext_lazy("No price of a replacement is published yet: publish it first."),
        ),
        replacement.CertificateMissing: RefusalMessage(
            gettext_lazy("Add the certificate: a photo or a PDF."), field="certificate"
        ),
        replacement.CertificatePending: RefusalMessage(
            gettext_lazy("A certificate for this meter is already being checked.")
        ),
        replacement.NotInOrder: RefusalMessage(_not_in_order),
        replacement.VerifiedInFuture: RefusalMessage(
            gettext_lazy("This day has not come yet."),
            staff=gettext_lazy("The day of the verification has not come yet."),
            field="verified_on",
        ),
    }
)
declare(
    {
        support.AnsweredMeanwhile: RefusalMessage(
            gettext_lazy("%(by)s has written in the meantime. Read it; your text is still here.")
        )
    }
)

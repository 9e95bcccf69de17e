"""Messages of refusals about closings, numbers and tampering reports."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.enums import Service
from portal.billing import exceptions
from portal.billing.reasons import setup_text
from portal.core.formatting import date_text, money_text
from portal.core.refusals import RefusalMessage, declare


def _label(refusal: Any) -> str:
    return str(Service(refusal.service).label)


def _rate_billed(refusal: exceptions.RateAlreadyBilled) -> str:
    text = _(
        "%(service)s from %(since)s: everything until %(until)s is billed already, so this rate would change what"
        " residents were charged. Publish a decision with a later date."
    )
    since, until = date_text(refusal.valid_from, year=True), date_text(refusal.billed_until, year=True)
    return text % {"service": _label(refusal), "since": since, "until": until}


def _rate_not_positive(refusal: exceptions.RateNotPositive) -> str:
    return _("%(service)s: a price must be above zero.") % {"service": _label(refusal)}


def _rate_out_of_bounds(refusal: exceptions.RateOutOfBounds) -> str:
    shown = {"service": _label(refusal), "price": money_text(refusal.value), "most": money_text(refusal.most)}
    return _("%(service)s: %(price)s for 1 m³ cannot be right, the most is %(most)s.") % shown


def _setup_incomplete(refusal: exceptions.SetupIncomplete) -> str:
    text = _("The company is not set up yet: %(missing)s. See «First steps» in the admin.")
    return text % {"missing": setup_text(refusal.gaps)}


declare(
    {
        exceptions.SetupIncomplete: RefusalMessage(_setup_incomplete),
        exceptions.PreviewNeeded: RefusalMessage(
            gettext_lazy(
                "Compute the preview of %(period)s first: there is none yet, or readings and numbers have "
                "changed since."
            )
        ),
        exceptions.PeriodNotOver: RefusalMessage(gettext_lazy("This month closes on %(closing_day)s.")),
        exceptions.EarlierPeriodOpen: RefusalMessage(gettext_lazy("Close %(period)s first: it is still running.")),
        exceptions.LaterPeriodClosed: RefusalMessage(
            gettext_lazy("%(period)s is closed already: an earlier month can only be corrected.")
        ),
        exceptions.WorkdayYearMissing: RefusalMessage(
            gettext_lazy("Enter the working-day calendar of %(year)s first: the due day depends on it.")
        ),
        exceptions.RecalculatedSince: RefusalMessage(
            gettext_lazy(
                "Accounts have been recalculated since (%(count)s): the closing stays; fix wrong sums by corrections."
            )
        ),
        exceptions.NothingToReverse: RefusalMessage(
            gettext_lazy("The month is not closed: there is nothing to reverse.")
        ),
        exceptions.ReversalUnfinished: RefusalMessage(
            gettext_lazy("Undoing %(period)s stopped halfway: undo it again to finish, then close it.")
        ),
        exceptions.NothingToRecalculate: RefusalMessage(
            gettext_lazy("Nothing differs: there is nothing to recalculate.")
        ),
        exceptions.MonthsClosed: RefusalMessage(
            gettext_lazy(
                "What was before %(earliest)s is billed already. Choose %(earliest)s or later; for the "
                "past, recalculate."
            )
        ),
        exceptions.CorrectionInFuture: RefusalMessage(gettext_lazy("This month has not come yet.")),
        exceptions.CorrectionTooEarly: RefusalMessage(
            gettext_lazy(
                "Not before %(earliest)s: the account was not open yet, or three years have passed. What a "
                "court decides about "
                "an older month is booked for this month, with the older one in the reason."
            )
        ),
        exceptions.NormMissing: RefusalMessage(
            gettext_lazy(
                "The service would have no norm from %(first)s to %(last)s. Begin on the 1st of %(first)s or earlier."
            )
        ),
        exceptions.KeyRateInFuture: RefusalMessage(
            gettext_lazy("The day has not come yet: enter the rate on %(valid_from)s or later.")
        ),
        exceptions.NumberUsed: RefusalMessage(
            gettext_lazy(
                "The closing of %(period)s has used this number: it can no longer change. Enter a new one from "
                "%(earliest)s or later."
            )
        ),
        exceptions.ServiceWasCharged: RefusalMessage(
            gettext_lazy(
                "%(period)s was charged with this service already: its entry stays. End the service with "
                "its true last day, or "
                "begin it anew; the next closing recalculates twelve months back. Days that were never "
                "supplied at all are "
                "taken off by a correction: ask the accountant."
            )
        ),
        exceptions.NumberGone: RefusalMessage(
            gettext_lazy("The number was withdrawn or changed meanwhile: open the list again.")
        ),
        exceptions.NumberStands: RefusalMessage(
            gettext_lazy("There is another number from this day already: change that one.")
        ),
        exceptions.NumberOutOfBounds: RefusalMessage(
            gettext_lazy("%(value)s cannot be right: such a number lies between %(least)s and %(most)s.")
        ),
        exceptions.DueDayCounted: RefusalMessage(
            gettext_lazy(
                "%(period)s is closed and due on %(due_on)s, by which penalties were counted: this day would move it."
            )
        ),
        exceptions.ReportTooLong: RefusalMessage(
            gettext_lazy("A report reaches back three months at most: from %(earliest)s.")
        ),
        exceptions.ReportOverlaps: RefusalMessage(
            gettext_lazy("Report No. %(number)s already covers days from %(since)s to %(until)s: nobody pays twice.")
        ),
        exceptions.ReportInFuture: RefusalMessage(gettext_lazy("The report is dated in the future.")),
        exceptions.ServiceNotCharged: RefusalMessage(
            gettext_lazy("The account was not supplied with this service in these days.")
        ),
        exceptions.RateAlreadyBilled: RefusalMessage(_rate_billed),
        exceptions.RateNotPositive: RefusalMessage(_rate_not_positive),
        exceptions.RateOutOfBounds: RefusalMessage(_rate_out_of_bounds),
        exceptions.OutOfTheOrdinary: RefusalMessage(
            gettext_lazy("The closing of %(period)s is above the limits: say why it is right, or do not close.")
        ),
        exceptions.ClosingHeld: RefusalMessage(
            gettext_lazy("The closing of %(period)s waits until an accountant confirms that it is right.")
        ),
        exceptions.ClosingUndone: RefusalMessage(
            gettext_lazy("The closing of %(period)s was undone by an employee: close it by hand.")
        ),
    },
    year=True,
)

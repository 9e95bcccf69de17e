"""Why something was refused or not computed, in words for staff, with where to mend it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing import reasons
from portal.billing.exceptions import (
    ActInFuture,
    ActOverlaps,
    ActTooLong,
    BillingRefused,
    CorrectionInFuture,
    CorrectionTooEarly,
    DueDayCounted,
    EarlierPeriodOpen,
    KeyRateInFuture,
    LaterPeriodClosed,
    MonthsClosed,
    NormMissing,
    NothingToRecalculate,
    NothingToReverse,
    NumberGone,
    NumberOutOfBounds,
    NumberStands,
    NumberUsed,
    PeriodNotOver,
    PreviewNeeded,
    RecalculatedSince,
    ReceiptsIssued,
    ReversalUnfinished,
    ServiceNotCharged,
    ServiceWasCharged,
    WorkdayYearMissing,
)
from portal.billing.receipts.exceptions import NothingToPrint, PeriodNotClosed
from portal.core.files.exceptions import FileRefused
from portal.core.formatting import date_text, exact_text, period_text
from portal.core.periods import Period
from portal.core.refusals import error_message


def _mend(code: str, account: Account, detail: str) -> tuple["str | Promise", str]:
    """What the link says and where it leads: to the very record that is missing, filled in as far as it is known."""
    subject, _space, when = detail.rpartition(" ")
    if code == "no_rate":
        return gettext_lazy("publish a tariff"), reverse("billing_rate_modeladmin_index") + f"?service__exact={subject}"
    if code == "no_norm":
        filled = {"service": subject, "valid_from": f"{when}-01"}
        return gettext_lazy("enter the norm"), f"{reverse('office_number', args=['norm'])}?{urlencode(filled)}"
    if code == "no_key_rate":
        return gettext_lazy("enter the key rate"), f"{reverse('office_number', args=['key-rate'])}?valid_from={detail}"
    if code == "no_due_day":
        return gettext_lazy("open the calendar"), reverse("core_monthcalendar_modeladmin_index")
    if code == "earlier_month_open":
        return gettext_lazy("close that month"), reverse("office_closing_month", args=[detail])
    return gettext_lazy("open the account"), reverse("office_account", args=[account.pk])


RECEIPT_LISTS = {"not_closed": "office_closing", "no_payer": "accounts_holder_modeladmin_index"}


@dataclass(frozen=True, slots=True)
class Failure:
    """An account that could not be closed, why, and where to mend it."""

    account_id: int
    number: str
    reason: str
    detail: str
    mend_url: str
    mend_label: str


def failure(account: Account, code: str, detail: str) -> Failure:
    """A failure of a closing in words, with a link to what mends it."""
    label, url = _mend(code, account, detail)
    words = str(reasons.CLOSING.get(code, code))
    return Failure(account.pk, account.number, words, _detail(detail), url, str(label))


def receipt_failure(account: Account, code: str, detail: str) -> Failure:
    """A receipt that could not be made, in words."""
    words, url_name = reasons.RECEIPTS.get(code, code), RECEIPT_LISTS.get(code, "")
    url = reverse(url_name) if url_name else ""
    return Failure(account.pk, account.number, str(words), _detail(detail), url, _("open the list"))


def _detail(detail: str) -> str:
    """«cold_water 2026-10» as «Холодное водоснабжение, октябрь 2026»."""
    words = []
    for part in detail.split():
        if part in Service.values:
            words.append(str(Service(part).label))
            continue
        try:
            words.append(period_text(Period.parse(part)))
        except ValueError:
            words.append(part)
    return ", ".join(words)


_WORDS: dict[type[BillingRefused], Promise] = {
    PreviewNeeded: gettext_lazy(
        "Compute the preview of %(period)s first: there is none yet, or readings and numbers have changed since."
    ),
    PeriodNotOver: gettext_lazy("This month closes on %(closing_day)s."),
    EarlierPeriodOpen: gettext_lazy("Close %(period)s first: it is still running."),
    LaterPeriodClosed: gettext_lazy("%(period)s is closed already: an earlier month can only be corrected."),
    WorkdayYearMissing: gettext_lazy("Enter the working-day calendar of %(year)s first: the due day depends on it."),
    ReceiptsIssued: gettext_lazy("Receipts were issued (%(count)s): only corrections from now on."),
    RecalculatedSince: gettext_lazy(
        "Accounts were recalculated since (%(count)s): the closing stays, wrong sums are mended by corrections."
    ),
    NothingToReverse: gettext_lazy("The month is not closed: there is nothing to reverse."),
    ReversalUnfinished: gettext_lazy("Undoing %(period)s stopped halfway: undo it again to finish, then close it."),
    PeriodNotClosed: gettext_lazy("Close the month first: receipts are made from what it booked."),
    NothingToPrint: gettext_lazy("No receipt of this month is wanted on paper."),
    NothingToRecalculate: gettext_lazy("Nothing differs: there is nothing to recalculate."),
    MonthsClosed: gettext_lazy(
        "What was before %(earliest)s is billed already. Choose %(earliest)s or later; for the past, recalculate."
    ),
    CorrectionInFuture: gettext_lazy("This month has not come yet."),
    CorrectionTooEarly: gettext_lazy(
        "Not before %(earliest)s: the account was not open yet, or three years have passed. What a court decides about "
        "an older month is booked for this month, with the older one in the reason."
    ),
    NormMissing: gettext_lazy(
        "The service would have no norm from %(first)s to %(last)s. Begin on the 1st of %(first)s or earlier."
    ),
    KeyRateInFuture: gettext_lazy("The day has not come yet: enter the rate on %(valid_from)s or later."),
    NumberUsed: gettext_lazy(
        "The closing of %(period)s has used this number: it stays. Enter a new one from %(earliest)s or later."
    ),
    ServiceWasCharged: gettext_lazy(
        "%(period)s was charged with this service already: its entry stays. End the service with its true last day, or "
        "begin it anew; the next closing recalculates twelve months back. Days that were never supplied at all are "
        "taken off by a correction: ask the accountant."
    ),
    NumberGone: gettext_lazy("The number was withdrawn or changed meanwhile: open the list again."),
    NumberStands: gettext_lazy("There is another number from this day already: change that one."),
    NumberOutOfBounds: gettext_lazy("%(value)s cannot be right: such a number lies between %(least)s and %(most)s."),
    DueDayCounted: gettext_lazy(
        "%(period)s is closed and due on %(due_on)s, by which penalties were counted: this day would move it."
    ),
    ActTooLong: gettext_lazy("An act reaches three months back at most: from %(earliest)s."),
    ActOverlaps: gettext_lazy("Act No. %(number)s covers days from %(since)s to %(until)s already: nobody pays twice."),
    ActInFuture: gettext_lazy("The act is dated in the future."),
    ServiceNotCharged: gettext_lazy("The account was not supplied with this service in these days."),
}


def billing_words(refusal: BillingRefused) -> str:
    """What to tell an accountant whom billing refused: the words of its kind with what it carries."""
    words = _WORDS.get(type(refusal))
    if words is None:
        return str(refusal)
    return str(words) % {name: _shown(value) for name, value in vars(refusal).items()}


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        return date_text(value, year=True)
    if isinstance(value, Decimal):
        return exact_text(value)
    return period_text(value) if isinstance(value, Period) else str(value)


def file_words(refusal: FileRefused) -> str:
    """What to tell an employee whose file is not taken."""
    return f"{_('The file')} {error_message(refusal, for_staff=True)}"

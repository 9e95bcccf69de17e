"""Why something was refused or not computed, in words for staff, with where to mend it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.enums import Service
from portal.billing.exceptions import (
    BillingRefused,
    EarlierPeriodOpen,
    LaterPeriodClosed,
    NothingToRecalculate,
    NothingToReverse,
    PeriodNotOver,
    ReceiptsIssued,
    WorkdayYearMissing,
)
from portal.billing.receipts.exceptions import NothingToPrint, PeriodNotClosed
from portal.core.formatting import date_text, days_text, period_text
from portal.core.periods import Period

FAILURES: dict[str, tuple["str | Promise", str]] = {
    "no_rate": (gettext_lazy("No rate is in force"), "billing_rate_modeladmin_index"),
    "no_norm": (gettext_lazy("No norm is in force"), "billing_norm_modeladmin_index"),
    "no_key_rate": (gettext_lazy("No key rate for the penalty"), "billing_keyrate_modeladmin_index"),
    "no_due_day": (gettext_lazy("The calendar has no due day"), "core_monthcalendar_modeladmin_index"),
    "earlier_month_open": (gettext_lazy("An earlier month of this account was not closed"), "office_closing"),
}


RECEIPT_FAILURES: dict[str, tuple["str | Promise", str]] = {
    "not_closed": (gettext_lazy("The account was not closed for this month"), "office_closing"),
    "no_payer": (gettext_lazy("Nobody holds the account: there is no payer"), "accounts_holder_modeladmin_index"),
    "requisites": (gettext_lazy("The company's bank details make no valid payment code"), ""),
    "layout": (gettext_lazy("The receipt could not be laid out"), ""),
    "no_space": (gettext_lazy("There is no space left for the file."), ""),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An account that could not be closed, why, and where to mend it."""

    number: str
    reason: str
    detail: str
    mend_url: str


def failure(number: str, code: str, detail: str) -> Failure:
    """A failure of a closing in words."""
    return _failure(FAILURES, number, code, detail)


def receipt_failure(number: str, code: str, detail: str) -> Failure:
    """A receipt that could not be made, in words."""
    return _failure(RECEIPT_FAILURES, number, code, detail)


def _failure(table: dict[str, tuple["str | Promise", str]], number: str, code: str, detail: str) -> Failure:
    words, url_name = table.get(code, (code, ""))
    try:
        url = reverse(url_name) if url_name else ""
    except NoReverseMatch:
        url = ""
    return Failure(number, str(words), _detail(detail), url)


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


def billing_words(refusal: BillingRefused) -> str:
    """What to tell an accountant whom billing refused."""
    if isinstance(refusal, PeriodNotOver):
        return _("This month closes on %(day)s.") % {"day": date_text(refusal.closing_day, year=True)}
    if isinstance(refusal, EarlierPeriodOpen):
        return _("Close %(month)s first: it is still running.") % {"month": period_text(refusal.period)}
    if isinstance(refusal, LaterPeriodClosed):
        return _("%(month)s is closed already: an earlier month can only be corrected.") % {
            "month": period_text(refusal.period)
        }
    if isinstance(refusal, WorkdayYearMissing):
        return _("Enter the working-day calendar of %(year)s first: the due day depends on it.") % {
            "year": refusal.year
        }
    if isinstance(refusal, ReceiptsIssued):
        return _("Receipts were issued (%(count)s): only corrections from now on.") % {"count": refusal.count}
    if isinstance(refusal, NothingToReverse):
        return _("The month is not closed: there is nothing to reverse.")
    if isinstance(refusal, PeriodNotClosed):
        return _("Close the month first: receipts are made from what it booked.")
    if isinstance(refusal, NothingToPrint):
        return _("No receipt of this month is wanted on paper.")
    if isinstance(refusal, NothingToRecalculate):
        return _("Nothing differs: there is nothing to recalculate.")
    return str(refusal)


def waiting_words(days: int) -> str:
    """«через 3 дня», «сегодня», «3 дня назад»."""
    if days == 0:
        return _("today")
    if days > 0:
        return _("in %(days)s") % {"days": days_text(days)}
    return _("%(days)s ago") % {"days": days_text(-days)}

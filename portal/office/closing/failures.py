"""Why something was refused or not computed, in words for staff, with the address to fix it at."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing import reasons
from portal.billing.calculation.exceptions import NotComputable
from portal.core.exports import ExportColumn
from portal.core.formatting import period_text
from portal.core.periods import Period
from portal.receipts.reasons import REASONS


def _fix(code: str, account: Account, detail: str) -> tuple["str | Promise", str]:
    """Return what the link says and where it leads: to the very record that is missing, filled in as far as it is
    known.
    """
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
    """An account that could not be closed, why, and where to fix it."""

    account_id: int
    number: str
    reason: str
    detail: str
    fix_url: str
    fix_label: str


FAILURE_COLUMNS: list[ExportColumn[Failure]] = [
    ExportColumn(gettext_lazy("Customer account"), lambda row: row.number),
    ExportColumn(gettext_lazy("Why"), lambda row: row.reason),
    ExportColumn(gettext_lazy("Detail"), lambda row: row.detail),
]


def failure(account: Account, code: str, detail: str) -> Failure:
    """A failure of a closing in words, with a link to fix it."""
    label, url = _fix(code, account, detail)
    reason = str(reasons.CLOSING.get(code, code))
    return Failure(account.pk, account.number, reason, _detail(detail), url, str(label))


def not_computable_text(account: Account, reason: NotComputable) -> str:
    """Why a form's account cannot be computed, in a sentence."""
    problem = failure(account, reason.code, reason.detail)
    return f"{problem.reason}. {problem.detail}"


def receipt_failure(account: Account, code: str, detail: str) -> Failure:
    """A receipt that could not be made, in words."""
    reason, url_name = REASONS.get(code, code), RECEIPT_LISTS.get(code, "")
    url = reverse(url_name) if url_name else ""
    return Failure(account.pk, account.number, str(reason), _detail(detail), url, _("open the list"))


def _detail(detail: str) -> str:
    """«cold_water 2026-10» as «Холодное водоснабжение, октябрь 2026»."""
    parts = []
    for part in detail.split():
        if part in Service.values:
            parts.append(str(Service(part).label))
            continue
        try:
            parts.append(period_text(Period.parse(part)))
        except ValueError:
            parts.append(part)
    return ", ".join(parts)

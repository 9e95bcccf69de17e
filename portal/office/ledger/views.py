"""The proof of the ledger: when it was proven, what does not agree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal.billing.models import LedgerCheck
from portal.core.formatting import money_text, period_text
from portal.core.list_parameters import list_parameters
from portal.core.periods import Period
from portal.office.automation.selectors import run_now
from portal.office.common.views import needs, page
from portal.office.ledger.selectors import last_checks, numbers_of

QUEUED, QUEUED_FOR = "ledger-check-queued", 180
"""Key of the cache and seconds for which a check by hand is not queued again."""

PROBLEMS: dict[str, "str | Promise"] = {
    "checkpoint": gettext_lazy("a stored balance is not the sum of its entries"),
    "entry_without_charge": gettext_lazy("an entry without its line"),
    "charge_without_entry": gettext_lazy("a line without its entry"),
    "charge_unlike_entry": gettext_lazy("a line and its entry differ"),
    "reversal": gettext_lazy("an undone line without its reversing entry"),
    "closing": gettext_lazy("a closing is not the sum of its lines"),
    "receipt": gettext_lazy("the data of a receipt changed"),
    "receipt_to_pay": gettext_lazy("a receipt does not ask for the sum of its entries"),
    "receipt_breakdown": gettext_lazy("the parts of a receipt do not make its sum"),
    "receipt_reversed": gettext_lazy("a receipt whose charges were reversed"),
    "payment_without_entry": gettext_lazy("a payment without its entry"),
    "payment_unlike_entry": gettext_lazy("a payment and its entry differ"),
    "entry_without_payment": gettext_lazy("an entry without its payment"),
    "entry_changed": gettext_lazy("an entry was changed after it was sealed"),
    "entry_missing": gettext_lazy("an entry was deleted after it was sealed"),
    "entry_added": gettext_lazy("an entry was inserted among sealed ones"),
    "receipt_changed": gettext_lazy("a receipt was changed after it was sealed"),
    "receipt_missing": gettext_lazy("a receipt was deleted after it was sealed"),
    "receipt_added": gettext_lazy("a receipt was inserted among sealed ones"),
    "seal_changed": gettext_lazy("a seal does not match its contents"),
    "seal_block": gettext_lazy("the hashes of rows under a seal were changed or deleted"),
    "seal_unknown": gettext_lazy("the hash of a letter is not in the chain"),
}
DETAILS: dict[str, "str | Promise"] = {
    "checkpoint": gettext_lazy("%s: stored %s, the entries make %s"),
    "charge_unlike_entry": gettext_lazy("%s: the line %s, the entry %s"),
    "closing": gettext_lazy("%s: the lines make %s, the closing says %s"),
    "receipt": gettext_lazy("receipt with the internal number %s"),
    "receipt_to_pay": gettext_lazy("receipt No. %s: to pay %s, the entries make %s"),
    "receipt_breakdown": gettext_lazy("receipt with the internal number %s: the difference is %s"),
    "receipt_reversed": gettext_lazy("receipt %s"),
    "payment_unlike_entry": gettext_lazy("payment No. %s: %s, the entry %s"),
    **dict.fromkeys(
        ("entry_changed", "entry_missing", "entry_added"),
        gettext_lazy("entry with the internal number %s, seal No. %s"),
    ),
    **dict.fromkeys(
        ("receipt_changed", "receipt_missing", "receipt_added"),
        gettext_lazy("receipt with the internal number %s, seal No. %s"),
    ),
    **dict.fromkeys(("seal_changed", "seal_block"), gettext_lazy("seal No. %s")),
}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in words; `number` is the account's, empty when it belongs to none."""

    account_id: int | None
    number: str
    label: "str | Promise"
    detail: str


@require_safe
@needs("office.watch_month")
@list_parameters()
def checks(request: HttpRequest) -> HttpResponse:
    """The last checks, and the problems of the latest."""
    recent = last_checks()
    latest = recent[0] if recent else None
    return page(
        request,
        "office/ledger_checks.html",
        title=gettext_lazy("Ledger check"),
        icon="list-ol",
        checks=recent,
        latest=latest,
        problems=_rows(latest) if latest else [],
    )


@require_POST
@needs("office.watch_month")
def check_now(request: HttpRequest) -> HttpResponse:
    """Queue a check at once; one that was queued in the last minutes is not queued again."""
    if not cache.add(QUEUED, True, QUEUED_FOR):
        messages.info(request, _("A check has been queued already: its result is here in a few minutes."))
    elif run_now("check-ledger"):
        messages.success(request, _("Queued: it runs within a minute. Load the page again to see the result."))
    else:
        messages.error(request, _("There is no such job any more."))
    from_seals = request.POST.get("back") == "seals"
    return redirect("integrity_seal_modeladmin_index" if from_seals else "office_ledger_checks")


def _rows(check: LedgerCheck) -> list[ProblemRow]:
    ids = [pk for pk, *_problem in check.listed if pk]
    numbers = numbers_of(ids)
    return [
        ProblemRow(pk if pk in numbers else None, numbers.get(pk, ""), PROBLEMS.get(code, code), _detail(code, parts))
        for pk, code, *parts in check.listed
    ]


def _detail(code: str, parts: Sequence[str]) -> str:
    """In words of this employee, where there are some for so many parts."""
    message = str(DETAILS.get(code, ""))
    return message % tuple(map(_shown, parts)) if message.count("%s") == len(parts) else " ".join(parts)


def _shown(part: str) -> str:
    """A month by its name, a sum with its comma, the rest as it is."""
    if re.fullmatch(r"\d{4}-\d{2}", part):
        return period_text(Period.parse(part))
    return money_text(Decimal(part)) if re.fullmatch(r"-?\d+\.\d+", part) else part

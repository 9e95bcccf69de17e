"""The proof of the ledger: when it was proven, what does not agree."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.accounts.models import Account
from portal.billing.models import LedgerCheck
from portal.office.views.base import needs, page

SHOWN = 30
PROBLEMS: dict[str, "str | Promise"] = {
    "checkpoint": gettext_lazy("a stored balance is not the sum of its entries"),
    "entry_without_charge": gettext_lazy("an entry without its line"),
    "charge_without_entry": gettext_lazy("a line without its entry"),
    "charge_unlike_entry": gettext_lazy("a line and its entry differ"),
    "reversal": gettext_lazy("an undone line without its mirror"),
    "closing": gettext_lazy("a closing is not the sum of its lines"),
    "receipt": gettext_lazy("the data of a receipt changed"),
    "payment_without_entry": gettext_lazy("a payment without its entry"),
    "payment_unlike_entry": gettext_lazy("a payment and its entry differ"),
    "entry_without_payment": gettext_lazy("an entry without its payment"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A problem in words; `number` is the account's, empty when it belongs to none."""

    number: str
    words: "str | Promise"
    detail: str


@require_safe
@needs("office.watch_month")
def checks(request: HttpRequest) -> HttpResponse:
    """The last checks, and the problems of the latest."""
    found = list(LedgerCheck.objects.order_by("-ran_at")[:SHOWN])
    latest = found[0] if found else None
    return page(
        request, "office/ledger_checks.html", title=gettext_lazy("Proof of the ledger"), icon="list-ol", checks=found,
        latest=latest, problems=_rows(latest) if latest else [],
        may_run=request.user.has_perm("office.run_month_step"),
    )  # fmt: skip


def _rows(check: LedgerCheck) -> list[Row]:
    ids = [pk for pk, _code, _detail in check.listed if pk]
    numbers = dict(Account.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [Row(numbers.get(pk, ""), PROBLEMS.get(code, code), detail) for pk, code, detail in check.listed]

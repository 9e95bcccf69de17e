"""Texts for staff about findings of a closing."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.accounts.models import Account
from portal.billing.calculation.comparison import Concern, Finding
from portal.core.formatting import exact_text, money_text
from portal.core.money import from_kopecks


def finding_texts(findings: Sequence[Finding]) -> list[str]:
    """One sentence for each finding, with its numbers and the limit (one query)."""
    numbers = dict(
        Account.objects.filter(pk__in=[finding.account_id for finding in findings if finding.account_id]).values_list(
            "pk", "number"
        )
    )
    return [_sentence(finding, numbers.get(finding.account_id or 0, "")) for finding in findings]


def _sentence(finding: Finding, number: str) -> str:
    limit = exact_text(Decimal(finding.limit))
    match finding.concern:
        case Concern.TOTAL:
            return _(
                "Total %(value)s: the month before %(previous)s, on average %(average)s. It differs by more than "
                "%(limit)s %%."
            ) % {
                "value": _money(finding.value),
                "previous": _money(finding.previous),
                "average": _money(finding.average),
                "limit": limit,
            }
        case Concern.LINES:
            return _(
                "Lines %(value)s: the month before %(previous)s, on average %(average)s. It differs by more than "
                "%(limit)s %%."
            ) % {"value": finding.value, "previous": finding.previous, "average": finding.average, "limit": limit}
        case Concern.LARGEST:
            sentence = _(
                "The largest bill, account %(number)s: %(value)s, usually %(average)s (asked above %(limit)s)."
            )
            return sentence % {
                "number": number,
                "value": _money(finding.value),
                "average": "—" if finding.average is None else _money(finding.average),
                "limit": _money(int(finding.limit)),
            }
        case Concern.HIGH_BILLS:
            return _("Bills far above the usual of their accounts: %(value)s, more than %(limit)s %% of accounts.") % {
                "value": finding.value,
                "limit": limit,
            }
        case Concern.FLAGGED:
            return _("Flagged readings that nobody decided on: %(value)s, more than %(limit)s %% of accounts.") % {
                "value": finding.value,
                "limit": limit,
            }
        case Concern.REDUCTIONS:
            return _("Reductions for outages that nobody decided on: %(value)s (asked above %(limit)s).") % {
                "value": finding.value,
                "limit": limit,
            }
        case Concern.NO_PERSONS:
            return _("Accounts without registered persons: %(value)s, more than %(limit)s %% of accounts.") % {
                "value": finding.value,
                "limit": limit,
            }


def _money(kopecks: int | None) -> str:
    return money_text(from_kopecks(kopecks or 0))

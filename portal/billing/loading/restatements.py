"""Facts for computing closed months anew: all facts, the state before them, what stands charged."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from portal.billing.calculation.facts import AccountFacts
from portal.billing.calculation.months import month_of
from portal.billing.calculation.restate import MONTHS_BACK
from portal.billing.calculation.state import AccountState, loaded
from portal.billing.calculation.stored_explanations import report_of
from portal.billing.enums import ChargeKind
from portal.billing.loading.facts import AccountInput, load_whole_facts
from portal.billing.models import AccountClosing, Charge
from portal.core.periods import Period


@dataclass(frozen=True, slots=True)
class Restatement:
    """One account whose closed months are worked out anew from `base`."""

    facts: AccountFacts
    base: AccountState
    closings: list[tuple[int, dt.date]]
    charged_litres: dict[tuple[str, int], int]


def load_restatements(
    accounts: Sequence[AccountInput], *, before: Period, months_back: int = MONTHS_BACK
) -> dict[int, Restatement]:
    """For accounts with facts known later (six queries, none when there are no such accounts)."""
    return load_for([account.account_id for account in accounts], before=before, months_back=months_back)


def load_for(ids: Sequence[int], *, before: Period, months_back: int = MONTHS_BACK) -> dict[int, Restatement]:
    """For accounts by their ids; the last closed months before a period."""
    if not ids:
        return {}
    first = before.shift(-months_back)
    closings: dict[int, list[tuple[int, dt.date]]] = defaultdict(list)
    bases: dict[int, AccountState] = {}
    rows = AccountClosing.objects.filter(
        account_id__in=ids, reversed_at=None, period__lt=before.first_day, period__gte=first.previous.first_day
    ).order_by("period")
    for pk, period, closed_on, state in rows.values_list("account_id", "period", "closed_on", "state"):
        if period < first.first_day:
            bases[pk] = loaded(state, month=month_of(period), closed_on=closed_on)
        else:
            closings[pk].append((month_of(period), closed_on))
    facts = load_whole_facts(ids)
    charged_litres = _charged_litres(ids, first, before)
    return {
        pk: Restatement(facts[pk], bases.get(pk, AccountState()), closings[pk], charged_litres.get(pk, {}))
        for pk in ids
    }


def _charged_litres(ids: Sequence[int], first: Period, before: Period) -> dict[int, dict[tuple[str, int], int]]:
    """Litres charged by service and month, corrections included, tampering reports left out."""
    litres: dict[int, dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    lines = Charge.objects.filter(
        account_id__in=ids,
        reversed_at=None,
        kind__in=[ChargeKind.CHARGE, ChargeKind.RECALCULATION],
        for_period__gte=first.first_day,
        for_period__lt=before.first_day,
    )
    columns = ("account_id", "service", "for_period", "volume", "explanation")
    for pk, service, month, volume, why in lines.values_list(*columns):
        if report_of(why) is None:
            litres[pk][service, month_of(month)] += int((volume or 0) * 1000)
    return litres

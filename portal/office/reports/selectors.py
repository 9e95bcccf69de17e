"""What reports add to the rows of their page: accounts with their people; accounts by query."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from portal.accounts.models import Account, Holder
from portal.billing.selectors.debt_ages import AgedDebt
from portal.core.formatting import phone_text

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Debtor:
    """A debt with its account and whom to call."""

    debt: AgedDebt
    account: Account
    people: tuple[Holder, ...]

    @property
    def names(self) -> str:
        """Names of the present holders."""
        return ", ".join(holder.person.full_name for holder in self.people)

    @property
    def phones(self) -> str:
        """Their phones."""
        return ", ".join(phone_text(holder.person.phone) for holder in self.people if holder.person.phone)


def debtors(debts: Sequence[AgedDebt]) -> list[Debtor]:
    """Debts with their accounts and present holders, in the same order (two queries for each 500)."""
    present = Prefetch("holders", Holder.objects.filter(until=None).select_related("person").order_by("since", "pk"))
    accounts: dict[int, Account] = {}
    for first in range(0, len(debts), CHUNK):
        keys = [debt.account_id for debt in debts[first : first + CHUNK]]
        accounts |= Account.objects.with_address().prefetch_related(present).in_bulk(keys)
    return [
        Debtor(debt, accounts[debt.account_id], tuple(accounts[debt.account_id].holders.all()))
        for debt in debts
        if debt.account_id in accounts
    ]


def accounts_matching(query: str) -> set[int]:
    """Keys of accounts whose number, street, house, flat or present holder's name has every word, in any case."""
    accounts = Account.objects.all()
    for word in query.split():
        accounts = accounts.filter(
            Q(number__icontains=word)
            | Q(premises__house__street__name__icontains=word)
            | Q(premises__house__number__iexact=word)
            | Q(premises__number__iexact=word)
            | Q(pk__in=Holder.objects.filter(until=None, person__last_name__icontains=word).values("account"))
        )
    return set(accounts.values_list("pk", flat=True))

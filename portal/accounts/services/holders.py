"""Who holds an account: added, removed, moved to a new owner. Charges belong to the account and stay with it."""

import datetime as dt

from django.db import transaction

from portal.accounts import audit
from portal.accounts.enums import HolderRole
from portal.accounts.exceptions import AlreadyHolds, LastHolder
from portal.accounts.models import Account, Contract, Holder, Person, User


@transaction.atomic
def add(*, account: Account, person: Person, role: str, since: dt.date, by: User) -> Holder:
    """One more person on an account, from a day on. Raises AlreadyHolds."""
    if account.holders.filter(person=person, until=None).exists():
        raise AlreadyHolds(str(person.pk))
    holder = Holder.objects.create(account=account, person=person, role=role, since=since)
    audit.changed(account, by=by, what="Абонент добавлен", after=person.full_name)
    return holder


@transaction.atomic
def remove(*, holder: Holder, until: dt.date, by: User) -> None:
    """The person holds the account until a day (inclusive), and does not see it after. Raises LastHolder."""
    others = holder.account.holders.filter(until=None).exclude(pk=holder.pk)
    if holder.account.closed_on is None and not others.exists():
        raise LastHolder(holder.account.number)
    _end(holder, until)
    audit.changed(holder.account, by=by, what="Абонент снят", before=holder.person.full_name)


@transaction.atomic
def move(*, account: Account, to: Person, on: dt.date, contract_number: str, by: User) -> Holder:
    """A new owner from a day on: all present holders and contracts end the day before, a new contract begins."""
    before = list(account.holders.filter(until=None).exclude(person=to).select_related("person"))
    for holder in before:
        _end(holder, on - dt.timedelta(days=1))
    account.contracts.filter(ended_on=None).update(ended_on=on - dt.timedelta(days=1))
    holder, _made = Holder.objects.get_or_create(
        account=account, person=to, until=None, defaults={"role": HolderRole.OWNER, "since": on}
    )
    Contract.objects.create(account=account, person=to, number=contract_number, signed_on=on)
    names = ", ".join(one.person.full_name for one in before)
    audit.changed(account, by=by, what="Новый владелец", before=names, after=to.full_name)
    return holder


def _end(holder: Holder, until: dt.date) -> None:
    holder.until = max(until, holder.since)
    holder.save(update_fields=["until"])

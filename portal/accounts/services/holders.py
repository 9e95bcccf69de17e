"""Holders of an account: joined, left, handed over. Charges and debts belong to the account and stay with it."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from portal.accounts import audit, notifications
from portal.accounts.exceptions import (
    AlreadyHolds,
    BeforeHolder,
    ContractNumberTaken,
    DayNotCome,
    HoldersChanged,
    LastHolder,
    RegistrationRefused,
)
from portal.accounts.models import Account, Contract, Holder, Person, User
from portal.accounts.services import consents, logins
from portal.accounts.services.registration import PersonData, person_of
from portal.accounts.services.supply import require_day
from portal.core.formatting import date_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Handover of an account from a day (inclusive): who comes, on what ground, and who leaves the day before.

    `leaving` has keys of present holders. Without `contract_number` no contract is made; an empty `username` makes no
    login; `consent_signed_on` is the day of the paper consent.
    """

    person: PersonData
    role: str
    since: dt.date
    ground: str = ""
    document: str = ""
    document_on: dt.date | None = None
    leaving: Sequence[int] = ()
    contract_number: str = ""
    consent_signed_on: dt.date | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Outcome of the service."""

    holder: Holder
    contract: Contract | None
    user: User | None
    left: Sequence[Holder]


def require_handover(*, account: Account, handover: Handover, today: dt.date) -> list[Holder]:
    """The present holders that leave by a handover that may be booked (one query).

    Raises BeforeHolder, HoldersChanged, AlreadyHolds, ContractNumberTaken and the refusals of `require_day`.
    """
    present = list(account.holders.filter(until=None).select_related("person__user"))
    known, since, wanted = handover.person.known, handover.since, handover.leaving
    for refusal in holder_refusals(
        account=account, present=present, known=known, role=handover.role, since=since, leaving=wanted, today=today
    ):
        raise refusal
    if handover.contract_number and Contract.objects.filter(number=handover.contract_number).exists():
        raise ContractNumberTaken(handover.contract_number)
    return _who_leaves(present, wanted, known)


def holder_refusals(
    *,
    account: Account,
    present: Sequence[Holder],
    known: Person | None,
    role: str,
    since: dt.date | None,
    leaving: Collection[int],
    today: dt.date,
) -> Iterator[RegistrationRefused]:
    """Everything that stands against a handover's day and people, so that a form can tell it at once.

    `present` are the holders now, `leaving` the keys of those who leave, `known` who comes when the register has them.
    Without `since`, a day that could not be read, the people alone are looked at.
    """
    if since is not None:
        try:
            require_day(account, on=since, today=today)
        except RegistrationRefused as refusal:
            yield refusal
    leavers = _who_leaves(present, leaving, known)
    if set(leaving) - {holder.pk for holder in leavers}:
        yield HoldersChanged(account.number)
    for holder in leavers:
        if known is not None and holder.person_id == known.pk and holder.role == role:
            yield AlreadyHolds(str(known.pk))
        elif since is not None and holder.since >= since:
            yield BeforeHolder(name=holder.person.full_name, since=holder.since)


def _who_leaves(present: Sequence[Holder], wanted: Collection[int], known: Person | None) -> list[Holder]:
    """Return those who were ticked, and whoever comes in another role than they had."""
    return [holder for holder in present if holder.pk in wanted or (known is not None and holder.person_id == known.pk)]


@transaction.atomic
def hand_over(*, account: Account, handover: Handover, by: User, moment: dt.datetime, today: dt.date) -> HandedOver:
    """Book a handover: whoever leaves loses the account in their cabinet at once, with their debts left on it.

    Whoever is in the register already and holds the account in another role has the new role from the day. Everybody
    who leaves or stays is told. Raises the refusals of `require_handover`, LoginTaken, EmailTaken.
    """
    account = Account.objects.select_for_update().select_related("premises__house__street").get(pk=account.pk)
    left = require_handover(account=account, handover=handover, today=today)
    person = person_of(handover.person, by)
    last = handover.since - dt.timedelta(days=1)
    for former in left:
        _end(former, last)
    holder = Holder.objects.create(
        account=account,
        person=person,
        role=handover.role,
        since=handover.since,
        ground=handover.ground,
        document=handover.document,
        document_on=handover.document_on,
    )
    contract = _contract(account, person, left, last, handover)
    if handover.consent_signed_on is not None:
        text = consents.ensure_text(today=today)
        consents.record(person=person, text=text, moment=moment, by=by, on_paper_on=handover.consent_signed_on)
    user = person.user
    if handover.username and user is None:
        user = logins.create_login(person=person, username=handover.username, email=person.email, by=by)
    _note(account, holder, left, last, by)
    notifications.notify_holders_changed(account=account, holder=holder, left=left, last_day=last)
    return HandedOver(holder, contract, user, left)


def _contract(
    account: Account, person: Person, left: Sequence[Holder], last: dt.date, handover: Handover
) -> Contract | None:
    """The new contract, where one is made; contracts of those who left end with their last day."""
    existing = account.contracts.filter(ended_on=None, person__in=[former.person_id for former in left])
    existing.update(ended_on=last)
    if not handover.contract_number:
        return None
    return Contract.objects.create(
        account=account, person=person, number=handover.contract_number, signed_on=handover.since
    )


def _note(account: Account, holder: Holder, left: Sequence[Holder], last: dt.date, by: User) -> None:
    """The account's entry names who came, the person's own entry who left: the next holder reads the account's."""
    description = "Новый абонент" if left else "Абонент добавлен"
    since = date_text(holder.since, year=True)
    named = f"{holder.person.full_name}, {holder.get_role_display().lower()}, с {since}"
    audit.changed(account, by=by, what=description, after=named)
    for former in left:
        _note_left(former, last, by)


def _note_left(holder: Holder, last: dt.date, by: User) -> None:
    description = f"Абонент снят со счёта {holder.account.number}"
    audit.changed(holder.person, by=by, what=description, after=f"по {date_text(last, year=True)}")


@transaction.atomic
def remove(*, holder: Holder, until: dt.date, by: User, today: dt.date) -> None:
    """The person held the account until a day (inclusive) and sees it no more, from now on.

    Raises LastHolder, DayNotCome.
    """
    if until > today:
        raise DayNotCome(str(until))
    others = holder.account.holders.filter(until=None).exclude(pk=holder.pk)
    if holder.account.closed_on is None and not others.exists():
        raise LastHolder(holder.account.number)
    last = _end(holder, until)
    _note_left(holder, last, by)
    notifications.notify_holder_left(holder, last_day=last)


def _end(holder: Holder, until: dt.date) -> dt.date:
    """End a holding; returns its last day, which is not before its first."""
    last = max(until, holder.since)
    holder.until = last
    holder.save(update_fields=["until"])
    return last

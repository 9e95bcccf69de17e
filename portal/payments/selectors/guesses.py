"""Payments without an account, and whose each may be: by a near number, by the payer's name, by the address."""

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from portal.accounts.models import Account
from portal.payments.enums import FileState, LineState
from portal.payments.models import BankFileLine

MAX_GUESSES = 5
_LOOK_ALIKE = str.maketrans("ОOоoЗз", "000033")
_WORD = re.compile(r"[А-Яа-яЁёA-Za-z-]{3,}")
_HOUSE_FLAT = re.compile(r"(\d{1,4}[А-Яа-я]?)\D{1,12}(\d{1,4})\D*$")


@dataclass(frozen=True, slots=True)
class Guess:
    """An account and how many of the three signs speak for it."""

    account: Account
    number: bool
    name: bool
    address: bool
    exact: bool = False
    """The very number, once letters that look like digits are read as digits."""

    @property
    def weight(self) -> int:
        return 4 * self.exact + 2 * self.number + self.name + self.address


def unidentified() -> QuerySet[BankFileLine]:
    """Lines of imported bank files that wait for their account, with their file."""
    waiting = BankFileLine.objects.filter(state=LineState.UNKNOWN, file__state=FileState.IMPORTED)
    return waiting.select_related("file__template")


def read_digits(text: str) -> str:
    """The digits of a number as written, letters that look like digits among them; pure."""
    return re.sub(r"\D", "", text.translate(_LOOK_ALIKE))[:20]


def near_numbers(text: str) -> set[str]:
    """Numbers that differ by one digit, by two neighbours swapped, or by a digit lost or doubled; pure."""
    digits = read_digits(text)
    if not digits:
        return set()
    near = {digits, *(digits.zfill(width) for width in range(5, 11))}
    for place in range(len(digits)):
        near |= {digits[:place] + digit + digits[place + 1 :] for digit in "0123456789"}
        near |= {digits[:place] + digits[place + 1 :], digits[:place] + digits[place] + digits[place:]}
        if place:
            near.add(digits[: place - 1] + digits[place] + digits[place - 1] + digits[place + 1 :])
    return near


def guesses(line: BankFileLine) -> list[Guess]:
    """At most five accounts, the likeliest first (three queries)."""
    accounts = Account.objects.with_address()
    by_number = {account.pk: account for account in accounts.filter(number__in=near_numbers(line.account_text))}
    digits = read_digits(line.account_text).lstrip("0")
    by_name: dict[int, Account] = {}
    payer_names = _WORD.findall(line.payer)
    if payer_names:
        named = accounts.filter(holders__until=None, holders__person__last_name=payer_names[0].capitalize())
        if len(payer_names) > 1:
            exact = named.filter(holders__person__first_name__startswith=payer_names[1].capitalize())
            named = exact if exact.exists() else named
        by_name = {account.pk: account for account in named.distinct()[:MAX_GUESSES]}
    by_address: dict[int, Account] = {}
    place = _HOUSE_FLAT.search(line.address)
    if place is not None:
        there = accounts.filter(premises__house__number=place[1], premises__number=place[2])
        by_address = {account.pk: account for account in there[:MAX_GUESSES]}
    candidates = by_number | by_name | by_address
    rated = [
        Guess(
            account,
            pk in by_number,
            pk in by_name,
            pk in by_address,
            bool(digits) and account.number.lstrip("0") == digits,
        )
        for pk, account in candidates.items()
    ]
    return sorted(rated, key=lambda guess: (-guess.weight, guess.account.number))[:MAX_GUESSES]

"""Account numbers in files: a spreadsheet eats leading zeros, a person adds some."""

from collections.abc import Iterable

from portal.accounts.models import Account


def bare(number: str) -> str:
    """A number without spaces and leading zeros: what its spellings have in common."""
    return "".join(number.split()).lstrip("0")


class AccountNumbers:
    """Finds accounts by numbers as files write them; asks the database once."""

    def __init__(self) -> None:
        self._ids = dict(Account.objects.values_list("number", "pk"))
        self._short: dict[str, list[str]] = {}
        for number in self._ids:
            self._short.setdefault(bare(number), []).append(number)
        self._shortest = min(map(len, self._ids), default=0)

    def fitting(self, written: str) -> list[str]:
        """The numbers that a spelling may mean: the very same one, else all that differ in leading zeros only."""
        number = "".join(written.split())
        return [number] if number in self._ids else sorted(self._short.get(bare(number), []))

    def find(self, written: str) -> int | None:
        """The id of the account, or None when none or several fit."""
        fitting = self.fitting(written)
        return self._ids[fitting[0]] if len(fitting) == 1 else None

    def add(self, number: str, pk: int) -> None:
        """Count a new account in."""
        self._ids[number] = pk
        self._short.setdefault(bare(number), []).append(number)

    def lost_zeros(self, number: str) -> str:
        """Return what a number shorter than every account's is likely to have been; empty where nothing looks lost."""
        if not self._shortest or len(number) >= self._shortest or not number.isdigit():
            return ""
        return number.zfill(self._shortest)


def longest_spellings(written: Iterable[str]) -> dict[str, str]:
    """Of the spellings of one number in a file, the one with most zeros, by the bare number."""
    longest: dict[str, str] = {}
    for text in written:
        number = "".join(text.split())
        if len(number) > len(longest.get(bare(number), "")):
            longest[bare(number)] = number
    return longest

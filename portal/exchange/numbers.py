"""Account numbers in files: a spreadsheet eats leading zeros, a person adds some."""

from collections.abc import Iterable

from django.db.models.functions import Length

from portal.accounts.models import Account
from portal.core.bulk import batches

READ_AT_ONCE = 400


def bare(number: str) -> str:
    """A number without spaces and leading zeros: what its spellings have in common."""
    return "".join(number.split()).lstrip("0")


class AccountNumbers:
    """Finds accounts by numbers as files write them; reads those accounts alone that `written` may mean.

    What is not among `written` is asked for when it comes.
    """

    def __init__(self, written: Iterable[str] = ()) -> None:
        lengths = Account.objects.order_by().annotate(length=Length("number")).values_list("length", flat=True)
        self._lengths = sorted(lengths.distinct())
        self._shortest = min(self._lengths, default=0)
        self._ids: dict[str, int] = {}
        self._short: dict[str, list[str]] = {}
        self._load({bare(text) for text in written})

    def _load(self, short: set[str]) -> None:
        """Read the accounts whose numbers are these but for leading zeros."""
        self._short.update({text: [] for text in short})
        spelled = {text.rjust(length, "0") for text in short for length in self._lengths if length >= len(text)}
        for numbers in batches(sorted(spelled), READ_AT_ONCE):
            for number, pk in Account.objects.filter(number__in=numbers).values_list("number", "pk"):
                self._ids[number] = pk
                self._short[bare(number)].append(number)

    def fitting(self, written: str) -> list[str]:
        """The numbers that a spelling may mean: the very same one, else all that differ in leading zeros only."""
        number = "".join(written.split())
        if bare(number) not in self._short:
            self._load({bare(number)})
        return [number] if number in self._ids else sorted(self._short[bare(number)])

    def find(self, written: str) -> int | None:
        """The id of the account, or None when none or several fit."""
        fitting = self.fitting(written)
        return self._ids[fitting[0]] if len(fitting) == 1 else None

    def add(self, number: str, pk: int) -> None:
        """Count a new account in."""
        if bare(number) not in self._short:
            self._load({bare(number)})
        if number not in self._ids:
            self._short[bare(number)].append(number)
        self._ids[number] = pk

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

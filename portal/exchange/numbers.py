"""Account numbers in files: a spreadsheet eats leading zeros."""

from portal.accounts.models import Account


class AccountNumbers:
    """Finds accounts by numbers as files write them; asks the database once."""

    def __init__(self) -> None:
        self._ids = dict(Account.objects.values_list("number", "pk"))
        self._short: dict[str, list[int]] = {}
        for number, pk in self._ids.items():
            self._short.setdefault(number.lstrip("0"), []).append(pk)

    def find(self, written: str) -> int | None:
        """The id of the account, or None when none or several fit."""
        number = written.strip().replace(" ", "")
        if number in self._ids:
            return self._ids[number]
        fitting = self._short.get(number.lstrip("0"), [])
        return fitting[0] if len(fitting) == 1 else None

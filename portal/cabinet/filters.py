"""Pages of a list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListPages:
    """Page of a list that the selector cut: enough for the template's links."""

    number: int
    last: int
    total: int

    @classmethod
    def of(cls, total: int, number: int, size: int) -> "ListPages":
        """The pages of so many rows."""
        return cls(number, max(1, -(-total // size)), total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.last else None

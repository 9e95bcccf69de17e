"""Who is told when the rules of two people change: parts above put a rule to work at once."""

from collections.abc import Callable

SAVED: list[Callable[[], None]] = []


def on_saved(put_to_work: Callable[[], None]) -> None:
    """Call a function after every change of the rules, in the same transaction."""
    if put_to_work not in SAVED:
        SAVED.append(put_to_work)

"""Rows that several tests share: written once in a transaction around them, taken back at the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from django.db import transaction

Made = TypeVar("Made")


@contextmanager
def shared_rows(blocker: Any, make: Callable[[], Made]) -> Iterator[Made]:
    """What `make` returns and wrote, while the block lasts; for fixtures of a module.

    Each test is a savepoint inside this transaction. Not for tests with real commits (`own_database`): they use another
    connection.
    """
    with ExitStack() as stack:
        with blocker.unblock():
            stack.enter_context(transaction.atomic())
            made = make()
        yield made
        with blocker.unblock():
            transaction.set_rollback(True)
            stack.close()

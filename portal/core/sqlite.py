"""SQLite folds Latin letters only: LIKE of ours folds every alphabet, so that «кухня» finds «Кухня» as on PostgreSQL.

Django writes `icontains`, `iexact` and the like as LIKE … ESCAPE, which SQLite asks of the function `like`.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

Matches = Callable[[str], bool]


def fold_every_alphabet(connection: Any, **_signal: object) -> None:
    """Give a new SQLite connection our LIKE, with two arguments and with an escape character."""
    if connection.vendor == "sqlite":
        for arguments in (2, 3):
            connection.connection.create_function("like", arguments, like, deterministic=True)


def like(pattern: str | None, value: object, escape: str = "") -> bool | None:
    """`value LIKE pattern ESCAPE escape`, whatever the case; None when either is NULL."""
    if pattern is None or value is None:
        return None
    return _compiled(pattern, escape)(str(value))


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str, escape: str) -> Matches:
    compiled = re.compile("".join(_parts(pattern.lower(), escape)), re.DOTALL)
    return lambda value: compiled.fullmatch(value.lower()) is not None


def _parts(pattern: str, escape: str) -> list[str]:
    """The pattern as pieces of a regular expression: % is anything, _ is one character."""
    parts = []
    letters = iter(pattern)
    for letter in letters:
        if letter == escape:
            parts.append(re.escape(next(letters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return parts

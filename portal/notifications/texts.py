"""A text with {placeholders}, and the check of what an editor typed."""

import string
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A subject and a body with named placeholders."""

    subject: str
    body: str


class UnknownPlaceholder(ValueError):
    """A text names a placeholder that its kind does not have; `name` is what it names."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class MissingPlaceholder(ValueError):
    """A text lacks a placeholder without which the letter is useless; `name` is the placeholder."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class BrokenBraces(ValueError):
    """A brace without its pair."""


def check_placeholders(text: str, allowed: Iterable[str], *, required: Iterable[str] = ()) -> None:
    """Check that a text names only the allowed placeholders, plainly (no attributes, indexes or formats), and every
    required one.

    Raises UnknownPlaceholder, MissingPlaceholder or BrokenBraces.
    """
    names = set(allowed)
    named = set()
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BrokenBraces(str(error)) from error
    for _literal, name, form, conversion in parts:
        if name is None:
            continue
        if name not in names or form or conversion:
            raise UnknownPlaceholder(name + (f":{form}" if form else ""))
        named.add(name)
    for name in required:
        if name not in named:
            raise MissingPlaceholder(name)

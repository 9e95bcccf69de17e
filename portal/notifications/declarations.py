"""One declaration for each kind of notification, and the registry of all kinds.

A domain app declares its kinds in its module `notifications`, which is imported when Django starts. How to add a
kind: docs/how-to/notification-kind.md.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import translation

from portal.core.formatting import date_text, moment_text, money_text, month_name, period_text
from portal.core.sections import Section
from portal.notifications.categories import CATEGORIES, Category
from portal.notifications.enums import Language
from portal.notifications.texts import Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SUBJECT_LENGTH = 200
_BLANKS = re.compile(r"[ \t]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A value of a text: what it is, for editors; a sample, for previews; how it is written.

    `show` is called while the reader's language is active. `required`: the body is useless without it. `secret`: it
    exists only while a letter is being sent and is never stored.
    """

    description: "StrOrPromise"
    sample: Any
    show: Callable[[Any], str] = str
    required: bool = False
    secret: bool = False

    def text(self, value: Any) -> str:
        """A value in the active language; a string as it is; nothing for None."""
        if value is None or isinstance(value, str):
            return value or ""
        return self.show(value)


def day(description: "StrOrPromise", sample: Any) -> Placeholder:
    """A date: «20 ноября», in English “20 November”."""
    return Placeholder(description, sample, date_text)


def full_day(description: "StrOrPromise", sample: Any) -> Placeholder:
    """A date with its year."""
    return Placeholder(description, sample, lambda value: date_text(value, year=True))


def moment(description: "StrOrPromise", sample: Any) -> Placeholder:
    """A date and time, Moscow."""
    return Placeholder(description, sample, moment_text)


def money(description: "StrOrPromise", sample: Any) -> Placeholder:
    """A sum, ₽."""
    return Placeholder(description, sample, money_text)


def month(description: "StrOrPromise", sample: Any) -> Placeholder:
    """The name of a month: «ноябрь»."""
    return Placeholder(description, sample, month_name)


def period(description: "StrOrPromise", sample: Any) -> Placeholder:
    """A month with its year: «ноябрь 2026»."""
    return Placeholder(description, sample, period_text)


@dataclass(frozen=True, slots=True)
class Link:
    """The page that a message leads to: the name of a URL and a query, or a public section.

    `sample` are arguments that the URL resolves with.
    """

    name: str = ""
    sample: tuple[Any, ...] = ()
    query: str = ""
    section: Section | None = None

    def path(self, args: Sequence[Any] = ()) -> str:
        """Path inside the portal. Raises NoReverseMatch."""
        return self.section.url if self.section else reverse(self.name, args=args) + self.query


@dataclass(frozen=True, slots=True, eq=False)
class NotificationKind:
    """Everything that is fixed about a kind of message.

    `russian` and `english` are the texts of a fresh site; editors change them in the admin (`NotificationText`). No
    account number, address or sum stands in a subject. `link` is the page that a message leads to; where it is
    another, `employee_link` is the page for an employee and `guest_link` the one for a recipient without a login.
    `permission` («app.codename») says which employees are told. `values_at_sending` is the dotted name of a function
    that gets the stored message and returns the values of the secret placeholders, or None when the letter must not
    go any more.
    """

    code: str
    name: "StrOrPromise"
    category: Category
    russian: Text
    english: Text
    placeholders: Mapping[str, Placeholder] = field(default_factory=dict)
    icon: str = "bell"
    link: Link | None = None
    employee_link: Link | None = None
    guest_link: Link | None = None
    permission: str = ""
    values_at_sending: str = ""

    def __str__(self) -> str:
        return self.code

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the placeholders that exist only while a letter is being sent."""
        return frozenset(name for name, placeholder in self.placeholders.items() if placeholder.secret)

    def check(self, context: Mapping[str, Any]) -> None:
        """Raise MissingValue unless a context has a value (or None) for each placeholder that is stored."""
        missing = self.placeholders.keys() - self.secrets - context.keys()
        if missing:
            raise MissingValue(f"{self.code}: {', '.join(sorted(missing))}")

    def path(self, args: Sequence[Any] = (), *, to_employee: bool = False) -> str:
        """The path that a message leads to; empty when the kind has no link. Raises NoReverseMatch."""
        link = self.employee_link if to_employee and self.employee_link else self.link
        return link.path(args) if link else ""

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the placeholders that every body must have."""
        return tuple(name for name, placeholder in self.placeholders.items() if placeholder.required)

    def default(self, language: str) -> Text:
        """The text of a fresh site in a language."""
        return self.english if language == Language.ENGLISH else self.russian

    def values(self, context: Mapping[str, Any], language: str) -> dict[str, str]:
        """The values of a context as a reader of a language reads them.

        Raises UndeclaredValue for a value without a placeholder.
        """
        undeclared = context.keys() - self.placeholders.keys()
        if undeclared:
            raise UndeclaredValue(f"{self.code}: {', '.join(sorted(undeclared))}")
        with translation.override(language):
            return {name: self.placeholders[name].text(value) for name, value in context.items()}

    def samples(self, language: str) -> dict[str, str]:
        """The samples of all placeholders in a language."""
        samples = {name: placeholder.sample for name, placeholder in self.placeholders.items()}
        return self.values(samples, language)


class MissingValue(LookupError):
    """A message was not given a value that its kind has a placeholder for."""


class UndeclaredValue(LookupError):
    """A message was given a value that its kind has no placeholder for."""


class DuplicateKind(ValueError):
    """Two declarations share a code."""


def fill(text: Text, values: Mapping[str, str]) -> Text:
    """A text with its values: the subject on one line; without the gaps that empty values leave.

    Raises KeyError when a value is missing.
    """
    subject = " ".join(text.subject.format_map(values).split())
    lines = [_BLANKS.sub(" ", line).strip(" ") for line in text.body.format_map(values).splitlines()]
    return Text(subject[:SUBJECT_LENGTH], _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n"))


_kinds: dict[str, NotificationKind] = {}


def register(kind: NotificationKind) -> NotificationKind:
    """Add a kind to the registry and return it. Raises DuplicateKind."""
    if kind.code in _kinds:
        raise DuplicateKind(kind.code)
    _kinds[kind.code] = kind
    return kind


def all_kinds() -> list[NotificationKind]:
    """Every kind, in the order of the categories."""
    return sorted(_kinds.values(), key=lambda kind: CATEGORIES.index(kind.category))


def find_kind(code: str) -> NotificationKind | None:
    """The kind of a code; None for a code of the past that nothing declares any more."""
    return _kinds.get(code)


def kind_choices() -> list[tuple[str, str]]:
    """Code and name of every kind, for filters."""
    return [(kind.code, str(kind.name)) for kind in all_kinds()]


def codes_of(categories: Iterable[Category]) -> list[str]:
    """The codes of the kinds in some categories."""
    wanted = set(categories)
    return [kind.code for kind in _kinds.values() if kind.category in wanted]


def staff_codes() -> list[str]:
    """The codes of the kinds that are for staff."""
    return [kind.code for kind in _kinds.values() if kind.category.for_staff]

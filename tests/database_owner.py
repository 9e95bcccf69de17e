"""What the owner of the database can do past the portal: drop the triggers, then change what never changes."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def without_triggers(table: str) -> None:
    """Drop every trigger of ours on a table, as its owner may."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # waiting checks of foreign keys forbid changing the table
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table])
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        names = [name for (name,) in cursor.fetchall()]
        assert names, f"{table} has no triggers"
        place = f" ON {table}" if connection.vendor == "postgresql" else ""
        for name in names:
            cursor.execute(f"DROP TRIGGER {name}{place}")


def as_owner(table: str, statement: str, values: Sequence[Any] = ()) -> None:
    """Drop the triggers of a table and run a statement."""
    without_triggers(table)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)

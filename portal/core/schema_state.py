"""Whether the database has every migration of the running code."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

_is_complete = False


def missing_migrations() -> list[str]:
    """Migrations of this code that the database lacks, such as `core.0002_people`, in order; empty when it has all.

    Applied migrations that this code does not know belong to a newer release running beside it and are not reported.
    Once nothing is missing, the process keeps that answer and does not query again.
    """
    global _is_complete  # noqa: PLW0603  # kept for the life of the process
    if _is_complete:
        return []
    loader = MigrationLoader(connection)
    missing = sorted(
        f"{app}.{name}" for app, name in loader.graph.nodes if (app, name) not in loader.applied_migrations
    )
    _is_complete = not missing
    return missing

"""What PostgreSQL says of its standbys and of its archive of WAL."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection

# Without pg_read_all_stats a role sees that a standby is connected, and nothing of it: state and lag are null.
STANDBYS = """
SELECT count(*), COALESCE(EXTRACT(EPOCH FROM max(replay_lag)), 0) FROM pg_stat_replication
WHERE COALESCE(state, 'streaming') = 'streaming'
"""
ARCHIVE = """
SELECT EXTRACT(EPOCH FROM now() - COALESCE(last_archived_time, stats_reset, last_failed_time)) FROM pg_stat_archiver
WHERE last_failed_time > COALESCE(last_archived_time, '-infinity')
"""


class Cursor(Protocol):
    """What Django's cursors and psycopg's have."""

    def execute(self, sql: Any, /) -> object:
        """Send a statement."""

    def fetchone(self) -> Any:
        """The next row; None for none."""


@dataclass(frozen=True, slots=True)
class ReplicationState:
    """Standbys that follow, the lag of the slowest, and since when WAL is not archived; in seconds."""

    standbys: int = 0
    lag: float = 0.0
    archive_failing: float = 0.0


def replication_state() -> ReplicationState:
    """How the database's copies stand (two queries of the server's views); all zero on SQLite."""
    if connection.vendor != "postgresql":
        return ReplicationState()
    with connection.cursor() as cursor:
        return read_state(cursor)


def read_state(cursor: Cursor) -> ReplicationState:
    """The same, by a cursor of any connection of the server."""
    cursor.execute(STANDBYS)
    standbys, lag = cursor.fetchone() or (0, 0)
    cursor.execute(ARCHIVE)
    failing = cursor.fetchone()
    return ReplicationState(standbys, float(lag), float(failing[0]) if failing else 0.0)

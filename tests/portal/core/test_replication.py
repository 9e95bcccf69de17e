"""A standby that follows or is gone, and an archive that takes WAL or refuses it, as a real server says."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.core.replication import ReplicationState, read_state
from tests.cluster.servers import wait_until
from tests.concurrency.postgres_server import Server


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    """A server that archives by a command of its own."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        server.create_empty()
        with (server.data / "postgresql.conf").open("a") as settings:
            settings.write("archive_mode = on\narchive_command = 'false'\n")
        server.kill()
        server.start()
        yield server
        server.kill()


def state(server: Server) -> ReplicationState:
    with server.connect() as connection:
        return read_state(connection.cursor())


def test_wal_that_is_refused_is_told_until_it_is_taken(primary: Server) -> None:
    with primary.connect() as connection:
        connection.execute("SELECT pg_switch_wal()")
        wait_until(lambda: state(primary).archive_failing > 0, "a refused file is not told")
        connection.execute("ALTER SYSTEM SET archive_command = 'true'")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CREATE TABLE something ()")
        connection.execute("SELECT pg_switch_wal()")
        wait_until(lambda: state(primary).archive_failing == 0, "the archive works, and nobody says so")


def test_a_standby_is_counted_while_it_follows(primary: Server) -> None:
    assert state(primary).standbys == 0
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as folder:
        standby = Server(Path(folder))
        if os.geteuid() == 0:
            shutil.chown(standby.folder, "postgres")
        source = f"host=127.0.0.1 port={primary.port} user=portal"
        standby.run("pg_basebackup", "-D", standby.data, "-d", source, "-R", "-c", "fast")
        standby.start()
        try:
            wait_until(lambda: state(primary).standbys == 1, "the standby is not counted")
        finally:
            standby.kill()
    wait_until(lambda: state(primary).standbys == 0, "the standby is gone, and is counted still")

"""A PostgreSQL server of one test's own, which the test may kill, with a copy of the migrated template in it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.ports import free_port

BINARIES = Path("/usr/lib/postgresql")


class Server:
    """A cluster in a folder; as root it runs under `postgres`, for the server refuses root."""

    def __init__(self, folder: Path) -> None:
        self.bin = max(BINARIES.glob("*/bin"))
        self.folder, self.data = folder, folder / "data"
        self.port = free_port()
        self.url = f"postgres://portal@127.0.0.1:{self.port}/portal"

    def run(self, tool: str, *arguments: object) -> None:
        """Run one of PostgreSQL's tools as the cluster's owner."""
        owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*owner, str(self.bin / tool), *map(str, arguments)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def create_empty(self) -> None:
        """A cluster with an empty database."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.data, "-U", "portal", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "portal", "portal")

    def create(self, source: str) -> None:
        """A cluster with a copy of a database."""
        self.create_empty()
        dump = self.folder / "dump.sql"
        subprocess.run([self.bin / "pg_dump", "-f", dump, source], check=True)
        subprocess.run([self.bin / "psql", "-q", "-f", dump, self.url], check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start and wait until it answers; after a kill it recovers first."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def kill(self) -> None:
        """Stop without a goodbye: every connection breaks, recovery is left to the next start."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def connect(self) -> psycopg.Connection:
        """A connection that commits each statement."""
        return psycopg.connect(self.url, autocommit=True)


@contextmanager
def running_server(source: str) -> Iterator[Server]:
    """A server with a copy of the database at `source`, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        try:
            server.create(source)
            yield server
        finally:
            if (server.data / "postmaster.pid").exists():
                server.kill()

"""Hosts of what the portal needs: PostgreSQL twice, pgbouncer, Redis, an S3 store."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import psycopg
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from psycopg.errors import CannotConnectNow

from tests.cluster.network import Namespace
from tests.redis_server import REDIS

ROOT = Path(__file__).resolve().parents[2]
BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/bin"))
STARTS_WITHIN = 60
PASSWORD = "cluster"
POSTGRES_PORT, POOL_PORT, REDIS_PORT, S3_PORT = 5432, 6432, 6379, 5000
HBA = """
local all all trust
host replication portal samenet trust
host all portal_failover samenet trust
host all all samenet scram-sha-256
"""
SETTINGS = (
    "listen_addresses=*",
    "max_connections=60",
    "hot_standby=on",
    "wal_keep_size=256MB",
    "fsync=off",
)
FAILOVER_ROLE = """
CREATE ROLE portal_failover LOGIN;
GRANT EXECUTE ON FUNCTION pg_promote(boolean, integer) TO portal_failover;
"""


class Host:
    """A machine: its network namespace, its folder, its log."""

    def __init__(self, namespace: Namespace, folder: Path, *, user: str = "") -> None:
        self.namespace, self.address = namespace, namespace.address
        self.folder, self.user = folder, user
        self.log = folder / "log"
        self.env = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": str(folder)}
        folder.mkdir(parents=True)
        if user:
            shutil.chown(folder, user)

    def run(self, *words: str | Path, **more: str) -> str:
        """Run a command on this host to its end; returns its output."""
        return self.namespace.run(*words, env=self.env | more, user=self.user, cwd=self.folder)

    def spawn(self, *words: str | Path, cwd: Path | None = None) -> None:
        """Start a program on this host."""
        self.namespace.start(*words, env=self.env, log=self.log, user=self.user, cwd=cwd or self.folder)

    def kill(self) -> None:
        """A power cut: every process ends at once."""
        self.namespace.kill()


class Database(Host):
    """PostgreSQL: a primary that waits for its standby, or a streaming standby of another host."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        super().__init__(namespace, folder, user="postgres")
        self.data = folder / "data"

    def create_primary(self) -> None:
        """Make an empty cluster with the portal's roles and database; nothing is replicated yet."""
        self.run(BIN / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        (self.data / "pg_hba.conf").write_text(HBA)
        self.start()
        for statement in (
            f"CREATE ROLE portal LOGIN REPLICATION PASSWORD '{PASSWORD}'",
            "CREATE DATABASE portal OWNER portal",
        ):
            self.sql(statement, database="postgres")
        self.sql(FAILOVER_ROLE)

    def create_replica(self, primary: "Database") -> None:
        """Copy the primary and follow it; from now on it waits for this host at each commit."""
        source = f"host={primary.address} port={POSTGRES_PORT} user=portal application_name=replica"
        self.run(BIN / "pg_basebackup", "-D", self.data, "-d", source, "-R", "-X", "stream", "-c", "fast")
        self.start()
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'replica'")
        primary.sql("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = " ".join(f"-c {setting}" for setting in (*SETTINGS, f"unix_socket_directories={self.folder}"))
        arguments = ("-D", self.data, "-w", "-l", self.folder / "postgresql.log", "-o", options)
        self.run(BIN / "pg_ctl", *arguments, "start")

    def sql(self, statement: str, *, database: str = "portal") -> str:
        """Run statements as the owner of the server."""
        socket = f"host={self.folder} user=postgres dbname={database}"
        return self.run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement, socket).strip()

    @property
    def url(self) -> str:
        """The portal's address of this server, past pgbouncer."""
        return f"postgres://portal:{PASSWORD}@{self.address}:{POSTGRES_PORT}/portal"

    def connect(self) -> psycopg.Connection:
        """A connection of the portal's role that commits each statement."""
        return psycopg.connect(self.url, autocommit=True)


class Pool(Host):
    """pgbouncer with deploy/pgbouncer/pgbouncer.ini."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        super().__init__(namespace, folder, user="postgres")
        self.database_file = folder / "portal-database.ini"

    def start(self, primary: Database) -> None:
        """Start it before a primary."""
        text = (ROOT / "deploy/pgbouncer/pgbouncer.ini").read_text()
        for place, here in (
            ("/etc/pgbouncer/", f"{self.folder}/"),
            ("/var/run/postgresql", str(self.folder)),
            ("/var/log/postgresql", str(self.folder)),
        ):
            text = text.replace(place, here)
        (self.folder / "pgbouncer.ini").write_text(text)
        (self.folder / "userlist.txt").write_text(f'"portal" "{PASSWORD}"\n')
        self.database_file.write_text(
            f"[databases]\nportal = host={primary.address} port={POSTGRES_PORT} dbname=portal\n"
        )
        self.spawn(shutil.which("pgbouncer", path=self.env["PATH"]) or "pgbouncer", self.folder / "pgbouncer.ini")
        wait_until(self._answers, f"pgbouncer does not answer: {self.folder}/pgbouncer.log")

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError, CannotConnectNow), psycopg.connect(self.url):
            return True
        return False

    @property
    def url(self) -> str:
        """The portal's address of the database, through pgbouncer."""
        return f"postgres://portal:{PASSWORD}@{self.address}:{POOL_PORT}/portal"

    def fail_over(self, replica: Database) -> subprocess.CompletedProcess[str]:
        """The documented command, as root of this host."""
        env = self.env | {
            "PORTAL_PGBOUNCER_DATABASE": str(self.database_file),
            "PORTAL_PGBOUNCER_CONSOLE": f"host={self.folder} port={POOL_PORT} user=pgbouncer",
        }
        command = self.namespace.command(ROOT / "deploy/promote-replica", replica.address)
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)


class Redis(Host):
    """The cache, in memory only."""

    def start(self) -> None:
        """Start it."""
        self.spawn(str(REDIS), "--port", str(REDIS_PORT), "--save", "", "--protected-mode", "no")

    @property
    def url(self) -> str:
        """The portal's address of the cache."""
        return f"redis://{self.address}:{REDIS_PORT}/0"


class Storage(Host):
    """An S3 store (moto's server, in memory) with the portal's bucket."""

    def start(self) -> None:
        """Start it and make the bucket."""
        self.spawn(sys.executable, "-m", "moto.server", "-H", "0.0.0.0", "-p", str(S3_PORT))
        wait_until(self._make_bucket, f"the store does not answer: {self.log}")

    def _make_bucket(self) -> bool:
        client = boto3.client(
            "s3",
            endpoint_url=self.settings["S3_ENDPOINT"],
            region_name="us-east-1",
            aws_access_key_id=self.settings["S3_ACCESS_KEY"],
            aws_secret_access_key=self.settings["S3_SECRET_KEY"],
            config=Config(connect_timeout=2, retries={"max_attempts": 0}),
        )
        with contextlib.suppress(BotoCoreError):
            client.create_bucket(Bucket=self.settings["S3_BUCKET"])
            return True
        return False

    @property
    def settings(self) -> dict[str, str]:
        """What portal.env says of the store."""
        return {
            "S3_ENDPOINT": f"http://{self.address}:{S3_PORT}",
            "S3_BUCKET": "portal-files",
            "S3_ACCESS_KEY": "cluster",
            "S3_SECRET_KEY": "cluster-secret",
        }


def wait_until(holds: Callable[[], bool], otherwise: str, *, seconds: float = STARTS_WITHIN) -> None:
    """Wait until a condition holds. Raises RuntimeError with the text otherwise."""
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError(otherwise)
        time.sleep(0.1)

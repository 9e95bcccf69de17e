"""A cluster of network namespaces: entry, web and worker hosts, PostgreSQL with a replica, pgbouncer, Redis, S3."""

import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.network import Network
from tests.cluster.portal_hosts import NAME, Entry, Web, Worker
from tests.cluster.servers import ROOT, Database, Pool, Redis, Storage
from tests.load.residents import DAY

TOOLS = ("ip", "pgbouncer", "nginx", "redis-server", "openssl", "runuser")
ACCOUNTS = int(os.environ.get("CLUSTER_ACCOUNTS", "1700"))
"""A closing cuts accounts into jobs of 800: enough for three."""


def missing() -> list[str]:
    """Names of what the cluster needs and this machine lacks: root, tools."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    missing_tools = [tool for tool in TOOLS if shutil.which(tool, path=path) is None]
    return missing_tools if os.geteuid() == 0 else ["root", *missing_tools]


@dataclass(frozen=True)
class Cluster:
    """Running hosts."""

    folder: Path
    network: Network
    entry: Entry
    webs: list[Web]
    workers: list[Worker]
    primary: Database
    replica: Database
    pool: Pool
    redis: Redis
    storage: Storage
    residents: list[dict[str, Any]]
    """Logins and meters with their last values, as tests.load.residents writes them."""

    @property
    def settings(self) -> dict[str, str]:
        """The portal's environment on every host."""
        return self.webs[0].env


@contextmanager
def running(*, web_hosts: int = 2, limited: bool = True, trusted: int = 1) -> Iterator[Cluster]:
    """Start all hosts on the last evening of the reading window; remove them afterwards.

    `limited`: with nginx's limits of requests from one address. `trusted` is the last number of an address that is
    added to TRUSTED_PROXIES.
    """
    os.umask(0o022)
    # PostgreSQL's user must get to its folder; releases are hard links and lie on the file system of the code.
    place = Path(tempfile.mkdtemp(prefix="portal-cluster-"))
    place.chmod(0o755)
    releases = ROOT / "var" / place.name
    network = Network()
    try:
        yield _start_hosts(network, place, releases, web_hosts=web_hosts, limited=limited, trusted=trusted)
    finally:
        network.remove()
        if not os.environ.get("CLUSTER_KEEP_LOGS"):
            for folder in (place, releases):
                shutil.rmtree(folder, ignore_errors=True)


def _start_hosts(
    network: Network, place: Path, releases: Path, *, web_hosts: int, limited: bool, trusted: int
) -> Cluster:
    primary = Database(network.add("db1", 31), place / "db1")
    replica = Database(network.add("db2", 32), place / "db2")
    pool = Pool(network.add("pool", 4), place / "pool")
    redis = Redis(network.add("redis", 5), place / "redis")
    primary.create_primary()
    storage = Storage(network.add("s3", 6), place / "s3")
    redis.start()
    storage.start()
    pool.start(primary)
    settings = portal_settings(pool, redis, storage)
    settings["TRUSTED_PROXIES"] += f",{network.address(trusted)}/32"
    entry = Entry(network.add("entry", 2), place / "entry")
    webs = [
        Web(network.add(f"web{number}", 10 + number), releases / f"web{number}", settings)
        for number in range(1, web_hosts + 1)
    ]
    workers = [
        Worker(network.add(f"worker{number}", 20 + number), place / f"worker{number}", settings) for number in (1, 2)
    ]
    webs[0].collect_static()
    residents = _prepare_residents(webs[0], primary, place)
    replica.create_replica(primary)
    for worker in workers:
        worker.start()
    for web in webs[1:]:
        web.copy_static(webs[0])
    for web in webs:
        web.start(entry.address)
    entry.copy_static(webs[0])
    entry.start(webs, limited=limited)
    return Cluster(place, network, entry, webs, workers, primary, replica, pool, redis, storage, residents)


def portal_settings(pool: Pool, redis: Redis, storage: Storage) -> dict[str, str]:
    """The variables of portal.env, the same on each host."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.cluster.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": NAME,
        "BASE_URL": f"https://{NAME}",
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "DATABASE_URL": pool.url,
        "DATABASE_POOLED": "true",
        "REDIS_URL": redis.url,
        **storage.settings,
        "PAYMENT_GATEWAY": "demo",
        "STAFF_TWO_FACTOR_REQUIRED": "false",
        "PORTAL_TODAY": DAY,
        "LOG_FORMAT": "plain",
    }


def _prepare_residents(web: Web, primary: Database, place: Path) -> list[dict[str, Any]]:
    """Migrate the database and fill it with residents, on one web host and past pgbouncer, before any host starts."""
    file = place / "residents.json"
    past_pool = {"DATABASE_URL": primary.url, "DATABASE_POOLED": "false"}
    command = (sys.executable, "-m", "tests.load.residents", "prepare", file, str(ACCOUNTS))
    web.namespace.run(*command, env=web.env | past_pool, cwd=ROOT)
    residents: list[dict[str, Any]] = json.loads(file.read_text())
    return residents

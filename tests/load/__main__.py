"""`make load`: a portal of its own on each database, locust beside it, one table.

Environment: LOAD_USERS (people at a time, default 30), LOAD_SECONDS (60), LOAD_RESIDENTS_COUNT (2000), LOAD_THINKING
(mean seconds between steps, 1), LOAD_WORKERS and LOAD_THREADS of gunicorn (2 and 4), LOAD_REPORTS (folder of the HTML
reports). Arguments name the databases: sqlite, postgresql (default: both); cluster: tests/cluster with one web host and
with two (as root), each web host with LOAD_CPU_PERCENT (30) of a core.
"""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from tests.concurrency.postgres_server import Server
from tests.load.residents import DAY, ROOT, SENT_AWAY
from tests.ports import free_port, wait_for

USERS = int(os.environ.get("LOAD_USERS", "30"))
SECONDS = int(os.environ.get("LOAD_SECONDS", "60"))
COUNT = int(os.environ.get("LOAD_RESIDENTS_COUNT", "2000"))
STARTS_WITHIN = 60
TOTAL = "Aggregated"
COLUMNS = ("Request Count", "Failure Count", "50%", "95%", "99%")


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    url: str
    folder: Path
    env: dict[str, str]
    cpu_seconds: Callable[[], float]
    """Processor time of the web processes so far."""
    client: tuple[str, ...] = ()
    """Words before locust's command: where it runs."""


def cpu_seconds(server: psutil.Process) -> float:
    """Processor time of a process and its children so far."""
    return sum(sum(process.cpu_times()[:2]) for process in [server, *server.children(recursive=True)])


def environment(folder: Path, database: str) -> dict[str, str]:
    """Environment of the portal's processes: the demo's settings on the 20th, behind the proxy that locust plays."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PORTAL_TODAY": DAY,
        "VAR_DIR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "DATABASE_URL": database,
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "LOG_FORMAT": "plain",
    }


@contextmanager
def running(folder: Path, database: str) -> Iterator[Portal]:
    """Prepare a database, serve it with gunicorn and a worker; both are stopped afterwards."""
    env, port = environment(folder, database), free_port()
    _residents(env, "prepare", folder / "residents.json", str(COUNT))
    options = {
        "--pythonpath": "site",
        "--bind": f"127.0.0.1:{port}",
        "--workers": os.environ.get("LOAD_WORKERS", "2"),
        "--threads": os.environ.get("LOAD_THREADS", "4"),
    }
    gunicorn = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
    gunicorn += [word for option in options.items() for word in option]
    commands = [[*gunicorn, "config.wsgi"], [sys.executable, "manage.py", "qcluster"]]
    with (folder / "log").open("wb") as log:
        children = [
            subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
            for command in commands
        ]
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/healthz", children[0], seconds=STARTS_WITHIN)
            yield Portal(url, folder, env, partial(cpu_seconds, psutil.Process(children[0].pid)))
        finally:
            for child in children:
                child.send_signal(signal.SIGTERM)
            for child in children:
                child.wait(timeout=60)


def _residents(env: dict[str, str], *arguments: str | Path) -> str:
    """Run tests.load.residents with the portal's settings; returns what it prints."""
    command = [sys.executable, "-m", "tests.load.residents", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def play(portal: Portal, report: Path) -> dict[str, dict[str, str]]:
    """Let the residents come; returns locust's figures by step."""
    prefix = portal.folder / "locust"
    env = {
        **portal.env,
        "LOAD_RESIDENTS": str(portal.folder / "residents.json"),
        "LOAD_ACCEPTED": str(portal.folder / "accepted.jsonl"),
        "PYTHONPATH": str(ROOT),
    }
    options = {
        "--host": portal.url,
        "--users": USERS,
        "--spawn-rate": max(USERS // 5, 1),
        "--run-time": f"{SECONDS}s",
        "--stop-timeout": 20,
        "--csv": prefix,
        "--html": report,
    }
    command = [
        *portal.client,
        sys.executable,
        "-m",
        "locust",
        "-f",
        "tests/load/locustfile.py",
        "--headless",
        "--only-summary",
    ]
    command += [str(word) for option in options.items() for word in option]
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Path(f"{prefix}_stats.csv").open(encoding="utf-8") as file:
        return {row["Name"]: row for row in csv.DictReader(file)}


def sent_away(folder: Path) -> int:
    """How many requests were answered 503 with a time to come back."""
    with (folder / "locust_failures.csv").open(encoding="utf-8") as file:
        return sum(int(row["Occurrences"]) for row in csv.DictReader(file) if SENT_AWAY in row["Error"])


def measure(name: str, portal: Portal, reports: Path) -> bool:
    """Play the evening at a portal and print its table; whether nothing failed, was lost or doubled."""
    before = portal.cpu_seconds()
    steps = play(portal, reports / f"load-{name}.html")
    cpu = portal.cpu_seconds() - before
    checked = _residents(portal.env, "check", portal.folder / "accepted.jsonl")
    result = json.loads(checked.splitlines()[-1])
    total = steps.pop(TOTAL)
    away = sent_away(portal.folder)
    requests, failed = int(total["Request Count"]), int(total["Failure Count"]) - away
    print(f"\n{name}: {USERS} people at a time, {SECONDS} s")
    print(f"{'step':<24}" + "".join(f"{title:>10}" for title in ("requests", "failed", "p50 ms", "p95 ms", "p99 ms")))
    for step, row in [*sorted(steps.items()), ("all", total)]:
        print(f"{step:<24}" + "".join(f"{row[column]:>10}" for column in COLUMNS))
    print(
        f"{float(total['Requests/s']):.1f} requests/s ({(requests - away) / SECONDS:.1f} served), "
        f"{result['readings'] / SECONDS:.1f} readings/s, "
        f"{cpu * 1000 / max(requests, 1):.1f} ms CPU a request; readings accepted {result['readings']}, "
        f"lost {result['lost']}, doubled {result['doubled']}; sent away {away}, failed {failed}"
    )
    return not (result["lost"] or result["doubled"] or failed)


def main(names: list[str]) -> int:
    """Measure the databases named; 1 when a request failed or a reading was lost or stored twice."""
    reports = Path(os.environ.get("LOAD_REPORTS", ROOT / "var"))
    good = True
    with tempfile.TemporaryDirectory(prefix="portal-load-", ignore_cleanup_errors=True) as place:
        if "sqlite" in names:
            folder = Path(place) / "sqlite"
            folder.mkdir()
            with running(folder, f"sqlite:///{folder}/portal.sqlite3") as portal:
                good &= measure("sqlite", portal, reports)
        if "postgresql" in names:
            folder, data = Path(place) / "postgresql", Path(tempfile.mkdtemp(prefix="portal-pg-"))
            folder.mkdir()
            server = Server(data)
            server.create_empty()
            try:
                with running(folder, server.url) as portal:
                    good &= measure("postgresql", portal, reports)
            finally:
                server.kill()
    if "cluster" in names:
        from tests.cluster.load import portals  # needs root and more programs than the others

        for name, started in portals():
            with started as portal:
                good &= measure(name, portal, reports)
    print(f"\nreports: {reports}/load-*.html")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["sqlite", "postgresql"]))

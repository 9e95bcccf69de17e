"""`make run`: prepare the database, load the demo once, serve the portal with its worker until stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.core import clock
from portal.operations.demo.names import STAFF
from portal.operations.demo.world import PASSWORD, RESIDENTS, demo_today

FIRST_PAGE_WITHIN = 90
STOPS_WITHIN = 20


class Command(BaseCommand):
    help = "Serve the demo on http://127.0.0.1:$PORT (8000) with a worker beside it."
    stopping = False

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        port = _port(os.environ.get("PORT") or "8000")
        _require_free(port)
        self._prepare()
        children = _start(port)
        try:
            self._wait_for_first_page(port, children)
            self._greet(port)
            self._watch(children)
        finally:
            _stop_all(children)
        self.stdout.write("stopped")

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _prepare(self) -> None:
        """Bring the database up to date; move the business date into the reading window unless it was set."""
        self._say("database")
        call_command("migrate", verbosity=0, interactive=False)
        if not clock.moved_to():
            date = demo_today(clock.today())
            if date != clock.today():
                os.environ["PORTAL_TODAY"] = settings.PORTAL_TODAY = date.isoformat()
        for command in ("setup_site", "load_demo"):
            if not self.stopping:
                call_command(command, stdout=self.stdout)

    def _wait_for_first_page(self, port: int, children: "dict[str, subprocess.Popen[bytes]]") -> None:
        until = time.monotonic() + FIRST_PAGE_WITHIN
        while not self.stopping:
            _require_alive(children)
            if _answers(port):
                return
            if time.monotonic() > until:
                raise CommandError(f"the first page did not answer within {FIRST_PAGE_WITHIN} s")
            time.sleep(0.2)

    def _watch(self, children: "dict[str, subprocess.Popen[bytes]]") -> None:
        while not self.stopping:
            _require_alive(children)
            time.sleep(0.3)

    def _greet(self, port: int) -> None:
        if self.stopping:
            return
        moved = clock.moved_to()
        self._say(
            f"\nhttp://127.0.0.1:{port}/ is ready"
            + (f"; the business date is {moved} (PORTAL_TODAY moves it)" if moved else "")
            + f"\n  residents: {' '.join(RESIDENTS)}"
            + f"\n  staff:     {' '.join(STAFF)}; superuser admin; http://127.0.0.1:{port}/admin/"
            + f"\n  password of all: {PASSWORD}\nCtrl-C stops it\n"
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _port(written: str) -> int:
    """The number of a port. Raises CommandError for anything else."""
    if not (written.isascii() and written.isdecimal() and 0 < int(written) < 65_536):
        raise CommandError(f"PORT is {written!r}; a number from 1 to 65535 is needed: make run PORT=8001")
    return int(written)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(f"port {port} is taken; choose another: make run PORT=8001") from error


def _start(port: int) -> "dict[str, subprocess.Popen[bytes]]":
    """Server and worker, each in a session of its own: a Ctrl-C of the terminal reaches this process alone."""
    server = [
        sys.executable,
        "-m",
        "gunicorn",
        "--pythonpath",
        "site",
        "--no-control-socket",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--timeout",
        "120",
        "config.wsgi",
    ]
    worker = [sys.executable, "manage.py", "qcluster"]
    root = Path(settings.ROOT)
    return {
        name: subprocess.Popen(command, cwd=root, start_new_session=True)  # noqa: S603 (our own programs)
        for name, command in (("server", server), ("worker", worker))
    }


def _require_alive(children: "dict[str, subprocess.Popen[bytes]]") -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise CommandError(f"the {name} stopped by itself (exit code {child.returncode}); its words are above")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return answer.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def _stop_all(children: "dict[str, subprocess.Popen[bytes]]") -> None:
    """Ask both to end, wait, and end by force what did not."""
    for child in children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOPS_WITHIN
    for child in children.values():
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

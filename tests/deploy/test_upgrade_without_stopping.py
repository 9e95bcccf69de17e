"""deploy/switch-web leads visitors from old code to new: real nginx and gunicorn, and no request fails meanwhile."""

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.security.web_server import NGINX

ROOT = Path(__file__).resolve().parents[2]
SENDERS = 4
CODE = """
import time

def app(environ, start_response):
    if environ["PATH_INFO"] != "/healthz":
        time.sleep(0.4 if environ["PATH_INFO"] == "/slow" else 0.01)
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"{version}"]
"""
CONTROL = """#!/bin/bash
# systemctl of a test: start, stop, reload; nothing is enabled.
[ "$1" = --quiet ] && shift
[ "$2" = portal-web.target ] && exit 0
port=${{2#portal-web@}}; port=${{port%.service}}; pid={folder}/$port.pid
case $1 in
  start) cd {folder}/releases/$port && exec {python} -m gunicorn --daemon --pid "$pid" --workers 2 --threads 2 \
    --log-file {folder}/log --no-control-socket --bind 127.0.0.1:$port wsgi:app ;;
  stop) [ -f "$pid" ] || exit 0; master=$(cat "$pid"); kill -TERM "$master" 2>/dev/null
    while kill -0 "$master" 2>/dev/null; do sleep 0.05; done; rm -f "$pid" ;;
  reload) exec {nginx} -p {folder} -c {folder}/nginx.conf -s reload ;;
esac
"""
CONFIGURATION = """
worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/errors; {user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/upstream.conf;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://portal; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""


class Machine:
    """A checkout, nginx before two ports, and senders of requests."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.failed: list[str] = []
        self.seen: list[str] = []
        ports = f"{free_port()},{free_port()}"
        control = folder / "control"
        control.write_text(CONTROL.format(folder=folder, python=sys.executable, nginx=NGINX))
        control.chmod(0o755)
        self.environment = os.environ | {
            "PORTAL_CHECKOUT": str(folder / "app"),
            "PORTAL_RELEASES": str(folder / "releases"),
            "PORTAL_UPSTREAM": str(folder / "upstream.conf"),
            "PORTAL_STATIC": str(folder / "static"),
            "PORTAL_PORTS": ports,
            "PORTAL_CONTROL": str(control),
            "PORTAL_START_SECONDS": "5",
        }
        (folder / "app").mkdir()

    def switch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """deploy/switch-web as it stands."""
        command = [sys.executable, ROOT / "deploy/switch-web", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def collect(self, version: str) -> None:
        """Collect the static files of a version, as collectstatic does: beside the earlier ones."""
        static = self.folder / "static"
        static.mkdir(exist_ok=True)
        name = f"page.{hashlib.sha256(version.encode()).hexdigest()[:12]}.css"
        for written in (name, f"{name}.gz", "page.css", "unavailable.html"):
            (static / written).write_text(version)
        (static / "staticfiles.json").write_text(json.dumps({"paths": {"page.css": name}}))

    def collected(self) -> set[str]:
        """The versions whose static files with a digest are there, compressed ones too."""
        files = (self.folder / "static").glob("page.*.css*")
        return {f"{file.read_text()}{file.suffix}" for file in files}

    def check_out(self, version: str, code: str = CODE) -> None:
        """Put a version of the code into the checkout, as git does: a new file in place of the old one."""
        new = self.folder / "app/new"
        new.write_text(code.replace("{version}", version))
        new.replace(self.folder / "app/wsgi.py")

    def send(self, until: threading.Event, number: int) -> None:
        """Send requests one after another, each on a connection of its own; every third is a form, some are slow."""
        count = 0
        while not until.is_set():
            count += 1
            method, body = ("POST", b"a=1") if count % 3 == 0 else ("GET", None)
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request(method, "/slow" if count % 7 == number else "/", body)
                answer = connection.getresponse()
                text = answer.read().decode()
                (self.seen if answer.status == 200 else self.failed).append(text)
            except OSError as error:
                self.failed.append(f"{method}: {error!r}")
            finally:
                connection.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    assert machine.switch("--upstream-only").returncode == 0
    machine.check_out("old")
    machine.collect("old")
    assert machine.switch().returncode == 0
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(CONFIGURATION.format(folder=tmp_path, port=machine.port, user=user))
    subprocess.run([NGINX, "-p", tmp_path, "-c", tmp_path / "nginx.conf"], check=True)
    yield machine
    for pid in tmp_path.glob("*.pid"):
        os.kill(int(pid.read_text()), 15)
    shutil.rmtree(tmp_path, ignore_errors=True)


def under_load(machine: Machine, *, wanted: str) -> subprocess.CompletedProcess[str]:
    """Switch while senders send; they stop once `wanted` answered after it."""
    until = threading.Event()
    senders = [threading.Thread(target=machine.send, args=(until, number)) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    done = machine.switch()
    deadline = time.monotonic() + 20
    while machine.seen[-1:] != [wanted] and time.monotonic() < deadline:
        time.sleep(0.02)
    until.set()
    for sender in senders:
        sender.join()
    return done


def test_no_request_fails_from_old_code_to_new_and_back_again(machine: Machine) -> None:
    for version in ("new", "newer"):
        machine.check_out(version)
        machine.collect(version)
        done = under_load(machine, wanted=version)
        assert done.returncode == 0, done.stderr
    assert machine.failed == []
    assert {"old", "new", "newer"} <= set(machine.seen)
    assert len(list(machine.folder.glob("*.pid"))) == 2, "nginx and one web"
    assert machine.collected() == {"new.css", "new.gz", "newer.css", "newer.gz"}, "of the two releases, no others"
    assert (machine.folder / "static/unavailable.html").is_file()


def test_code_that_does_not_start_changes_nothing(machine: Machine) -> None:
    machine.check_out("broken", code="raise RuntimeError")
    machine.collect("broken")
    done = under_load(machine, wanted="old")
    assert done.returncode == 1
    assert "the old one serves on" in done.stderr
    assert machine.failed == []
    assert set(machine.seen) == {"old"}
    assert machine.collected() == {"old.css", "old.gz", "broken.css", "broken.gz"}


def test_the_checkout_changes_and_the_release_does_not(machine: Machine) -> None:
    machine.check_out("new")
    (release,) = machine.folder.glob("releases/[0-9]*")
    assert "old" in (release / "wsgi.py").read_text()
    assert (release / "REVISION").is_file(), "what the state of the system shows"
    assert (machine.folder / "releases/current").resolve() == release


def test_a_machine_without_web_gets_the_code_beside_the_one_in_use(machine: Machine) -> None:
    (before,) = machine.folder.glob("releases/[0-9]*")
    machine.check_out("new")
    assert machine.switch("--code-only").returncode == 0
    current = (machine.folder / "releases/current").resolve()
    assert "new" in (current / "wsgi.py").read_text()
    assert current != before
    assert "old" in (before / "wsgi.py").read_text(), "the worker that runs still finds its code"
    assert len(list(machine.folder.glob("*.pid"))) == 2, "nginx and the web as before: nothing is started"

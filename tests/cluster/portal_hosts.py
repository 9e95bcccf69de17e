"""Hosts of the portal's own code: web, worker, and the entry before the web hosts."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import urllib3
from urllib3.exceptions import HTTPError

from tests.cluster.network import Namespace
from tests.cluster.quota import CpuQuota
from tests.cluster.servers import ROOT, Host, wait_until
from tests.security.web_server import NGINX

NAME = "portal.example"
"""The site's name: what visitors ask the entry for."""
PORTS = ("8001", "8002")
UNIT = re.compile(r"^ExecStart=(.*)$", re.MULTILINE)
STARTS_WITHIN = 120
FRAME = """
user root; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx-errors.log;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""
CONTROL = """#!/bin/bash
# What systemctl does for deploy/switch-web, without systemd.
[ "$1" = --quiet ] && shift
[ "$2" = portal-web.target ] && exit 0
port=${{2#portal-web@}}; port=${{port%.service}}; pid={folder}/$port.pid
case $1 in
  start) cd {folder}/releases/$port && exec {gunicorn} --daemon --pid "$pid" --log-file {folder}/log --workers 2 ;;
  stop) [ -f "$pid" ] || exit 0; master=$(cat "$pid"); kill -TERM "$master" 2>/dev/null
    while kill -0 "$master" 2>/dev/null; do sleep 0.05; done; rm -f "$pid" ;;
  reload) exec {nginx} -c {folder}/nginx.conf -s reload ;;
esac
"""


class PortalHost(Host):
    """A machine with the portal's code; `settings` is its portal.env."""

    def __init__(self, namespace: Namespace, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__(namespace, folder)
        self.var = folder / "var"
        self.env |= {**settings, "VAR_DIR": str(self.var), "METRICS_DIR": str(folder / "metrics")}
        self.quota: CpuQuota | None = None

    def manage(self, *words: str) -> str:
        """Run a command of manage.py on this host; returns its output."""
        return self.namespace.run(sys.executable, "manage.py", *words, env=self.env, cwd=ROOT)

    def limit(self, percent: int) -> None:
        """Give all processes of this host so many per cent of one core together."""
        self.quota = CpuQuota(self.namespace.name, percent)
        self.quota.take_in(*self.namespace.processes())

    def kill(self) -> None:
        """A power cut; a limit ends with it."""
        super().kill()
        if self.quota is not None:
            self.quota.remove()
            self.quota = None


class Web(PortalHost):
    """nginx before gunicorn on one of two ports, switched by deploy/switch-web."""

    def collect_static(self) -> None:
        """Collect and compress the static files."""
        self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def copy_static(self, web: "Web") -> None:
        """Take those of a host with the same code, which is quicker."""
        shutil.copytree(web.var / "static", self.var / "static")

    def start(self, entry: str) -> None:
        """Start gunicorn as the unit does, and nginx that the entry alone may ask."""
        control = self.folder / "control"
        control.write_text(CONTROL.format(folder=self.folder, gunicorn=self._gunicorn(), nginx=NGINX))
        control.chmod(0o755)
        self.switch("--upstream-only")
        self.switch()
        text = (ROOT / "deploy/nginx/portal-web-host.conf").read_text()
        write_nginx(self.folder, text.replace("allow 10.77.0.2;", f"allow {entry};"), self.var / "static")
        self.run(NGINX, "-c", self.folder / "nginx.conf")

    def _gunicorn(self) -> str:
        """The command of the unit portal-web@, in the folders of this host."""
        found = UNIT.search((ROOT / "deploy/systemd/portal-web@.service").read_text())
        assert found is not None
        return found[1].replace("/srv/portal", str(self.folder)).replace("%i", "$port")

    def switch(self, *arguments: str, **settings: str) -> None:
        """deploy/switch-web as it stands, with changed settings of the portal if given."""
        self.env |= settings
        folders = {
            "PORTAL_RELEASES": str(self.folder / "releases"),
            "PORTAL_UPSTREAM": str(self.folder / "portal-upstream.conf"),
            "PORTAL_STATIC": str(self.var / "static"),
            "PORTAL_PORTS": ",".join(PORTS),
            "PORTAL_CONTROL": str(self.folder / "control"),
            "PORTAL_START_SECONDS": "280",
        }
        self.run(sys.executable, ROOT / "deploy/switch-web", *arguments, **folders)

    def cpu_seconds(self) -> float:
        """Processor time of what runs on this host so far."""
        ticks = 0
        for process in self.namespace.processes():
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")


class Worker(PortalHost):
    """django-q2."""

    def start(self) -> None:
        """Start the unit's command."""
        self.namespace.start(sys.executable, "manage.py", "qcluster", env=self.env, log=self.log, cwd=ROOT)

    def pause(self) -> None:
        """Stop all its processes where they are."""
        self.namespace.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let them go on."""
        self.namespace.signal(signal.SIGCONT)


class Entry(Host):
    """nginx with TLS before the web hosts: deploy/nginx/portal.conf with portal-upstream-hosts.conf."""

    def __init__(self, namespace: Namespace, folder: Path) -> None:
        super().__init__(namespace, folder)
        self.certificate = folder / "tls/fullchain.pem"

    def copy_static(self, web: Web) -> None:
        """Take the page that nginx shows when no web host answers: the entry has no other static file."""
        target = self.folder / "static"
        target.mkdir()
        shutil.copyfile(web.var / "static/unavailable.html", target / "unavailable.html")

    def start(self, webs: Sequence[Web], *, limited: bool = True) -> None:
        """Start it before web hosts; without its limits of requests from one address if asked."""
        self.certificate.parent.mkdir()
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={NAME}",
                "-addext",
                f"subjectAltName=DNS:{NAME}",
                "-keyout",
                self.certificate.with_name("key.pem"),
                "-out",
                self.certificate,
            ],
            check=True,
            capture_output=True,
        )
        self._write(webs, limited=limited)
        self.run(NGINX, "-c", self.folder / "nginx.conf")
        wait_until(lambda: self.status("/healthz") == 200, "the entry does not answer", seconds=STARTS_WITHIN)

    def lead_to(self, webs: Sequence[Web], *, limited: bool = True) -> None:
        """Balance over these web hosts from now on."""
        self._write(webs, limited=limited)
        self.run(NGINX, "-c", self.folder / "nginx.conf", "-s", "reload")

    def _write(self, webs: Sequence[Web], *, limited: bool) -> None:
        upstream = (ROOT / "deploy/nginx/portal-upstream-hosts.conf").read_text()
        server = re.compile(r"^    server .*:8000(?P<options>.*)$", re.MULTILINE)
        example = server.search(upstream)
        assert example is not None
        servers = "\n".join(f"    server {web.address}:8000{example['options']}" for web in webs)
        head, _mark, _rest = upstream.partition(example[0])
        (self.folder / "portal-upstream.conf").write_text(f"{head}{servers}\n}}\n")
        text = (ROOT / "deploy/nginx/portal.conf").read_text()
        text = text.replace("/etc/portal/tls", str(self.certificate.parent))
        text = re.sub(r"^ *listen \[::\].*$", "", text, flags=re.MULTILINE)
        if not limited:
            text = re.sub(r"^(limit_req|limit_conn) .*$", "", text, flags=re.MULTILINE)
        write_nginx(self.folder, text.replace("/var/log/nginx", str(self.folder)), self.folder / "static")

    def pool(self) -> urllib3.HTTPSConnectionPool:
        """Connections to this address under the site's name, which its certificate must have."""
        return urllib3.HTTPSConnectionPool(
            self.address, 443, server_hostname=NAME, ca_certs=str(self.certificate), timeout=60
        )

    def status(self, path: str) -> int:
        """Status that a page answers to a visitor; 0 for none."""
        try:
            return self.pool().urlopen("GET", path, headers={"Host": NAME}, retries=False, redirect=False).status
        except HTTPError:
            return 0


def write_nginx(folder: Path, configuration: str, static: Path) -> None:
    """Write a configuration of deploy/nginx for a host: its folders instead of the system's."""
    configuration = configuration.replace("/etc/nginx/portal-upstream.conf", f"{folder}/portal-upstream.conf")
    (folder / "portal.conf").write_text(configuration.replace("/var/lib/portal/static", str(static)))
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder))

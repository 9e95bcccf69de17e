"""nginx on loopback with the /media/ part of our own configuration, serving a folder of a test."""

import http.client
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
CONFIGURATION = Path(__file__).parents[2] / "deploy/nginx/portal.conf"
MEDIA_LOCATION = re.compile(r"^ *location [^{\n]*/media/[^{]*\{[^}]*\}", re.MULTILINE)
ALIAS = re.compile(r"alias \S*/media/")
SERVER = """
daemon off; master_process on; worker_processes 1; pid {folder}/pid; error_log {folder}/errors; {user}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    types {{ image/jpeg jpg; application/pdf pdf; }}
    server {{
        listen 127.0.0.1:{port};
        {locations}
        location / {{ return 418; }}
        location @media {{ return 418; }}
    }}
}}
"""


class WebServer:
    """A running nginx; as root its workers are www-data, as in production."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str) -> tuple[int, dict[str, str]]:
        """Status and headers of an address, sent exactly as it is spelled."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest("GET", path)
            connection.endheaders()
            answer = connection.getresponse()
            answer.read()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()


@contextmanager
def web_server(media: Path, *, location: re.Pattern[str] = MEDIA_LOCATION) -> Iterator[WebServer]:
    """Serve a media folder by those locations of our configuration that match, until the block ends.

    The folder and those above it must be open to everybody.
    """
    folder = Path(tempfile.mkdtemp())
    port = free_port()
    locations = location.findall(CONFIGURATION.read_text())
    configuration = folder / "nginx.conf"
    configuration.write_text(
        SERVER.format(
            folder=folder,
            port=port,
            user="user www-data;" if os.geteuid() == 0 else "",
            locations=ALIAS.sub(f"alias {media}/", "\n".join(locations)),
        )
    )
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(configuration)], stderr=subprocess.PIPE)
    try:
        server = WebServer(port)
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.communicate()
        shutil.rmtree(folder)


def _wait(server: WebServer, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            server.get("/")
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return

"""An OpenID provider on loopback, of another make than the portal's client side knows: python3-openid's server."""

import threading
import urllib.parse
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from openid.server.server import Server
from openid.store.memstore import MemoryStore


class Provider:
    """Says yes to everybody about every identity under its own address."""

    def __init__(self) -> None:
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self.http.server_port}"
        self.server = Server(MemoryStore(), f"{self.base}/openid")
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def template(self) -> str:
        return self.base + "/{name}/"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def answer(self, url: str) -> str:
        """What a browser would do: open the provider's page, get sent back; the address it is sent to."""
        with warnings.catch_warnings():  # the library reads a name that it has deprecated itself
            warnings.simplefilter("ignore", DeprecationWarning)
            return self._answer(url)

    def _answer(self, url: str) -> str:
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        request = self.server.decodeRequest(query)
        assert request is not None
        response = self.server.encodeResponse(request.answer(True, identity=request.identity))
        return str(response.headers["location"])

    def _handler(outer) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # the inner class has the self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = (
                    "<html><head>"
                    f'<link rel="openid2.provider openid.server" href="{outer.base}/openid">'
                    "</head><body></body></html>"
                )
                self._send(200, page, "text/html")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                request: Any = outer.server.decodeRequest(dict(urllib.parse.parse_qsl(body)))
                response = outer.server.encodeResponse(outer.server.handleRequest(request))
                self._send(response.code, response.body, "text/plain")

            def _send(self, status: int, text: Any, kind: str) -> None:
                data = text if isinstance(text, bytes) else text.encode()
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        return Handler

"""A mail server for tests: takes letters over SMTP, and can die after so many."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message


class _Session(socketserver.StreamRequestHandler):
    server: "Server"

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"RCPT" and b"nobody@" in line:
                self._say("550 no such box")
            elif word == b"DATA":
                if not self._letter():
                    return
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _letter(self) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        if self.server.hangs_after is not None and len(self.server.letters) >= self.server.hangs_after:
            self.server.died.set()
            self.server.released.wait(timeout=60)
            return False
        if self.server.dies_after is not None and len(self.server.letters) >= self.server.dies_after:
            self.server.died.set()
            return False
        self.server.letters.append(message_from_bytes(b"".join(lines)))
        self._say("250 taken")
        return True


class Server(socketserver.ThreadingTCPServer):
    """Letters that came, in order.

    `dies_after` so many letters the connection is cut before the answer; `hangs_after` them none comes until `release`.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.letters: list[Message] = []
        self.dies_after: int | None = None
        self.hangs_after: int | None = None
        self.died, self.released = threading.Event(), threading.Event()

    def release(self) -> None:
        """Stop hanging; whoever waited is cut off."""
        self.hangs_after = None
        self.released.set()


@contextlib.contextmanager
def running(settings: object) -> Iterator[Server]:
    """A server that the portal's mail goes to while the block runs; outside of it nothing listens there."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST = "127.0.0.1"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = server.server_address[1]  # type: ignore[attr-defined]
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""  # type: ignore[attr-defined]
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False  # type: ignore[attr-defined]
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

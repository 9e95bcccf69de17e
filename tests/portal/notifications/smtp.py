"""A mail server for tests: takes letters over SMTP, and can die after so many. Run as a script, it is a process."""

import contextlib
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path


class _Session(socketserver.StreamRequestHandler):
    server: "Server"

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.server.sessions += 1
        if self.server.lets_nobody_in:
            self._say("535 who are you")
            return
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
            self.server.die()
            return False
        self.server.keep(message_from_bytes(b"".join(lines)))
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
        self.lets_nobody_in = False
        self.sessions = 0
        self.died, self.released = threading.Event(), threading.Event()

    def keep(self, letter: Message) -> None:
        """A letter came whole."""
        self.letters.append(letter)

    def die(self) -> None:
        """The last letter has come and is not answered."""
        self.died.set()

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
    mail_goes_to(settings, server.server_address[1])
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def mail_goes_to(settings: object, port: int) -> None:
    """The portal's mail goes to this port of this machine."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST = "127.0.0.1"  # type: ignore[attr-defined]
    settings.EMAIL_PORT = port  # type: ignore[attr-defined]
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""  # type: ignore[attr-defined]
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False  # type: ignore[attr-defined]


class _Process(Server):
    """Keeps of each letter its line, recipient and Message-ID, in a file; dies by SIGKILL after so many."""

    def __init__(self, box: Path, dies_after: int | None) -> None:
        super().__init__()
        self.box, self.dies_after = box, dies_after

    def keep(self, letter: Message) -> None:
        super().keep(letter)
        with self.box.open("a") as box:
            box.write(f"{letter['To']} {letter['Message-ID']}\n")

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Running:
    """The same server as a process of its own."""

    started: "subprocess.Popen[str]"
    port: int

    def killed(self) -> bool:
        """Whether it died as `kill -9` kills."""
        return self.started.wait(timeout=60) == -signal.SIGKILL


@contextlib.contextmanager
def process(box: Path, *, dies_after: int | None = None) -> Iterator[Running]:
    """A server whose letters stand in `box` line by line, from several runs too."""
    words = [sys.executable, __file__, str(box), str(dies_after or "")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        try:
            yield Running(started, int(started.stdout.readline()))
        finally:
            started.kill()


if __name__ == "__main__":
    with _Process(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2] else None) as served:
        print(served.server_address[1], flush=True)  # whoever started it reads the port
        served.serve_forever()

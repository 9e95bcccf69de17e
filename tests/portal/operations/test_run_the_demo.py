"""`run_portal`: what stops it at once is said in a line, its processes end with it, and nothing is left behind."""

import http.server
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from portal.operations.demo.world import PASSWORD
from portal.operations.management.commands import run_portal

SLEEPS = "import time; time.sleep(60)"
# Says when it is ready to be asked, and does not listen.
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def child(program: str) -> "subprocess.Popen[bytes]":
    """A process in a session of its own, as the command starts them."""
    return subprocess.Popen([sys.executable, "-c", program], start_new_session=True, stdout=subprocess.PIPE)


def test_a_port_that_is_taken_is_named_before_anything_starts(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setattr(run_portal, "_start", started.append)
    with pytest.raises(CommandError, match=rf"port {port} is taken; choose another: make run PORT=8001"):
        call_command("run_portal")
    assert started == []


@pytest.mark.parametrize("written", ["web", "80 80", "-1", "0", "65536", "٨٠٨٠"])
def test_a_port_that_is_none_is_refused_in_words(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", written)
    with pytest.raises(CommandError, match="PORT"):
        call_command("run_portal")


def test_a_process_that_ended_by_itself_stops_the_command_with_its_code() -> None:
    ended = child("raise SystemExit(3)")
    ended.communicate()
    with pytest.raises(CommandError, match=r"the worker stopped by itself \(exit code 3\)"):
        run_portal._require_alive({"worker": ended})


def test_both_processes_end_with_the_command_even_one_that_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_portal, "STOPS_WITHIN", 0)
    children = {"server": child(SLEEPS), "worker": child(STUBBORN), "gone": child("")}
    children["gone"].wait()
    assert children["worker"].stdout is not None
    assert children["worker"].stdout.readline() == b"ready\n"
    run_portal._stop_all(children)
    assert children["worker"].returncode == -signal.SIGKILL
    assert children["server"].returncode in {-signal.SIGTERM, -signal.SIGKILL}
    assert children["gone"].returncode == 0
    for process in children.values():
        assert process.stdout is not None
        process.stdout.close()


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the server was given."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Nothing on the terminal."""


@pytest.mark.parametrize(("status", "ready"), [(200, True), (404, True), (503, False)])
def test_the_first_page_is_there_when_the_server_answers_without_an_error_of_its_own(status: int, ready: bool) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        server.status = status  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert run_portal._answers(server.server_port) is ready
        thread.join()


def test_nobody_listens_and_the_first_page_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_portal, "FIRST_PAGE_WITHIN", -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    command = run_portal.Command()
    with pytest.raises(CommandError, match="the first page did not answer within"):
        command._wait_for_first_page(number, {})


def test_a_signal_while_it_waits_ends_it_without_a_greeting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The signal comes while the database is prepared: what was started is stopped, and no link is printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    stopped: list[object] = []
    monkeypatch.setenv("PORT", str(number))
    monkeypatch.setattr(run_portal.Command, "_prepare", lambda _self: signal.raise_signal(signal.SIGTERM))
    monkeypatch.setattr(run_portal, "_start", lambda port: {"port": port})
    monkeypatch.setattr(run_portal, "_stop_all", stopped.append)
    call_command("run_portal")
    assert stopped == [{"port": number}]
    assert capsys.readouterr().out.strip() == "stopped"


def test_the_greeting_names_who_may_log_in_and_with_what(settings: object, capsys: pytest.CaptureFixture[str]) -> None:
    settings.PORTAL_TODAY = "2026-11-15"  # type: ignore[attr-defined]
    command = run_portal.Command()
    command._greet(8123)
    said = capsys.readouterr().out
    for words in ("http://127.0.0.1:8123/ is ready", "2026-11-15", "anna boris vera gleb dina", "manager", PASSWORD):
        assert words in said
    command.stopping = True
    command._greet(8123)
    assert capsys.readouterr().out == ""

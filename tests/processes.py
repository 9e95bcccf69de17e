"""Processes of their own for tests, forked from one server that has set Django up once.

Starting Python with Django and Wagtail takes seconds; a fork takes milliseconds. The server (multiprocessing's
forkserver) has no threads and no connection to a database, unlike the process of the tests.
"""

import contextlib
import multiprocessing
import os
import signal
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests import django_ready

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([django_ready.__name__])
TIMEOUT = 120


class TestProcess:
    """Runs a function of a module in a process of its own, on the database of that name.

    With `group` the process leads a group of its own, which `kill` ends with all its processes.
    """

    __test__ = False

    def __init__(self, target: Callable[..., Any], *arguments: Any, database: str, group: bool = False) -> None:
        handle, name = tempfile.mkstemp(prefix="test-process-")
        os.close(handle)
        self._written, self._group = Path(name), group
        self._process = CONTEXT.Process(target=_run, args=(target, arguments, database, name, group), daemon=not group)
        self._process.start()

    def kill(self) -> None:
        """As `kill -9` does; nothing when it has ended."""
        if self._process.is_alive():
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if self._group else os.kill)(self._process.pid or 0, signal.SIGKILL)
        self.finished()

    def finished(self) -> int:
        """Wait for its end: 0, a return code, or a negative signal. What a failed one wrote is printed.

        Raises TimeoutError.
        """
        self._process.join(TIMEOUT)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            raise TimeoutError(f"a process did not end within {TIMEOUT} seconds")
        if code > 0:
            print(self._written.read_text(errors="replace")[-3000:])
        self._written.unlink(missing_ok=True)
        return code


def _run(target: Callable[..., Any], arguments: tuple[Any, ...], database: str, output: str, group: bool) -> None:
    if group:
        os.setsid()
    written = os.open(output, os.O_WRONLY | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    warnings.simplefilter("error", RuntimeWarning)
    connection.settings_dict["NAME"] = database
    settings.DATABASES["default"]["NAME"] = database
    target(*arguments)

"""Jobs that never end well, and a cluster whose terms are short enough to see them put aside."""

import os
import threading
from pathlib import Path

from django.core.management import call_command
from django_q.conf import Conf

ATTEMPTS = 2


def raises() -> None:
    """Fail each time."""
    raise ValueError("the same error each time")


def ends_its_process(seen: str) -> None:
    """End the worker as a crash in C code or the kernel's memory killer does; each time a line is added to `seen`."""
    with Path(seen).open("a") as file:
        file.write("taken\n")
    os._exit(1)


def never_ends() -> None:
    """Go over the time that a job has."""
    threading.Event().wait()


def write(path: str) -> None:
    """A job like others."""
    Path(path).write_text("done")


def cluster(broker: str) -> None:
    """django-q's cluster with a broker by its dotted name; a job comes again after four seconds."""
    Conf.WORKERS, Conf.RETRY, Conf.POLL, Conf.QUEUE_LIMIT = 2, 4, 0.1, 4
    Conf.MAX_ATTEMPTS, Conf.BROKER_CLASS = ATTEMPTS, broker
    call_command("qcluster", verbosity=0)

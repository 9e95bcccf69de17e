"""The scheduler of one of two clusters, which meets the other between reading what is due and storing it."""

import contextlib
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import db
from django_q import scheduler as module

MEETING_SECONDS = 2.0


def schedule(me: str, other: str) -> None:
    """Put what is due into the queue; at the first job wait a moment for the other scheduler to come as far."""
    put = module.async_task
    has_waited = False

    def meet_and_put(*arguments: Any, **options: Any) -> Any:
        nonlocal has_waited
        Path(me).touch()
        deadline = time.monotonic() + MEETING_SECONDS
        while not has_waited and not Path(other).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        has_waited = True
        return put(*arguments, **options)

    module.async_task = meet_and_put
    module.scheduler()


def schedule_unguarded(me: str, other: str) -> None:
    """As `schedule`, without the transaction and the locks of rows: each statement is committed by itself."""
    db.connection.features.has_select_for_update = False
    unguarded = SimpleNamespace(atomic=lambda using: contextlib.nullcontext())
    module.db = SimpleNamespace(transaction=unguarded, router=db.router, models=db.models)
    schedule(me, other)

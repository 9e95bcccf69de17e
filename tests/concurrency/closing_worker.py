"""A process of its own that closes a month, sends readings, or dies on purpose. Run by test_closing_survives.py.

`close YYYY-MM [die N] [unguarded]`: die kills the process inside the Nth chunk's writing; unguarded writes without a
transaction. `read METER COUNT`: sends readings one after the other.
"""

import contextlib
import datetime as dt
import os
import signal
import sys
from decimal import Decimal
from typing import Any


def main(arguments: list[str]) -> None:
    import django

    django.setup()
    if arguments[0] == "close":
        close(arguments[1], arguments[2:])
    else:
        read(int(arguments[1]), int(arguments[2]))


def close(period: str, options: list[str]) -> None:
    from portal.billing.services import Executor, chunks, close_period, closing
    from portal.core.periods import Period

    closing.CHUNK = 10
    if "unguarded" in options:
        chunks.transaction = _NoTransaction()  # type: ignore[attr-defined]
        chunks._hold = lambda account_ids: None
    if "die" in options:
        _die_in(chunks, int(options[options.index("die") + 1]))
    close_period(period=Period.parse(period), executor=Executor.INLINE)


class _NoTransaction:
    @staticmethod
    def atomic() -> Any:
        return contextlib.nullcontext()


def _die_in(chunks: Any, number: int) -> None:
    """Kill the process after the closings of a chunk were written and before its charges are."""
    seen = 0
    write = chunks.insert_prepared

    def insert_prepared(model: Any, columns: Any, rows: Any) -> None:
        nonlocal seen
        if model.__name__ == "Charge":
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
        write(model, columns, rows)

    chunks.insert_prepared = insert_prepared


def read(meter: int, count: int) -> None:
    from portal.core.clock import MOSCOW
    from portal.metering.enums import Source
    from portal.metering.models import Meter
    from portal.metering.selectors import previous_values
    from portal.metering.services import submit_reading

    for number in range(count):
        row = Meter.objects.get(pk=meter)
        day = dt.date(2026, 12, 1) + dt.timedelta(days=number)
        value = previous_values([row], before=dt.date(2027, 1, 1))[meter].value + Decimal("0.100")
        submit_reading(
            meter=row, value=value, moment=dt.datetime.combine(day, dt.time(9), tzinfo=MOSCOW), source=Source.PHONE,
            confirmed_high=True,
        )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])

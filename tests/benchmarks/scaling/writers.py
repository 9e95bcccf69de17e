"""Readings that eight residents send at once, each as a browser in a process of its own.

`python -m tests.benchmarks.scaling.writers SECONDS` beside DATABASE_URL (SQLite without it); prints readings
accepted per second, per second of processor time, and how many accepted ones are not stored. docs/scaling.md.
"""

import multiprocessing
import os
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
WRITERS = 8


def _send(number: int, meter: int, gate: Any, until: Any) -> tuple[int, int, float]:
    """Send readings until a moment: how many were taken, how many answered otherwise, seconds of processor time."""
    from django.test import Client

    from portal.accounts.models import User

    browser = Client()
    browser.force_login(User.objects.get(username=f"writer{number}"))
    browser.get("/personal/readings/")
    gate.wait()
    began, taken, other, value = time.process_time(), 0, 0, Decimal("1.000")
    end = time.monotonic() + until
    while time.monotonic() < end:
        value += Decimal("0.001")
        answer = browser.post("/personal/readings/", {f"meter_{meter}": str(value)})
        is_taken = answer.status_code == 302
        taken, other = taken + is_taken, other + (not is_taken)
    return taken, other, time.process_time() - began


def _run(number: int, meter: int, gate: Any, seconds: float, answers: Any) -> None:
    answers.put(_send(number, meter, gate, seconds))


def main(seconds: float) -> None:
    """Measure and print."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    from portal.accounts.enums import Service
    from portal.metering.models import Reading
    from tests.benchmarks.bench_closing import own_database
    from tests.company import put_numbers
    from tests.people import make_account, make_meter, make_resident

    settings.ALLOWED_HOSTS, settings.PORTAL_TODAY = ["*"], "2026-12-15"
    setup_test_environment()
    with own_database():
        put_numbers()
        meters = []
        for number in range(WRITERS):
            account = make_account(f"777{number}", flat=f"7{number}")
            make_resident(f"writer{number}", account, last_name="Писарев", first_name="Пётр")
            meters.append(make_meter(account, Service.COLD_WATER, serial=f"W-{number}", start="1.000").pk)
        connection.close()
        context = multiprocessing.get_context("fork")
        gate, answers = context.Barrier(WRITERS), context.Queue()
        writers = [
            context.Process(target=_run, args=(number, meter, gate, seconds, answers))
            for number, meter in enumerate(meters)
        ]
        for writer in writers:
            writer.start()
        results = [answers.get(timeout=seconds + 120) for _ in writers]
        for writer in writers:
            writer.join()
        taken, other = sum(result[0] for result in results), sum(result[1] for result in results)
        spent = sum(result[2] for result in results)
        stored = Reading.objects.filter(meter__in=meters).count()
    print(f"{connection.vendor}: {taken / seconds:.0f} readings a second, {taken / spent:.0f} a processor second,")
    print(f"{other} not accepted, {taken - stored} accepted and not stored")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)

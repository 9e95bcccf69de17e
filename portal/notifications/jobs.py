"""django-q2 entry points."""

import time

from portal.notifications import services

BUDGET_SECONDS = 100


def send_due() -> int:
    """Send what is due, batch by batch, well within a job's time."""
    started = time.monotonic()
    total = 0
    while time.monotonic() - started < BUDGET_SECONDS:
        sent = services.send_due(limit=100)
        total += sent
        if not sent:
            break
    return total

"""Entry points of the queue and of the timetable: one call of a service each."""

from portal.billing import services
from portal.core import clock


def close_chunk(chunk_id: int) -> str:
    """Close the accounts of a chunk that wait still."""
    result = services.close_chunk(chunk_id=chunk_id)
    return f"closed {result.closed}, failed {result.failed}"


def preview_chunk(chunk_id: int) -> str:
    """Compute a part of the preview of a closing."""
    return f"computed {services.preview_chunk(chunk_id=chunk_id)}"


def sweep_runs() -> str:
    """Put back chunks that fell out of the queue, of previews and reversals too."""
    put_back = services.sweep_runs() + services.sweep_previews() + services.sweep_reversals()
    return f"put back {put_back}"


def reverse_chunk(chunk_id: int) -> str:
    """Mirror the accounts of a part of a reversal."""
    return f"mirrored {services.reverse_chunk(chunk_id=chunk_id)}"


def remind_of_debts() -> str:
    """Remind of overdue debts whose step has come."""
    return f"reminded {services.remind_of_debts(today=clock.today())}"


def run_due_steps() -> str:
    """Run what the month's calendar says, also after days on which the machine was down."""
    ran = services.run_due_steps(today=clock.today())
    return (
        "; ".join(f"{step.period} {step.step.value}: {step.status.value} {step.result}" for step in ran)
        or "nothing due"
    )

"""Entry points of the queue and of the timetable: one call of a service each."""

from portal.billing import services


def close_chunk(chunk_id: int) -> str:
    """Close the accounts of a chunk that wait still."""
    result = services.close_chunk(chunk_id=chunk_id)
    return f"closed {result.closed}, failed {result.failed}"


def sweep_runs() -> str:
    """Put back chunks that fell out of the queue."""
    return f"put back {services.sweep_runs()}"

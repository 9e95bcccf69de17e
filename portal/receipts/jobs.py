"""Entry points of the queue and of the timetable: one call of a service each."""

from portal.receipts import issuing, print_run


def issue_chunk(chunk_id: int) -> str:
    """Make the receipts of a chunk that wait still."""
    result = issuing.issue_chunk(chunk_id=chunk_id)
    return f"issued {result.issued}, files {result.files}, failed {result.failed}"


def print_chunk(chunk_id: int) -> str:
    """Print a part of a print run."""
    return f"pages {print_run.print_chunk(chunk_id=chunk_id)}"


def sweep_receipts() -> str:
    """Put back what fell out of the queue."""
    return f"put back {issuing.sweep_receipts() + print_run.sweep_prints()}"

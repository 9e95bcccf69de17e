"""Reading exports: the list of those that were made, and how far the running ones are."""

from django.db.models import Count, Q, QuerySet

from portal.core.runs.enums import ChunkStatus
from portal.exchange.models import Export


def exports() -> QuerySet[Export]:
    """Every export, the newest first, with `parts` and `parts_done` (one query)."""
    return (
        Export.objects.select_related("requested_by", "file")
        .annotate(parts=Count("chunks"), parts_done=Count("chunks", filter=Q(chunks__status=ChunkStatus.DONE)))
        .order_by("-started_at", "-pk")
    )


def export_of(pk: int) -> Export | None:
    """One export."""
    return Export.objects.filter(pk=pk).first()

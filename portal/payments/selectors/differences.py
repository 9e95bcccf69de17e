"""Open differences between the books."""

from django.db.models import QuerySet

from portal.payments.models import Difference


def open_differences() -> QuerySet[Difference]:
    """Differences that no later reconciliation has closed, the oldest first."""
    return Difference.objects.filter(resolved_at=None)

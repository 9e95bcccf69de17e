"""Interruptions of the supply, for the decision about a reduction."""

from portal.billing.models import Interruption


def interruption_of(pk: int) -> Interruption | None:
    """An interruption with its house."""
    return Interruption.objects.select_related("house__street").filter(pk=pk).first()

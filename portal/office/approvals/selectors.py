"""What waits for a second person, or was decided."""

from portal.approvals.models import MoneyOperation, NumberRequest


def operation_of(pk: int) -> MoneyOperation | None:
    """An operation of money with its account and the two people."""
    return MoneyOperation.objects.select_related("account", "made_by", "decided_by").filter(pk=pk).first()


def number_request_of(pk: int) -> NumberRequest | None:
    """A change of a number with the two people."""
    return NumberRequest.objects.select_related("made_by", "decided_by").filter(pk=pk).first()

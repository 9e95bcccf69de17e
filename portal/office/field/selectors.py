"""Records that the engineer's screens show, each loaded with what its page needs."""

from collections.abc import Sequence

from portal.metering.models import Meter
from portal.service_requests.commissioning.models import CommissioningCertificate, Visit, VisitCheck
from portal.service_requests.crews.models import Slot
from portal.service_requests.replacement.models import Verification


def slots_of(ids: Sequence[int]) -> list[Slot]:
    """Slots by their keys."""
    return list(Slot.objects.filter(pk__in=ids))


def visit_of(pk: int) -> Visit | None:
    """A visit of an application or of a replacement, with its slot, account and address."""
    return (
        Visit.objects.select_related(
            "slot__crew",
            "application__account__premises__house__street",
            "order__meter__account__premises__house__street",
            "order__agreement__agreed_by",
        )
        .filter(pk=pk)
        .first()
    )


def check_of(visit: Visit) -> VisitCheck | None:
    """The checklist that was filled in at a visit."""
    return VisitCheck.objects.filter(visit=visit).first()


def commissioning_certificate_of(pk: int) -> CommissioningCertificate | None:
    """A certificate with its stored PDF."""
    return CommissioningCertificate.objects.select_related("file").filter(pk=pk).first()


def active_meter(pk: int) -> Meter | None:
    """A meter that is not closed, with its type, account and address."""
    return (
        Meter.objects.filter(closed_on=None, pk=pk).select_related("account__premises__house__street", "type").first()
    )


def certificate_of(pk: int) -> Verification | None:
    """A certificate of a verification with its meter and account."""
    return Verification.objects.select_related("meter__account").filter(pk=pk).first()

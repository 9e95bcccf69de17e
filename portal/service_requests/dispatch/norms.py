"""How soon work must begin, by kind: what staff set, else the defaults."""

from dataclasses import dataclass

from portal.service_requests.dispatch.enums import Kind
from portal.service_requests.dispatch.models import KindNorm


@dataclass(frozen=True, slots=True)
class Norm:
    """Minutes from receipt to a crew at work, and whether the kind goes to the top."""

    minutes: int
    urgent: bool


DEFAULTS: dict[str, Norm] = {
    Kind.LEAK_HOUSE: Norm(30, urgent=True),
    Kind.LEAK_STREET: Norm(60, urgent=True),
    Kind.NO_WATER: Norm(120, urgent=True),
    Kind.SEWER: Norm(120, urgent=True),
    Kind.QUALITY: Norm(240, urgent=False),
    Kind.LOW_PRESSURE: Norm(480, urgent=False),
    Kind.OTHER: Norm(1440, urgent=False),
}


def norm_of(kind: str) -> Norm:
    """The norm in force for a kind (one query)."""
    row = KindNorm.objects.filter(kind=kind).first()
    return Norm(row.minutes, row.urgent) if row else DEFAULTS[kind]

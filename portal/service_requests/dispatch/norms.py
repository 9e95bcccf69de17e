"""How soon work must begin, by kind: what staff set, else the defaults."""

from dataclasses import dataclass

from portal.service_requests.dispatch.enums import Kind
from portal.service_requests.dispatch.models import KindNorm


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """Minutes from receipt to a crew at work, and whether the kind goes to the top."""

    minutes: int
    urgent: bool


DEFAULTS: dict[str, ResponseTime] = {
    Kind.LEAK_HOUSE: ResponseTime(30, urgent=True),
    Kind.LEAK_STREET: ResponseTime(60, urgent=True),
    Kind.NO_WATER: ResponseTime(120, urgent=True),
    Kind.SEWER: ResponseTime(120, urgent=True),
    Kind.QUALITY: ResponseTime(240, urgent=False),
    Kind.LOW_PRESSURE: ResponseTime(480, urgent=False),
    Kind.OTHER: ResponseTime(1440, urgent=False),
}


def norm_of(kind: str) -> ResponseTime:
    """The norm in force for a kind (one query)."""
    row = KindNorm.objects.filter(kind=kind).first()
    return ResponseTime(row.minutes, row.urgent) if row else DEFAULTS[kind]

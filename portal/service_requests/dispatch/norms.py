"""Response times by kind: what staff set, else the defaults."""

from dataclasses import dataclass

from portal.service_requests.dispatch.enums import RequestKind
from portal.service_requests.dispatch.models import KindNorm


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """Minutes from receipt to a crew at work, and whether the kind goes to the top."""

    minutes: int
    urgent: bool


DEFAULTS: dict[str, ResponseTime] = {
    RequestKind.LEAK_HOUSE: ResponseTime(30, urgent=True),
    RequestKind.LEAK_STREET: ResponseTime(60, urgent=True),
    RequestKind.NO_WATER: ResponseTime(120, urgent=True),
    RequestKind.SEWER: ResponseTime(120, urgent=True),
    RequestKind.QUALITY: ResponseTime(240, urgent=False),
    RequestKind.LOW_PRESSURE: ResponseTime(480, urgent=False),
    RequestKind.OTHER: ResponseTime(1440, urgent=False),
}


def norm_of(kind: str) -> ResponseTime:
    """The norm in force for a kind (one query)."""
    row = KindNorm.objects.filter(kind=kind).first()
    return ResponseTime(row.minutes, row.urgent) if row else DEFAULTS[kind]

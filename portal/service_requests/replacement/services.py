"""Services for verifications that end, shared by views and jobs."""

from portal.service_requests.replacement.agreeing import agree, publish_price, watch, withdraw
from portal.service_requests.replacement.certificates import (
    accept_certificate,
    certificate_refusals,
    record_verification,
    refuse_certificate,
    require_verification,
    send_certificate,
)
from portal.service_requests.replacement.replacing import NewOne, not_replaced, plan_visit, replace

__all__ = [
    "NewOne",
    "accept_certificate",
    "agree",
    "certificate_refusals",
    "not_replaced",
    "plan_visit",
    "publish_price",
    "record_verification",
    "refuse_certificate",
    "replace",
    "require_verification",
    "send_certificate",
    "watch",
    "withdraw",
]

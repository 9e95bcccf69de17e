"""Until when the site's TLS certificate is valid, as visitors get it or as its file says."""

import datetime as dt
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.core.cache import cache

from portal.core.enums import HealthStatus
from portal.core.health import HealthCheck
from portal.core.models import MonitoringSettings

NAME = "certificate"
KEY = "certificate:state"
CACHE_SECONDS, CACHE_SECONDS_UNREADABLE = 3600, 300
"""Seconds for which an answer is kept, and a failure to get one."""
TIMEOUT = 3
HTTPS = 443


@dataclass(frozen=True, slots=True)
class Certificate:
    """`ends_at` is unknown without TLS, or when `error` says why."""

    ends_at: dt.datetime | None = None
    error: str = ""
    has_tls: bool = True


def current_certificate() -> Certificate:
    """The certificate that is served; looked at once an hour over all processes."""
    certificate: Certificate | None = cache.get(KEY)
    if certificate is None:
        certificate = _look()
        cache.set(KEY, certificate, CACHE_SECONDS_UNREADABLE if certificate.error else CACHE_SECONDS)
    return certificate


def _look() -> Certificate:
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    if not settings.TLS_CERTIFICATE and address.scheme != "https":
        return Certificate(has_tls=False)
    try:
        if settings.TLS_CERTIFICATE:
            pem = Path(settings.TLS_CERTIFICATE).read_bytes()
        else:
            served = ssl.get_server_certificate((address.hostname or "", address.port or HTTPS), timeout=TIMEOUT)
            pem = served.encode()
        return Certificate(x509.load_pem_x509_certificate(pem).not_valid_after_utc)
    except (OSError, ValueError) as error:
        return Certificate(error=type(error).__name__)


def check(terms: MonitoringSettings, now: dt.datetime) -> HealthCheck:
    """DEGRADED when it ends within the settings' days; OK, with a detail that says so, when it cannot be looked at."""
    certificate = current_certificate()
    if certificate.ends_at is None:
        return HealthCheck(NAME, detail=f"not known: {certificate.error}" if certificate.error else "")
    left = (certificate.ends_at - now).days
    if left < terms.certificate_days:
        return HealthCheck(NAME, HealthStatus.DEGRADED, f"ends on {certificate.ends_at:%Y-%m-%d}, {left} days left")
    return HealthCheck(NAME)

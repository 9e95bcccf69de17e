"""One-time codes as an authenticator app shows them."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time


def code_of(secret: str, *, later: int = 0) -> str:
    """The code of a secret: the earliest that is accepted now, or `later` of them after it (0, 1, 2)."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[later]))

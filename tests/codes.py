"""One-time codes as an authenticator app shows them."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time


def code_of(secret: str, *, later: int = 0) -> str:
    """The code of a secret that an app shows now, or the one that it will show next (`later=1`): both are accepted
    for the next thirty seconds at least.
    """
    _before, *steps = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, steps[later]))

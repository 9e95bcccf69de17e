"""Phone numbers of requests, with the refusal that screens of requests know."""

from portal.core.phones import PhoneInvalid, normalise_phone
from portal.service_requests.exceptions import PhoneNotUnderstood


def normalised(text: str) -> str:
    """Return the phone as «+79161234567». Raises PhoneNotUnderstood."""
    try:
        return normalise_phone(text)
    except PhoneInvalid as error:
        raise PhoneNotUnderstood from error

"""Phone numbers in any format that a person writes."""

import phonenumbers

from portal.service_requests.exceptions import PhoneNotUnderstood


def normalised(text: str) -> str:
    """«+79161234567» from «8 (916) 123-45-67», «9161234567» and the like. Raises PhoneNotUnderstood."""
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException as error:
        raise PhoneNotUnderstood(error.error_type) from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneNotUnderstood("impossible")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

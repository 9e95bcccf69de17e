"""Phone numbers in any format that a person writes."""

import phonenumbers


class PhoneInvalid(Exception):
    """No phone number of Russia can be read from the text."""


def normalise_phone(text: str) -> str:
    """Return «+79161234567» for «8 (916) 123-45-67», «9161234567» and the like. Raises PhoneInvalid."""
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

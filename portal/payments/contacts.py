"""Where the electronic receipt of a payment goes: an e-mail address or a Russian phone number."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal.payments.exceptions import AddressIncomplete, ContactNeeded

_SEPARATORS = re.compile(r"[\s()\-]")
DIGITS = 11


def checked_contact(written: str) -> str:
    """The address, or the phone number as +7XXXXXXXXXX; empty when nothing is written.

    Raises ContactNeeded, AddressIncomplete.
    """
    written = written.strip()
    if not written:
        return ""
    if "@" in written:
        try:
            validate_email(written)
        except ValidationError as error:
            raise AddressIncomplete from error
        return written
    digits = _SEPARATORS.sub("", written).removeprefix("+")
    if digits.isascii() and digits.isdigit() and len(digits) == DIGITS and digits[0] in "78":
        return "+7" + digits[1:]
    raise ContactNeeded

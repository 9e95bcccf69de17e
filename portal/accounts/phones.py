"""Phones of residents: Russian numbers, as forms take them."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.core.phones import PhoneInvalid, normalise_phone


def russian_phone(text: str) -> str:
    """Return «+79161234567» for «8 (916) 123-45-67»; empty for an empty text. Raises ValidationError."""
    if not text.strip():
        return ""
    try:
        number = normalise_phone(text)
    except PhoneInvalid:
        number = ""
    if not (number.startswith("+7") and len(number) == len("+79161234567")):
        digits = sum(character.isdigit() for character in text)
        raise ValidationError(_("A phone has 10 digits after +7; here are %(count)d.") % {"count": digits})
    return number

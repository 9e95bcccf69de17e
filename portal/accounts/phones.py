"""A Russian phone however it is written."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def russian_phone(text: str) -> str:
    """+79161234567 for «8 (916) 123-45-67» or «916 123 45 67»; empty for an empty text. Raises ValidationError."""
    digits = "".join(character for character in text if character.isdigit())
    if not text.strip():
        return ""
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    if len(digits) != 10:
        raise ValidationError(_("A phone has 10 digits after +7; here are %(count)d.") % {"count": len(digits)})
    return f"+7{digits}"

"""What an employee enters of the company's look, and why it may be refused."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.core.appearance.contrast import HEX_COLOUR
from portal.core.appearance.palette import readable, unreadable_on


def check_brand_colour(value: str) -> None:
    """Raise ValidationError for what is no colour, or one that cannot be read; names one that can."""
    if not HEX_COLOUR.match(value):
        raise ValidationError(_("Write the colour as # and six digits or letters a to f, for example #00627d."))
    if unreadable_on(value):
        message = _("Text of this colour, and white text on it, would be hard to read. The nearest that can be read:")
        raise ValidationError(f"{message} {readable(value)}")

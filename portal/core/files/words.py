"""Why a file is not taken, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.files.exceptions import FileRefused

WORDS: dict[str, Promise] = {
    "too_big": _("is larger than 15 MB. Choose a smaller one."),
    "empty": _("is empty. Choose it again."),
    "type": _("is not a JPEG, PNG, WebP or PDF. On an iPhone: Settings, Camera, Formats, Compatible."),
    "broken": _("cannot be read. Take it again."),
    "too_many_pixels": _("is larger than 50 megapixels. Choose a smaller one."),
    "active_content": _("contains a program or another file. Print it to a new PDF, or send a photo."),
    "encrypted": _("is protected by a password. Save it without one, or print it to a new PDF."),
    "too_complex": _("is too complex to look into. Print it to a new PDF, or divide it."),
    "no_space": _("was not kept: we have no space now. Try later; the text stays here."),
}


def file_refused(name: str, refusal: FileRefused) -> str:
    """«паспорт.heic: …»."""
    return f"{name}: {WORDS[refusal.code]}"

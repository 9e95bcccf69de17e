"""Why a file is not taken, in words."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.files.exceptions import FileRefused

MOST_PER_REQUEST = 10
"""So many files of one form are looked into; each costs a decoding."""

WORDS: dict[str, Promise] = {
    "too_big": _("is larger than %(size)d MB. Choose a smaller one."),
    "empty": _("is empty. Choose it again."),
    "type": _("we do not take such files. We need JPEG, PNG, WebP or PDF."),
    "heic": _("we do not take HEIC. On an iPhone: Settings, Camera, Formats, Compatible."),
    "broken": _("cannot be read. Take it again."),
    "too_many_pixels": _("is larger than %(megapixels)d megapixels. Make it smaller, or take it with less detail."),
    "active_content": _("contains a program or another file. Print it to a new PDF, or send a photo."),
    "encrypted": _("is protected by a password. Save it without one, or print it to a new PDF."),
    "too_complex": _("is too complex to look into. Print it to a new PDF, or divide it."),
    "busy": _("was not looked at: many pictures are coming in just now. Send it again in a minute."),
    "too_many": _("was not looked at: too many files at once. Add it again, once the others are taken."),
    "quota_waiting": _("was not kept: you sent many files without a request. They go in a day; send this one then."),
    "quota": _("was not kept: your files take up all the space that a login has. Call us, or bring the papers."),
    "wrong_suffix": _("is not what its name says. Save it anew in the program it was made with."),
    "no_space": _("was not kept: we have no space now. Try later; the text stays here."),
}


def refusal_words(refusal: FileRefused) -> str:
    """Why a file is not taken and what to do, as the second half of a sentence about it."""
    values = {"megapixels": settings.PICTURE_MAX_PIXELS // 1_000_000, "size": settings.UPLOAD_MAX_MB}
    return str(WORDS[refusal.code]) % values


def file_refused(name: str, refusal: FileRefused) -> str:
    """«паспорт.heic: …»."""
    return f"{name}: {refusal_words(refusal)}"

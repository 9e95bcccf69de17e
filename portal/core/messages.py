"""Messages of refusals of the core: files, limits, phone numbers."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.files.exceptions import FileRefused
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.messages import limit_message
from portal.core.refusals import ByCode, Message, declare


def _too_big(_refusal: FileRefused) -> str:
    return _("is larger than %(size)d MB. Choose a smaller one.") % {"size": settings.UPLOAD_MAX_MB}


def _too_many_pixels(_refusal: FileRefused) -> str:
    text = _("is larger than %(megapixels)d megapixels. Make it smaller, or take it with less detail.")
    return text % {"megapixels": settings.PICTURE_MAX_PIXELS // 1_000_000}


FILES = ByCode(
    {
        "too_big": _too_big,
        "empty": gettext_lazy("is empty. Choose it again."),
        "type": gettext_lazy("we do not take such files. We need JPEG, PNG, WebP or PDF."),
        "heic": gettext_lazy("we do not take HEIC. On an iPhone: Settings, Camera, Formats, Compatible."),
        "broken": gettext_lazy("cannot be read. Take it again."),
        "too_many_pixels": _too_many_pixels,
        "active_content": gettext_lazy("contains a program or another file. Print it to a new PDF, or send a photo."),
        "encrypted": gettext_lazy("is protected by a password. Save it without one, or print it to a new PDF."),
        "too_complex": gettext_lazy("is too complex to look into. Print it to a new PDF, or divide it."),
        "busy": gettext_lazy("was not looked at: many pictures are coming in just now. Send it again in a minute."),
        "too_many": gettext_lazy("was not looked at: too many files at once. Add it again, once the others are taken."),
        "quota_waiting": gettext_lazy(
            "was not kept: you sent many files without a request. They go in a day; send this one then."
        ),
        "quota": gettext_lazy(
            "was not kept: your files take up all the space that a login has. Call us, or bring the papers."
        ),
        "wrong_suffix": gettext_lazy("is not what its name says. Save it anew in the program it was made with."),
        "no_space": gettext_lazy("was not kept: we have no space now. Try later; the text stays here."),
    }
)
"""Each is the second half of a sentence: «photo.heic: is empty…»."""

declare(
    {
        FileRefused: Message(FILES, field="file"),
        RateLimited: Message(limit_message),
    }
)
